// Questions to an open page that need its layout. Each answer is a list of what is wrong, empty where nothing is.
globalThis.probes = (() => {
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"

  const name = (element) =>
    `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}` +
    `${[...element.classList].map((each) => `.${each}`).join("")} "${element.textContent.trim().slice(0, 40)}"`

  // A radio button or check box is clear itself; what is seen of it is drawn by its label.
  const drawnByLabel = (element) => element.matches("input[type=radio], input[type=checkbox]")

  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: !drawnByLabel(element) })

  // Clipped to a pixel on purpose: only screen readers find it, or it appears with the focus.
  const onlyHeard = (element) => element.closest(".govuk-visually-hidden, .govuk-skip-link") !== null

  const all = (selector) =>
    [...document.querySelectorAll(selector)].filter((each) => shown(each) && each.getBoundingClientRect().height > 0)

  // Elements that reach over the edge of the page to the right, when the page can be pushed sideways.
  function sideways() {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const wide = all("body *").filter((each) => each.getBoundingClientRect().right > clientWidth + 0.5)
    return [`${scrollWidth} > ${clientWidth}`, ...wide.map(name)]
  }

  // How many pixels more may be inside a box than it has room for. Letters reach over a tight line and stay whole
  // where nothing cuts them.
  const spare = (element) => {
    const { overflowX, overflowY, fontSize } = getComputedStyle(element)
    return [overflowX, overflowY].every((each) => each === "visible") ? parseFloat(fontSize) / 4 : 1
  }

  // Boxes with words that are larger inside than out, so that words are cut or run over what follows.
  function clipped() {
    return all("body *:not(svg, svg *)")
      .filter((each) => each.textContent.trim() && !onlyHeard(each) && getComputedStyle(each).display !== "inline")
      .filter((each) => each.scrollHeight > each.clientHeight + spare(each) || each.scrollWidth > each.clientWidth + 1)
      .map((each) => `${each.scrollWidth}×${each.scrollHeight} in ${each.clientWidth}×${each.clientHeight}: ${name(each)}`)
  }

  // What somebody sets who needs more space to read (WCAG 1.4.12).
  function spaceOut() {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`
      * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
      p { margin-bottom: 2em !important }`)
    document.adoptedStyleSheets = [sheet]
  }

  // Controls under 24 by 24 pixels; a link within a sentence may be as high as its line (WCAG 2.5.8).
  function small() {
    const inSentence = (element) =>
      getComputedStyle(element).display === "inline" &&
      [...element.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
    return all(FOCUSABLE)
      .filter((each) => !onlyHeard(each) && !inSentence(each))
      .map((each) => [each.getBoundingClientRect(), each])
      .filter(([box]) => box.width < 24 || box.height < 24)
      .map(([box, each]) => `${box.width.toFixed(1)}×${box.height.toFixed(1)}: ${name(each)}`)
  }

  // The rings around a control: its outline and its shadows, an empty text where there is none.
  const rings = (element) => {
    const next = element.nextElementSibling
    const drawn = drawnByLabel(element)
      ? [getComputedStyle(element.labels[0], "::before"), ...(next ? [getComputedStyle(next)] : [])]
      : [getComputedStyle(element)]
    return drawn.flatMap(({ outlineStyle, outlineWidth, outlineColor, boxShadow }) => [
      outlineStyle === "none" || outlineWidth === "0px" ? "" : `${outlineWidth} ${outlineColor}`,
      boxShadow === "none" ? "" : boxShadow,
    ])
  }

  // Of radio buttons with one name the Tab key reaches the chosen one, or the first.
  function isStop(element) {
    if (element.tabIndex < 0) return false
    if (element.type !== "radio") return true
    const group = all(`input[type=radio][name="${element.name}"]`)
    return element === (group.find((each) => each.checked) ?? group[0])
  }

  // Everything that the Tab key should reach, in order, and how it looks before it is reached.
  let stops = []
  function listStops() {
    // Where the page put the focus itself, as on an error summary, is not where somebody starts to read.
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute("tabindex")
    scrollTo(0, 0)
    stops = all(FOCUSABLE).filter(isStop).map((element) => ({ element, before: rings(element) }))
    return stops.map(({ element }) => name(element))
  }

  // What is wrong with the stop that the Tab key should have reached now.
  function stopAt(number) {
    const { element, before } = stops[number]
    const reached = document.activeElement
    if (reached !== element) return [`reached ${name(reached)} instead of ${name(element)}`]
    const wrong = []
    const shows = rings(element).some((ring, which) => ring !== "" && ring !== before[which])
    if (!shows) wrong.push(`focus does not show on ${name(element)}`)
    // Chromium brings the caret of a tall text area into view, not all of its box: look at the part in sight.
    const [box] = element.getClientRects()
    const middle = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2
    const top = document.elementFromPoint(box.left + box.width / 2, middle)
    if (top === null) wrong.push(`out of sight: ${name(element)}`)
    else if (!element.contains(top)) wrong.push(`${name(top)} covers ${name(element)}`)
    return wrong
  }

  const stop = (number) => stops[number].element

  return { sideways, clipped, spaceOut, small, listStops, stopAt, stop, shown, all, name }
})()
