"""What axe finds on an open page: one set of rules for all browser tests."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGETS = ["target-size"]
"""The rules whose answer changes with the width of the window alone."""

_AXE = Axe().axe_script
# Only what is broken leaves the browser: to hand over all that was looked at takes longer than the rules do.
_RUN = """([kind, values]) => axe
    .run({ runOnly: { type: kind, values }, resultTypes: ["violations"] })
    .then(({ violations }) => violations)
    .then((broken) => broken.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]))
"""


def _arrived(page: Page) -> None:
    # A click ends with the head of the next page: what is asked then may be asked of an empty document.
    page.wait_for_load_state()


def broken_rules(page: Page, *, only: list[str] | None = None) -> dict[str, list[str]]:
    """Return the rules that the page breaks, each with the elements that do; `only` names a few rules."""
    _arrived(page)
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(_AXE)
    return dict(page.evaluate(_RUN, ["rule", only] if only else ["tag", RULES]))


def wider_than_the_screen(page: Page) -> int:
    """Return by how many pixels the page overflows the window sideways, 0 where everything fits."""
    _arrived(page)
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def broken_when_narrow(page: Page, *, width: int = 320) -> tuple[dict[str, list[str]], int]:
    """Make the window `width` pixels wide for a moment; return what is broken there and how far it overflows.

    Only what depends on the width is asked again. Overflow is in pixels, 0 where everything fits.
    """
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 640})
    found = broken_rules(page, only=TARGETS)
    over = wider_than_the_screen(page)
    if before:
        page.set_viewport_size(before)
    return found, over
