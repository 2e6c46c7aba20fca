// Starts a component of govuk-frontend on every element that asks for it.
export function start(name, Component) {
  // The component looks for this class before it does anything.
  document.body.classList.add("govuk-frontend-supported")
  document.querySelectorAll(`[data-module="${name}"]`).forEach((element) => new Component(element))
}
