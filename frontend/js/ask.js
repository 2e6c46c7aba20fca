// The online question: only the contact that the chosen way of answering needs, and a button that prints.
// govuk-frontend's own radios say aria-expanded, which a radio button may not have.
function showTheChosen(group) {
  const parts = [...group.querySelectorAll("[data-hub-part]")]
  const show = () =>
    parts.forEach((radio) => {
      document.getElementById(radio.dataset.hubPart).hidden = !radio.checked
    })
  group.addEventListener("change", show)
  // Going back, the browser puts the choice in again after this has run.
  addEventListener("pageshow", show)
  show()
}

document.querySelectorAll("[data-hub-ways]").forEach(showTheChosen)
document.querySelectorAll("[data-hub-print]").forEach((button) => {
  button.hidden = false
  button.addEventListener("click", () => print())
})
