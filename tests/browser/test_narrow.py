"""Every public page in both languages on the smallest phone, and so at 400 % too (WCAG 1.4.10)."""

from __future__ import annotations

import pytest

from tests.browser.pages import EVERY_PAGE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=EVERY_PAGE)
def opened(request, phone):
    """Each page, opened once for all the tests below."""
    phone.open(request.param)
    return phone


def test_page_fits_in_320_pixels(opened):
    assert opened.probe("sideways()") == []


def test_page_cuts_no_words_off(opened):
    assert opened.probe("clipped()") == []


def test_page_has_no_target_under_24_pixels_for_a_thumb(opened):
    assert opened.probe("small()") == []


@pytest.mark.parametrize("colours", ["forced", "own"])
def test_page_fits_in_the_readers_own_colours_and_without_motion(opened, colours):
    opened.page.emulate_media(
        forced_colors="active" if colours == "forced" else "none", reduced_motion="reduce"
    )
    try:
        assert opened.probe("sideways()") == []
        assert opened.page.evaluate("document.getAnimations().length") == 0
        assert opened.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    finally:
        opened.page.emulate_media(forced_colors="none")


def test_page_spaced_out_by_its_reader_loses_nothing(opened):
    opened.probe("spaceOut()")

    assert opened.probe("sideways()") == []
    assert opened.probe("clipped()") == []


def test_page_made_no_complaint_on_a_phone(opened):
    assert opened.complaints == []
