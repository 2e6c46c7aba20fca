// The lock screen of a shared desk, by its button or Alt+L. Locking keeps what is typed in the forms of each open tab, in that tab alone and
// under the person's id; unlocking leads back to the page, which takes it up again. Passwords are never kept.
const LOCKED = "hub-locked"
const keyOf = (user) => `hub-lock:${user}:${location.pathname}${location.search}`
const NEVER = ["password", "hidden", "submit", "button"]

const forms = () => [...document.querySelectorAll("main form[method=post]")]

function typedIn(form) {
  const typed = []
  for (const control of form.elements) {
    if (!control.name || NEVER.includes(control.type)) continue
    const ticked = ["radio", "checkbox"].includes(control.type)
    const touched = ticked
      ? control.checked !== control.defaultChecked
      : control.type === "select-one"
        ? !control.selectedOptions[0] || !control.selectedOptions[0].defaultSelected
        : control.value !== control.defaultValue
    if (touched) typed.push([control.name, control.value, ticked ? control.checked : null])
  }
  return typed
}

function keepTyped(user) {
  const kept = forms().map(typedIn)
  try {
    if (kept.some((each) => each.length)) sessionStorage.setItem(keyOf(user), JSON.stringify(kept))
  } catch {
    // Storage is full or switched off: the words are lost with the page, as on any other way off it.
  }
}

function bringBack(user) {
  let kept
  try {
    kept = JSON.parse(sessionStorage.getItem(keyOf(user)))
    sessionStorage.removeItem(keyOf(user))
  } catch {
    return
  }
  if (!kept) return
  forms().forEach((form, number) => {
    for (const [name, value, checked] of kept[number] || []) {
      const same = [...form.elements].filter((each) => each.name === name)
      const control = checked === null ? same[0] : same.find((each) => each.value === value)
      if (!control) continue
      if (checked === null) control.value = value
      else control.checked = checked
      const folded = control.closest("details")
      if (folded) folded.open = true
    }
    form.dispatchEvent(new Event("change", { bubbles: true }))
  })
}

// Signing out, also from the lock screen itself, leaves nothing behind in this tab.
export function forgetTyped(leaving) {
  leaving.addEventListener("submit", () => {
    try {
      Object.keys(sessionStorage)
        .filter((key) => key.startsWith("hub-lock:"))
        .forEach((key) => sessionStorage.removeItem(key))
    } catch {
      // Nothing was kept either.
    }
  })
}

// `locking` is the form of the Lock button. Other tabs of the same person go to the lock screen with it.
export function offerLock(locking) {
  const user = locking.dataset.hubLocks
  bringBack(user)
  locking.addEventListener("submit", () => {
    keepTyped(user)
    try {
      localStorage.setItem(LOCKED, `${user} ${Date.now()}`)
    } catch {
      // Then the other tabs are locked with their next click.
    }
  })
  // By the place of the key: with Alt, some keyboards write another letter.
  addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyL") return
    event.preventDefault()
    locking.querySelector("button").click()
  })
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== LOCKED || !newValue || newValue.split(" ")[0] !== user) return
    keepTyped(user)
    // A moment for the server to hear of it first; then this page asks for itself again and meets the lock.
    setTimeout(() => location.replace(location.pathname + location.search), 1_000)
  })
}
