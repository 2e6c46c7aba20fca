// "Use my location instead": asks the browser where it is and goes to the address the button names with the
// place in it. The words come from the page, in the page's language; the place goes to this site only.

// The end of a link on another page whose reader has asked already.
const ASKED = "#near-me"

// Three decimals are about 100 metres: enough to order five hubs, too little to name a home.
const DECIMALS = 3
const WAIT_MS = 10_000
const FRESH_MS = 60_000

const REASON = { 1: "denied", 2: "unavailable", 3: "unavailable" }

const wordsOf = (button) => document.getElementById(button.dataset.hubLocation)

function addressFor(button, { latitude, longitude }) {
  const address = new URL(button.dataset.near, location.href)
  const asked = new URLSearchParams(new FormData(button.form))
  asked.delete("postcode")
  asked.set("latitude", latitude.toFixed(DECIMALS))
  asked.set("longitude", longitude.toFixed(DECIMALS))
  address.search = asked
  return address
}

function lookUp(button, goTo) {
  wordsOf(button).textContent = button.dataset.looking
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => goTo(addressFor(button, coords)),
    ({ code }) => {
      wordsOf(button).textContent = button.dataset[REASON[code]]
    },
    { maximumAge: FRESH_MS, timeout: WAIT_MS },
  )
}

function offerLocation(button) {
  if (!("geolocation" in navigator)) return
  button.hidden = false
  button.addEventListener("click", () => lookUp(button, (address) => location.assign(address)))
  // A page that the browser kept and shows again must not still say that it is looking.
  addEventListener("pagehide", () => {
    wordsOf(button).textContent = ""
  })
  if (location.hash !== ASKED) return
  // Who comes back here has not asked again; who comes back from the answer wants the page with the link.
  history.replaceState(null, "", location.pathname + location.search)
  button.focus()
  lookUp(button, (address) => location.replace(address))
}

document.querySelectorAll("[data-hub-location]").forEach(offerLocation)
