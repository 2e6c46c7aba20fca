// What every public page may use. Each page works without it.
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs"

import { start } from "./start.js"
import { offerLocation } from "./use-location.js"

start("govuk-error-summary", ErrorSummary)
document.querySelectorAll("[data-hub-location]").forEach(offerLocation)
