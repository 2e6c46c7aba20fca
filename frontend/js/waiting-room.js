// Keeps a part of a page fresh by asking for it every few seconds with the ETag of what is shown: an answer of
// 304 costs the server two statements. What changed is said politely, once; the page also works by reload.
const EVERY_MS = 5_000

const words = { waiting: "is waiting", called: "was called", held: "is on hold" }

function stateOf(part) {
  const found = new Map()
  part.querySelectorAll("[data-ticket]").forEach(({ dataset }) => {
    found.set(dataset.ticket, { state: dataset.state, over: "over" in dataset })
  })
  return found
}

function changes(before, after) {
  const said = []
  for (const [ticket, now] of after) {
    const then = before.get(ticket)
    if (!then || then.state !== now.state) said.push(`${ticket} ${words[now.state]}.`)
    else if (now.over && !then.over) said.push(`${ticket} has waited too long.`)
  }
  for (const ticket of before.keys()) if (!after.has(ticket)) said.push(`${ticket} is no longer on the list.`)
  return said
}

// Buttons are drawn anew with the part; whoever stands on one must not be thrown off it.
function replace(part, html) {
  const focused = part.contains(document.activeElement) && document.activeElement
  const place = focused && (focused.getAttribute("formaction") || focused.getAttribute("href"))
  part.innerHTML = html
  if (!place) return
  const again = part.querySelector(`[formaction="${place}"], [href="${place}"]`)
  if (again) again.focus({ preventScroll: true })
  else document.querySelector("[data-hub-call-next]").focus({ preventScroll: true })
}

export function keepFresh(part) {
  const trouble = part.parentElement.querySelector("[data-hub-poll-words]")
  const always = "hubPollAlways" in part.dataset
  const live = Object.assign(document.createElement("p"), { className: "govuk-visually-hidden" })
  live.setAttribute("aria-live", "polite")
  part.after(live)
  let etag = ""

  function complain(text) {
    trouble.hidden = !text
    if (trouble.textContent !== text) trouble.textContent = text
  }

  async function ask() {
    if (document.hidden && !always) return
    // A list that is only looked at must not keep a session alive; the screen in the waiting room has to.
    const headers = always ? {} : { "Hub-Poll": "1" }
    if (etag) headers["If-None-Match"] = etag
    try {
      const response = await fetch(part.dataset.hubPoll, { headers, redirect: "manual", cache: "no-store" })
      if (response.type === "opaqueredirect") return complain("You are signed out. Reload the page to sign in.")
      if (response.status === 304) return complain("")
      if (!response.ok) throw new Error(response.status)
      const before = stateOf(part)
      const html = await response.text()
      etag = response.headers.get("ETag") || ""
      replace(part, html)
      const said = changes(before, stateOf(part))
      if (said.length) live.textContent = said.join(" ")
      return complain("")
    } catch {
      const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
      return trouble.hidden ? complain(`Not fresh since ${time}: the server is not answering.`) : undefined
    }
  }

  setInterval(ask, EVERY_MS)
  document.addEventListener("visibilitychange", ask)
}
