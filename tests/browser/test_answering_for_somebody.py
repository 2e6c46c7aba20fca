"""Staff at the desk answer, in a browser, for whom a time is kept, and see whom to call."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from appointments import actions
from appointments.models import Booking, Slot, Wish
from tests.browser.rules import broken_rules, wider_than_the_screen
from tests.browser.test_appointments import desk_page, planned
from tests.browser.test_online import NARROW, resident

__all__ = ["desk_page", "planned", "resident"]
"""Fixtures of other browser tests."""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FAULTLESS = ({}, 0)


@pytest.fixture
def booking(planned, topics, people) -> Booking:
    """Somebody with an appointment in two days, made over the phone; there is one desk."""
    about = {"slot": planned, "topic": topics["housing"], "language": "en", "channel": "phone"}
    who = {"name": "Karim Ali", "phone": "020 7946 0555", "by": people["desk"], "at": datetime.now(UTC)}
    return actions.book(token=uuid.uuid4(), **about, **who).booking


def test_who_cancels_sees_whom_to_call_and_takes_the_time_for_them(desk_page, booking, topics):
    day = booking.service_day
    wish, _ = actions.join_waiting_list(
        token=uuid.uuid4(),
        hub=booking.hub,
        topic=topics["housing"],
        from_on=day,
        to_on=day + timedelta(days=1),
        language="en",
        by=None,
        at=datetime.now(UTC),
        name="Rahima Begum",
        phone="020 7946 0111",
    )
    page = desk_page(f"/staff/appointments/{booking.reference}/cancel/", viewport=NARROW)
    page.locator("main form button").click()
    done, warned = page.locator(".hub-notice"), page.locator(".hub-notice--warning")
    expect(warned).to_contain_text(f"Please call them: {wish.shown_reference}.")
    edge = "each => getComputedStyle(each).borderLeftColor"
    assert done.first.evaluate(edge) != warned.evaluate(edge)
    assert (broken_rules(page), wider_than_the_screen(page)) == FAULTLESS

    page.goto("/staff/appointments/waiting/")
    expect(page.locator(".hub-late")).to_contain_text("Call by")
    assert (broken_rules(page), wider_than_the_screen(page)) == FAULTLESS
    page.get_by_role("button", name=f"Take it for them {wish.shown_reference}").dblclick()
    expect(page.locator(".hub-notice")).to_contain_text("The appointment is booked.")
    assert page.url.endswith(f"/{Booking.objects.get(wish=wish).reference}/")
    assert Booking.objects.live().count() == 1
    assert Wish.objects.get().status == Wish.Status.BOOKED


def test_the_other_time_is_taken_for_whoever_lost_theirs(desk_page, booking, people):
    at = datetime.now(UTC)
    Slot.objects.filter(pk=booking.slot_id).update(withdrawn_at=at, withdrawn_because="day")
    other = actions.offer_another(booking=booking, by=people["manager"], at=at).slot
    page = desk_page(f"/staff/appointments/{booking.reference}/", viewport=NARROW)
    assert (broken_rules(page), wider_than_the_screen(page)) == FAULTLESS
    page.get_by_role("button", name="Take this time for them").dblclick()

    expect(page.locator(".hub-notice")).to_have_text("The appointment is moved.")
    booking.refresh_from_db()
    assert (booking.slot_id, booking.events.filter(kind="moved").count()) == (other.pk, 1)
