"""Every public page in both languages, at a desk: axe, the console, the wire, targets and the keyboard."""

from __future__ import annotations

import brotli
import pytest

from bench.weight import FIRST_WINDOW
from tests.browser.pages import EVERY_PAGE, EXAMPLES, IN_ENGLISH, NO_PAGES, names_in_both_languages
from tests.browser.rules import broken_rules
from tests.browser.visits import loaded_fonts

pytestmark = pytest.mark.browser

HEADERS = 1_000
"""Bytes, and a little more than the headers of an answer take; `bench weight` counts them exactly."""


@pytest.fixture(scope="module", params=EVERY_PAGE)
def opened(request, desk):
    """Each page, opened once for all the tests below."""
    desk.open(request.param)
    desk.path = request.param
    return desk


def test_every_public_page_is_visited():
    assert names_in_both_languages() == set(EXAMPLES) | NO_PAGES


def test_page_breaks_no_rule_of_axe(opened):
    assert broken_rules(opened.page) == {}


def test_page_has_no_target_under_24_pixels(opened):
    assert opened.probe("small()") == []


def test_page_is_not_wider_than_the_window(opened):
    assert opened.probe("sideways()") == []


def test_page_can_be_walked_through_by_keyboard(opened):
    stops = opened.probe("listStops()")

    wrong = []
    for number in range(len(stops)):
        opened.page.keyboard.press("Tab")
        wrong += opened.probe(f"stopAt({number})")
    assert wrong == []
    assert stops[0].startswith("a.govuk-skip-link") or opened.path == "/nowhere/"


def test_page_made_no_complaint(opened):
    assert opened.complaints == []


def test_only_a_page_with_bengali_looks_for_its_large_font(opened):
    wanted = opened.path not in IN_ENGLISH and opened.path != "/staff/sign-in/"

    assert ("Bengali" in loaded_fonts(opened.page)) == wanted
    # On a Bengali page it comes from the site where the device has none.
    assert wanted or opened.big_bengali_fonts == []


@pytest.mark.parametrize("path", ["/", "/ask/"])
def test_the_switch_names_bengali_in_its_own_letters_also_where_it_is_a_button(desk, path):
    page = desk.open(path)
    switch = page.locator(".hub-languages [lang=bn]")

    assert "Language name" in switch.evaluate("each => getComputedStyle(each).fontFamily")
    assert "Language name" in loaded_fonts(page)


def test_every_font_is_one_that_a_browser_takes(desk):
    desk.open("/")
    failed = desk.page.evaluate(
        """async () => {
            // The one that stands in until they are there is the device's own, where it has such a font.
            const faces = [...document.fonts].filter((face) => !face.family.includes("before it loads"))
            await Promise.allSettled(faces.map((face) => face.load()))
            return faces.filter((face) => face.status !== "loaded").map((face) => face.family + face.weight)
        }"""
    )

    assert failed == []


def test_page_and_its_style_sheets_fit_the_first_window(opened):
    sheets = opened.page.eval_on_selector_all(
        "link[rel=stylesheet]", "links => links.map(({ href }) => href)"
    )
    files = [opened.page.request.get(address).body() for address in (opened.page.url, *sheets)]

    assert sum(len(brotli.compress(file)) + HEADERS for file in files) <= FIRST_WINDOW
