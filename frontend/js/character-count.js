// Counts what is typed into a textarea with a limit. Only pages that have one load it.
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs"

import { start } from "./start.js"

start("govuk-character-count", CharacterCount)
