"""Finding an appointment in a real browser, by keyboard, without script, and narrow."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from appointments import actions
from appointments.models import Booking
from tests.browser.rules import broken_rules, wider_than_the_screen
from tests.browser.test_appointments import desk_page, expected, planned
from tests.browser.test_online import NARROW, resident

__all__ = ["desk_page", "expected", "planned", "resident"]
"""Fixtures of the other browser tests."""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False])
def test_somebody_is_found_with_the_keyboard_alone(desk_page, expected, script):
    page = desk_page("/staff/appointments/", script=script, viewport=NARROW)
    page.get_by_label("Find an appointment").focus()
    # Each digit is a key of the list too, and notes an arrival there.
    page.keyboard.type("07700 900555")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Still to come")).to_be_visible()
    assert Booking.objects.get().status == "booked"

    page.locator(".hub-history a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dd.hub-reference")).to_have_text(expected.shown_reference)


def test_what_is_found_and_what_is_not_is_accessible_and_fits_a_phone(desk_page, expected):
    page = desk_page("/staff/appointments/find/", viewport=NARROW)
    for text, words in (("zzz", "No appointment that you can see was found."), ("karim", "Still to come")):
        field = page.get_by_label("Who is it?")
        field.fill(text)
        field.press("Enter")
        expect(page.get_by_text(words)).to_be_visible()
        assert (broken_rules(page), wider_than_the_screen(page)) == ({}, 0)


@pytest.mark.parametrize("viewport", [NARROW, {"width": 1280, "height": 900}])
def test_what_is_in_the_way_fits_and_its_summary_leads_into_the_page(
    desk_page, expected, planned, topics, people, viewport
):
    known = expected.resident
    actions.book(
        token=uuid.uuid4(),
        slot=planned,
        topic=topics["housing"],
        language="bn",
        channel="desk",
        by=people["desk"],
        at=datetime.now(UTC),
        resident=known,
    )
    page = desk_page(f"/staff/appointments/book/?topic={topics['housing'].pk}", viewport=viewport)
    page.locator("#id_name").fill("Karim")
    page.get_by_role("button", name="Find earlier visits").click()
    expect(page.get_by_text("Has appointments already:")).to_be_visible()
    assert (broken_rules(page), wider_than_the_screen(page)) == ({}, 0)
    page.get_by_role("button", name="Choose this record of Karim Ali", exact=True).click()
    page.locator("label[for=id_slot_1]").click()
    page.get_by_role("button", name="Book", exact=True).click()
    page.locator(".govuk-error-summary a").click()

    expect(page.locator("#id_slot_0")).to_be_focused()
    expect(page.locator(".hub-history").first.locator("a")).to_have_count(2)
    assert (broken_rules(page), wider_than_the_screen(page)) == ({}, 0)
