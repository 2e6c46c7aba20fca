// Sends a form of the desk, and keeps it on this machine until the server has it. The form's signed token makes
// one visit however often it is sent, so a retry is always safe. Without this script the form posts itself.
import { forget, forgetOldDrafts, keep, read } from "./desk-store.js"

const PATIENCE_MS = 10_000
const RETRY_MS = 5_000
const DRAFT_MS = 250
const OWN = ["csrfmiddlewaretoken", "typed_at"]
const TECHNICAL = ["token", "serial", "resident", "then", "signposted_to"]

const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => !OWN.includes(name))
const valueOf = (fields, name) => (fields.find(([each]) => each === name) || [])[1]
const isTyped = (fields) => fields.some(([name, value]) => value && !TECHNICAL.includes(name))

// "sent" with the server's answer, "refused" (something has to be corrected), "signed-out", or "away".
async function post(entry, csrf, late) {
  // Most fields are empty, and one that is not sent means the same.
  const body = new URLSearchParams(entry.fields.filter(([, value]) => value))
  body.set("csrfmiddlewaretoken", csrf)
  if (late) body.set("typed_at", entry.typedAt)
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS)
  try {
    const response = await fetch(entry.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
      signal: patience.signal,
    })
    if (response.type === "opaqueredirect" || response.status === 403) return { state: "signed-out" }
    if (response.ok) return { state: "sent", told: await response.json() }
    return { state: response.status === 429 || response.status >= 500 ? "away" : "refused" }
  } catch {
    return { state: "away" }
  } finally {
    clearTimeout(timer)
  }
}

class Outbox {
  constructor(form) {
    this.form = form
    this.user = form.dataset.hubOutbox
    this.words = form.querySelector("[data-hub-outbox-words]")
    this.saving = this.sending = false
  }

  get entries() {
    return read(this.user, "outbox", [])
  }

  csrf() {
    return this.form.elements.csrfmiddlewaretoken.value
  }

  start() {
    this.form.addEventListener("submit", (event) => this.save(event))
    let timer
    this.form.addEventListener("input", () => {
      clearTimeout(timer)
      timer = setTimeout(() => this.keepDraft(), DRAFT_MS)
    })
    addEventListener("pagehide", () => this.keepDraft())
    document.addEventListener("hub-forgotten", () => {
      this.leaving = true
    })
    addEventListener("online", () => this.sendKept())
    setInterval(() => this.sendKept(), RETRY_MS)
    this.bringBackDraft()
    this.sendKept()
  }

  // A draft is only what somebody typed: an untouched form, with nothing chosen, is none.
  keepDraft() {
    if (this.leaving) return
    const fields = fieldsOf(this.form)
    if (isTyped(fields)) keep(this.user, "draft", { action: this.form.action, fields, keptAt: Date.now() })
    else forget(this.user, "draft")
  }

  bringBackDraft() {
    if (forgetOldDrafts(this.user)) this.say("What you had begun more than a day ago was removed from this machine.")
    const draft = read(this.user, "draft", null)
    if (!draft || draft.action !== this.form.action) return
    // After an error the server gave back what was typed: newer than any draft.
    if (document.querySelector(".govuk-error-summary")) return
    const whose = valueOf(draft.fields, "resident") || ""
    const here = this.form.elements.resident.value
    if (whose === here) {
      this.fill(draft.fields)
      this.say("What you had begun is back on the form. This machine keeps it for a day, or until you sign out.", "Clear the form", () => this.clear())
    } else if (!here) {
      this.say("You had begun a visit of a resident.", "Go on with it", () => this.goTo(whose))
    }
  }

  // The page names the resident it is for, so a form of another one is opened on a page of its own.
  goTo(resident) {
    this.leaving = true
    const address = new URL(this.form.action)
    address.searchParams.set("resident", resident)
    location.assign(address)
  }

  fill(fields) {
    const { elements } = this.form
    for (const [name, value] of fields) {
      const control = elements[name]
      if (!control || name === "then") continue
      control.value = value
    }
    const more = this.form.querySelector("[data-hub-more]")
    const inside = fields.some(([name, value]) => value && more.querySelector(`[name="${name}"]`))
    if (inside) more.open = true
    this.form.dispatchEvent(new Event("change"))
  }

  clear() {
    this.leaving = true
    forget(this.user, "draft")
    location.assign(this.form.action)
  }

