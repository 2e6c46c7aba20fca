// What a member of staff has typed and the server does not have yet, kept on this machine under that person's
// id: `draft`, the form being filled in, and `outbox`, forms that were saved while the server was away.
const DRAFT_KEPT_MS = 24 * 60 * 60 * 1000

const keyOf = (user, part) => `hub-desk:${user}:${part}`

export function read(user, part, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(user, part))) || otherwise
  } catch {
    return otherwise
  }
}

// Returns whether it was kept: storage can be full or switched off.
export function keep(user, part, value) {
  try {
    localStorage.setItem(keyOf(user, part), JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

export function forget(user, part) {
  try {
    localStorage.removeItem(keyOf(user, part))
  } catch {
    // Nothing was kept either.
  }
}

// A draft that nobody came back to within a day is about a resident who has long gone. Whoever signs in next on
// this machine removes it, also that of a colleague. Returns whether one of `user` was among them.
export function forgetOldDrafts(user) {
  let own = false
  try {
    for (const key of Object.keys(localStorage).filter((each) => /^hub-desk:.+:draft$/.test(each))) {
      const { keptAt = 0 } = JSON.parse(localStorage.getItem(key)) || {}
      if (Date.now() - keptAt <= DRAFT_KEPT_MS) continue
      localStorage.removeItem(key)
      own ||= key === keyOf(user, "draft")
    }
  } catch {
    // Nothing was kept, or not by us.
  }
  return own
}

export function forgetOnLeaving(form) {
  const user = form.dataset.hubLeaves
  form.addEventListener("submit", (event) => {
    const unsent = read(user, "outbox", []).length
    const question = `Not yet sent: ${unsent} ${unsent === 1 ? "visit" : "visits"}. Signing out removes what is kept on this machine. Sign out?`
    if (unsent && !confirm(question)) {
      event.preventDefault()
      return
    }
    forget(user, "outbox")
    forget(user, "draft")
    // The form on this page must not keep its draft once more on the way out.
    document.dispatchEvent(new Event("hub-forgotten"))
  })
}
