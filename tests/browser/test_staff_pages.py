"""Every staff page at a desk, on a small phone, without script: axe, keyboard, targets, colours, motion."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.rules import broken_rules
from tests.browser.running import sign_in
from tests.browser.staff_pages import EXAMPLES, NO_PAGES, PATHS, names_for_staff
from tests.browser.visits import Window

pytestmark = pytest.mark.browser

DATE_STOPS = 4
SCROLLS_OR_REACHES = re.compile(r": (textarea|a\.govuk-back-link)")


def signed_in(browser, site, **options) -> Iterator[Window]:
    """A window in which the manager at Bow has signed in, by the form."""
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", **options)
    context.set_default_timeout(20_000)
    window = Window(context, site.address)
    sign_in(window.page, site.address)
    yield window
    context.close()


@pytest.fixture(scope="module")
def staff_desk(browser, site):
    yield from signed_in(browser, site, viewport=DESK)


@pytest.fixture(scope="module")
def staff_phone(browser, site):
    """320 × 256 pixels; also what is left of 1280 × 1024 at 400 %."""
    yield from signed_in(browser, site, viewport=PHONE)


@pytest.fixture(scope="module")
def without_script_at_a_desk(browser, site):
    yield from signed_in(browser, site, viewport=DESK, java_script_enabled=False)


def test_every_staff_page_is_visited():
    assert names_for_staff() == set(EXAMPLES) | NO_PAGES


@pytest.mark.parametrize("path", PATHS)
def test_staff_page_is_whole_at_a_desk(staff_desk, path):
    page = staff_desk.open(path)

    assert broken_rules(page) == {}
    assert staff_desk.probe("small()") == []
    assert staff_desk.probe("sideways()") == []
    assert walked(staff_desk) == []
    assert staff_desk.complaints == []


@pytest.mark.parametrize("path", PATHS)
def test_staff_page_fits_a_small_phone_and_its_readers_own_colours(staff_phone, path):
    page = staff_phone.open(path)
    found = {"plain": staff_phone.probe("sideways()"), "cut": cut(staff_phone)}
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    found["own colours"] = staff_phone.probe("sideways()")
    found["moving"] = page.evaluate("document.getAnimations().map((each) => each.id || 'animation')")
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    staff_phone.probe("spaceOut()")
    found["spaced out"] = staff_phone.probe("sideways()")

    assert [name for name, wrong in found.items() if wrong] == [], found


@pytest.mark.parametrize("path", PATHS)
def test_staff_page_has_its_heading_and_a_button_for_each_form_without_script(without_script_at_a_desk, path):
    page = without_script_at_a_desk.page
    answer = page.goto(without_script_at_a_desk.address + path)

    # The month that is not over cannot be signed off yet.
    assert answer.status == (409 if path.endswith("2026-11/sign-off/") else 200)
    assert page.locator("h1").first.inner_text() != ""
    # A button may stand elsewhere and name its form; a form is empty where there is nothing to do.
    stuck = """forms => forms.filter(form => {
        const unsent = ["hidden", "button"]
        const kinds = [...form.elements].map(each => each.type).filter(kind => !unsent.includes(kind))
        return kinds.length > 0 && !kinds.includes("submit")
    }).length"""
    assert page.locator("main form").evaluate_all(stuck) == 0


def walked(window: Window) -> list[str]:
    """Press Tab through the page; return what is wrong with where it leads."""
    stops = window.probe("listStops()")
    wrong: list[str] = []
    for number in range(len(stops)):
        window.page.keyboard.press("Tab")
        # A date has a stop each for day, month, year and calendar.
        for _ in range(DATE_STOPS):
            if number == 0 or window.page.evaluate(f"document.activeElement !== probes.stop({number - 1})"):
                break
            window.page.keyboard.press("Tab")
        wrong += window.probe(f"stopAt({number})")
    return wrong


def cut(window: Window) -> list[str]:
    """Return boxes that cut words off. A text area scrolls; a back link's larger target reaches over it."""
    return [each for each in window.probe("clipped()") if not SCROLLS_OR_REACHES.search(each)]
