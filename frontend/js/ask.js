// The online question: only the contact that the chosen way of answering needs, and a button that prints.
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs"

import { start } from "./start.js"

start("govuk-radios", Radios)
document.querySelectorAll("[data-hub-print]").forEach((button) => {
  button.hidden = false
  button.addEventListener("click", () => print())
})
