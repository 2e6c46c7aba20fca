// Where a form came back with mistakes: takes the reader to the list of them. Its links work without it.
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs"

import { start } from "./start.js"

start("govuk-error-summary", ErrorSummary)
