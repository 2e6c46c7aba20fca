// Shortens a compiled style sheet by what changes nothing on our pages. Each step leaves the order of the rules alone.
import postcss from "postcss"

const CLASS = /\.(-?[A-Za-z_][\w-]*)/g
// The names that govuk-frontend lets a theme set. We set its colours by Sass, so that only the second value counts.
const SETTABLE = /var\((--govuk-[\w-]+), ?([^()]+)\)/g

// With brackets inside, as in `:not(:has(.x))`.
const NEGATION = /:not\((?:[^()]|\([^()]*\))*\)/g

// Rules for classes that no page uses, listed in left-out.txt. What must not have such a class stays.
function withoutParts(root, leftOut) {
  const names = (selector) => [...selector.replace(NEGATION, "").matchAll(CLASS)].map(([, name]) => name)
  root.walkRules((rule) => {
    const kept = rule.selectors.filter((each) => !names(each).some((name) => leftOut.has(name)))
    if (kept.length) rule.selectors = kept
    else rule.remove()
  })
}

function withSettledColours(root) {
  const set = new Set()
  root.walkDecls(/^--govuk-/, ({ prop }) => set.add(prop))
  root.walkDecls((each) => {
    each.value = each.value.replace(SETTABLE, (whole, name, value) => (set.has(name) ? whole : value))
  })
}

// Selectors stand one below the other, further in where the rule is further in.
const named = (rule) => rule.selectors.join()

// govuk-frontend names a family for paper after each family for the screen; ours is the same on both.
function withoutRepeatsOnPaper(root) {
  root.walkAtRules("media", (paper) => {
    const screen = paper.prev()
    if (paper.params !== "print" || screen?.type !== "rule") return
    const said = new Set(screen.nodes.map(String))
    paper.each((rule) => {
      if (rule.type !== "rule" || named(rule) !== named(screen)) return
      rule.each((each) => {
        if (said.has(String(each))) each.remove()
      })
      if (!rule.nodes.length) rule.remove()
    })
  })
}

function withoutEmpty(container) {
  container.each((each) => {
    if (!each.nodes) return
    withoutEmpty(each)
    if (!each.nodes.length) each.remove()
  })
}

const heading = (node) => (node.type === "rule" ? named(node) : `@${node.name} ${node.params}`)
const joinable = (node) => node?.nodes && node.name !== "font-face"

// Neighbours under the same selector or condition become one.
function withNeighboursJoined(container) {
  container.each((node) => {
    if (!joinable(node)) return
    for (let next = node.next(); joinable(next) && heading(next) === heading(node); next = node.next()) {
      node.append(next.nodes)
      next.remove()
    }
    withNeighboursJoined(node)
  })
}

export function tidied(css, leftOut) {
  const root = postcss.parse(css)
  root.walkComments((each) => each.remove())
  withoutParts(root, leftOut)
  withSettledColours(root)
  withoutRepeatsOnPaper(root)
  withoutEmpty(root)
  withNeighboursJoined(root)
  return root.toString()
}
