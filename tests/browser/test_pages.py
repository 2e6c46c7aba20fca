"""Every public page in both languages, at a desk: axe, the console, the wire, targets and the keyboard."""

from __future__ import annotations

import pytest

from tests.browser.pages import EVERY_PAGE, EXAMPLES, IN_ENGLISH, NO_PAGES, names_in_both_languages
from tests.browser.rules import broken_rules

pytestmark = pytest.mark.browser


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


def test_english_page_fetches_no_large_bengali_font(opened):
    wanted = opened.path not in IN_ENGLISH and opened.path != "/staff/sign-in/"

    assert bool(opened.big_bengali_fonts) == wanted
