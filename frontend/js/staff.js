// The tools of staff pages.
import { offerKeys } from "./desk-keys.js"
import { offerOutbox } from "./desk-outbox.js"
import { forgetOnLeaving } from "./desk-store.js"
import { forgetTyped, offerLock } from "./lock-screen.js"
import { printOnce } from "./print-slip.js"
import { keepFresh } from "./waiting-room.js"

document.querySelectorAll("[data-hub-locks]").forEach(offerLock)
document.querySelectorAll("[data-hub-leaves]").forEach(forgetTyped)
// Before the keys: a draft that comes back decides where the next key goes.
document.querySelectorAll("[data-hub-outbox]").forEach(offerOutbox)
document.querySelectorAll("[data-hub-keys]").forEach(offerKeys)
document.querySelectorAll("[data-hub-poll]").forEach(keepFresh)
document.querySelectorAll("[data-hub-leaves]").forEach(forgetOnLeaving)
if (document.querySelector("form[data-hub-print]")) printOnce()
document.querySelectorAll("button[data-hub-print]").forEach((button) => {
  button.hidden = false
  button.addEventListener("click", () => print())
})
