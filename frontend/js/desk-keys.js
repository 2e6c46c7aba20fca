// Single keys on a form of the desk: a key chooses the tile or presses the button that carries it in `data-key`,
// and focus goes to where the next key is wanted. They work only while focus is inside the form and not in
// something that takes text, and can be switched off (WCAG 2.1.4); the browser remembers the switch.
const OFF = "hub-desk-keys-off"
const TAKES_TEXT = "textarea, select, input:not([type=radio]):not([type=checkbox])"

const remembered = () => {
  try {
    return localStorage.getItem(OFF) !== "yes"
  } catch {
    return true
  }
}

function remember(on) {
  try {
    if (on) localStorage.removeItem(OFF)
    else localStorage.setItem(OFF, "yes")
  } catch {
    // Storage is switched off: the keys are on again on the next page.
  }
}

function show(form, on) {
  const button = form.querySelector("[data-hub-keys-switch]")
  button.hidden = false
  button.textContent = on ? "Turn keys off" : "Turn keys on"
  button.setAttribute("aria-pressed", String(on))
  form.parentElement.classList.toggle("hub-keys-off", !on)
}

const isShown = (element) => element.offsetParent !== null

function focusAfter(form, radio) {
  const asked = form.querySelector(`[data-shown-for="${radio.value}"] [type=text]`)
  const next = asked || form.querySelector(`#${radio.dataset.then}`)
  if (!next) return
  const folded = next.closest("details")
  if (folded) folded.open = true
  const chosen = next.name && next.type === "radio" && form.querySelector(`[name="${next.name}"]:checked`)
  const target = chosen || next
  if (isShown(target.labels && target.type === "radio" ? target.labels[0] : target)) target.focus()
  else form.querySelector("#save").focus()
}

function act(form, target) {
  if (target.type !== "radio") {
    target.click()
    return
  }
  target.checked = true
  target.dispatchEvent(new Event("input", { bubbles: true }))
  target.dispatchEvent(new Event("change", { bubbles: true }))
  focusAfter(form, target)
}

function press(form, event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return
  if (event.key.length !== 1 || event.target.closest(TAKES_TEXT)) return
  const key = CSS.escape(event.key.toLowerCase())
  const own = [...form.querySelectorAll(`[data-key="${key}"]`)].find((each) =>
    isShown(each.type === "radio" ? each.labels[0] : each),
  )
  const target = own || (event.key.toLowerCase() === "c" && document.querySelector("[data-hub-call-next]"))
  if (!target) return
  event.preventDefault()
  act(form, target)
}

// The parts that belong to one way out only are shown with it.
function showParts(form) {
  const chosen = form.querySelector("[name=kind]:checked")
  form.querySelectorAll("[data-shown-for]").forEach((part) => {
    part.hidden = part.dataset.shownFor !== (chosen && chosen.value)
  })
}

export function offerKeys(form) {
  let on = remembered()
  show(form, on)
  showParts(form)
  form.addEventListener("change", () => showParts(form))
  form.addEventListener("keydown", (event) => on && press(form, event))
  form.querySelector("[data-hub-keys-switch]").addEventListener("click", () => {
    on = !on
    remember(on)
    show(form, on)
  })
  // Where the next key goes. An error summary takes focus for itself.
  if (document.querySelector(".govuk-error-summary")) return
  const first = form.querySelector("[name=topic]:checked") || form.querySelector("[name=topic], [data-key]")
  if (first) first.focus({ preventScroll: true })
}
