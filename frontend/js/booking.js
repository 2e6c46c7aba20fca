// Booking: how long the time is still kept, said in time to ask for longer (WCAG 2.2.1), and a button that prints.
// The page tells until when without script, and the button works without it too.
const MINUTE = 60000
const LAST_MINUTES = 2

function tellTheTime(part) {
  const until = Number(part.dataset.hubKept) * 1000
  const words = part.querySelector("[data-hub-kept-left]")
  let said = ""
  // A screen reader hears each sentence once: every minute would talk over what somebody types.
  const say = (sentence) => {
    if (sentence !== said) words.textContent = said = sentence
  }
  const look = () => {
    const left = until - Date.now()
    part.classList.toggle("hub-kept--last", left < LAST_MINUTES * MINUTE)
    // What stands before it is no longer true then.
    words.previousElementSibling.hidden = left <= 0
    if (left <= 0) say(part.dataset.hubKeptOver)
    else if (left < LAST_MINUTES * MINUTE) say(part.dataset.hubKeptLast)
  }
  setInterval(look, 5000)
  look()
}

document.querySelectorAll("[data-hub-kept]").forEach(tellTheTime)
document.querySelectorAll("[data-hub-print]").forEach((button) => {
  button.hidden = false
  button.addEventListener("click", () => print())
})