  async save(event) {
    event.preventDefault()
    if (this.saving) return
    this.saving = true
    const then = event.submitter && event.submitter.name ? event.submitter.value : "save"
    const fields = [...fieldsOf(this.form).filter(([name]) => name !== "then"), ["then", then]]
    const entry = { action: this.form.action, fields, typedAt: new Date().toISOString() }
    const kept = this.put(entry)
    this.say("Saving…")
    const { state, told } = await post(entry, this.csrf(), false)
    this.saving = false
    if (state === "sent") this.leaveFor(entry, told.to)
    else if (state === "refused") this.showErrors(entry, then)
    else if (kept) this.goOn(entry, state)
    else this.say("The server is not answering, and this browser keeps nothing. Leave this page open and save again.")
  }

  leaveFor(entry, to) {
    this.leaving = true
    this.drop(entry)
    forget(this.user, "draft")
    location.assign(to)
  }

  // Only the server knows what is wrong: post the ordinary way, and it gives the page back with the errors.
  showErrors(entry, then) {
    this.leaving = true
    this.drop(entry)
    const choice = Object.assign(document.createElement("input"), { type: "hidden", name: "then", value: then })
    this.form.append(choice)
    HTMLFormElement.prototype.submit.call(this.form)
  }

  // The visit waits in the outbox; the form is empty for the next one, with a serial of its own.
  goOn(entry, state) {
    const serial = Number(valueOf(entry.fields, "serial") || 0) + 1
    const token = this.form.elements.token.value
    this.form.reset()
    this.form.elements.token.value = token
    this.form.elements.serial.value = serial
    this.form.elements.resident.value = ""
    this.form.querySelector("[data-hub-resident]").hidden = true
    forget(this.user, "draft")
    this.form.dispatchEvent(new Event("change"))
    this.tell(state)
    this.form.querySelector("[type=radio]").focus()
  }

  put(entry) {
    return keep(this.user, "outbox", [...this.entries.filter((each) => !same(each, entry)), entry])
  }

  drop(entry) {
    const left = this.entries.filter((each) => !same(each, entry))
    if (left.length) keep(this.user, "outbox", left)
    else forget(this.user, "outbox")
  }

  async sendKept() {
    if (this.sending || this.saving) return
    this.sending = true
    await this.sendEach(this.entries.filter((each) => !each.refused))
    this.sending = false
  }

  async sendEach(entries) {
    const sent = []
    for (const entry of entries) {
      const { state, told } = await post(entry, this.csrf(), true)
      if (state === "sent") {
        this.drop(entry)
        sent.push(...told.references, told.ticket)
      } else if (state === "refused") {
        this.put({ ...entry, refused: true })
      } else {
        this.tell(state)
        return
      }
    }
    if (sent.length) this.say(`The server answers again. Sent what was kept: ${sent.filter(Boolean).join(", ")}.`)
    this.offerRefused()
  }

  offerRefused() {
    const refused = this.entries.find((each) => each.refused)
    if (!refused) return
    this.say("A visit that was kept on this machine has to be corrected before it can be saved.", "Open it", () => {
      this.drop(refused)
      const whose = valueOf(refused.fields, "resident") || ""
      if (whose !== this.form.elements.resident.value) {
        keep(this.user, "draft", { ...refused, keptAt: Date.now() })
        this.goTo(whose)
        return
      }
      this.fill(refused.fields)
      this.keepDraft()
      this.say("Correct it and save it.")
    })
  }

  tell(state) {
    const number = this.entries.length
    const kept = `${number} ${number === 1 ? "visit is" : "visits are"} kept on this machine`
    if (state === "signed-out") {
      this.say(`You are signed out. ${kept} and will be sent when you sign in again.`, "Sign in", () =>
        location.assign(this.form.action),
      )
    } else {
      this.say(`The server is not answering. ${kept} and will be sent by itself. You can go on.`)
    }
  }

  say(words, offer, take) {
    if (this.said === words) return
    this.said = words
    this.words.textContent = words
    if (!offer) return
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "hub-link-button",
      textContent: offer,
    })
    button.addEventListener("click", take)
    this.words.append(" ", button)
  }
}

const same = (one, other) =>
  ["token", "serial"].every((name) => valueOf(one.fields, name) === valueOf(other.fields, name))

export function offerOutbox(form) {
  new Outbox(form).start()
}
