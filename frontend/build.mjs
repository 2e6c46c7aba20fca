// Builds static/build/ from frontend/ and the npm packages: style sheets, scripts, fonts, pictures, licences.
// `npm run build` prints what each file weighs compressed; docs/front-end.md says what the weights may be.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync } from "node:zlib"

import * as esbuild from "esbuild"
import * as sass from "sass"
import subsetFont from "subset-font"

import { tidied } from "./tidy.mjs"

const HERE = path.dirname(fileURLToPath(import.meta.url))
const ROOT = path.dirname(HERE)
const OUT = path.join(ROOT, "static", "build")
const PACKAGES = path.join(ROOT, "node_modules")

// Browsers from 2018 on. Older ones get the pages without script, which work.
const SCRIPT_TARGET = "es2018"
const STYLE_TARGET = ["chrome64", "safari12", "firefox60"]

const between = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n)).join("")
const without = (these, characters) => [...characters].filter((each) => !these.includes(each)).join("")
// The letters and signs of our English pages: nearly every page needs no others. Each file is small enough to arrive
// in one go beside four others; `bench/README.md` says what a larger one costs.
const ASCII = between(0x20, 0x7e)
const BOLD = without([...'!"#$%&*+/;<=>@[\\]^_`{|}~'], ASCII) + "\u00a0×–’"
const LATIN = BOLD + "©"
// Names of people and streets, and formulas, have others now and then. The page that shows one fetches these.
const moreThan = (letters) => without([...letters], ASCII + between(0xa1, 0xff) + "–—‘’“”•…€−←↑→↓")
// The block itself, the danda and double danda, the joiners that steer conjuncts, and the circle that shows a
// loose vowel sign. Glyphs of conjuncts come along because the subset is closed over the font's own rules.
const BENGALI = between(0x0964, 0x0965) + between(0x0980, 0x09fe) + "\u200c\u200d\u25cc"
const LANGUAGE_NAMES = "বাংলা সিলেটি"

const files = (name) => path.join(PACKAGES, name, "files")
const latin = (weight) =>
  path.join(files("@fontsource/atkinson-hyperlegible-next"), `atkinson-hyperlegible-next-latin-${weight}-normal.woff2`)
const NOTO_BENGALI = path.join(
  files("@fontsource-variable/noto-sans-bengali"),
  "noto-sans-bengali-bengali-wght-normal.woff2",
)

// Kerning, and digits of one width. The fractions and small figures of the font are asked for nowhere; nor is what
// it says about its other weights and about marks that join a letter.
const LATIN_PARTS = { keepFeatures: ["kern", "tnum"], dropTables: ["STAT", "GDEF"] }

const FONTS = [
  ["atkinson-400.woff2", latin(400), LATIN, LATIN_PARTS],
  ["atkinson-700.woff2", latin(700), BOLD, LATIN_PARTS],
  ["atkinson-more-400.woff2", latin(400), moreThan(LATIN), LATIN_PARTS],
  ["atkinson-more-700.woff2", latin(700), moreThan(BOLD), LATIN_PARTS],
  // Both weights in one file: less to send than two, and one request.
  ["bengali.woff2", NOTO_BENGALI, BENGALI, { variationAxes: { wght: { min: 400, max: 700 } } }],
  // Only the names of languages in the switch and in lists, so that an English page shows them in their own letters
  // without the large font.
  ["language-name.woff2", NOTO_BENGALI, LANGUAGE_NAMES, { variationAxes: { wght: 400 } }],
]

// What is sent to readers comes partly from these; their terms travel with it.
const SENT = [
  "govuk-frontend",
  "@fontsource/atkinson-hyperlegible-next",
  "@fontsource-variable/noto-sans-bengali",
]

async function write(name, content) {
  const target = path.join(OUT, name)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, content)
  return name
}

function compiled(name) {
  const { css } = sass.compile(path.join(HERE, "scss", `${name}.scss`), {
    loadPaths: [PACKAGES],
    quietDeps: true,
  })
  return css
}

async function namesLeftOut() {
  const lines = (await readFile(path.join(HERE, "left-out.txt"), "utf8")).split("\n")
  return new Set(lines.filter((line) => line && !line.startsWith("#")))
}

// Staff pages take one style sheet: the public one with their own rules after it.
async function styles() {
  const sheets = [["public.css", compiled("public")]]
  sheets.push(["staff.css", sheets[0][1] + compiled("staff-desk")])
  // Beside the public one, where somebody books: a day's times, the chosen time, the confirmation.
  sheets.push(["booking.css", compiled("booking")])
  const leftOut = await namesLeftOut()
  return Promise.all(
    sheets.map(async ([name, css]) => {
      const { code } = await esbuild.transform(tidied(css, leftOut), { loader: "css", minify: true, target: STYLE_TARGET })
      return write(name, code)
    }),
  )
}

async function scripts(names) {
  await esbuild.build({
    entryPoints: names.map((name) => path.join(HERE, "js", `${name}.js`)),
    outdir: OUT,
    bundle: true,
    minify: true,
    format: "esm",
    target: SCRIPT_TARGET,
    legalComments: "none",
    logLevel: "warning",
  })
  return names.map((name) => `${name}.js`)
}

async function font([name, file, characters, part]) {
  const subset = await subsetFont(await readFile(file), characters, { targetFormat: "woff2", ...part })
  return write(`fonts/${name}`, subset)
}

async function pictures() {
  const names = await readdir(path.join(HERE, "images"))
  await Promise.all(names.map((name) => copyFile(path.join(HERE, "images", name), path.join(OUT, name))))
  return names
}

async function licences() {
  const texts = await Promise.all(
    SENT.map(async (name) => {
      const folder = path.join(PACKAGES, name)
      const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"))
      const file = (await readdir(folder)).find((entry) => entry.startsWith("LICENSE"))
      const terms = file ? `\n\n${await readFile(path.join(folder, file), "utf8")}` : ""
      return `${name} ${version}: ${license}${terms}`
    }),
  )
  return write("licences.txt", texts.join("\n\n----\n\n"))
}

async function weigh(name) {
  const content = await readFile(path.join(OUT, name))
  // Fonts travel as they are: woff2 is brotli inside.
  const sent = name.endsWith(".woff2") ? content.length : brotliCompressSync(content).length
  return `${name.padEnd(28)}${String(content.length).padStart(8)} bytes ${String(sent).padStart(8)} sent`
}

await rm(OUT, { recursive: true, force: true })
await mkdir(OUT, { recursive: true })
const built = await Promise.all([
  styles(),
  scripts(["staff", "error-summary", "use-location", "character-count", "ask", "booking"]),
  pictures(),
  licences(),
  ...FONTS.map(font),
])
for (const line of await Promise.all(built.flat().map(weigh))) console.log(line)
