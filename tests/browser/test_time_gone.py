"""The pages of somebody whose time was taken away while no other is free, in a real browser."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from appointments import actions
from appointments.models import Booking, Slot
from tests.browser.rules import broken_rules, wider_than_the_screen
from tests.browser.test_appointments import planned
from tests.browser.test_online import NARROW, resident

__all__ = ["planned", "resident"]
"""Fixtures of other tests."""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_whoever_has_no_time_finds_where_to_wait_or_walk_in_on_a_phone(
    resident, planned, topics, people, prefix
):
    booking = actions.book(
        token=uuid.uuid4(),
        slot=planned,
        topic=topics["housing"],
        language="en",
        by=people["manager"],
        at=datetime.now(UTC),
        channel=Booking.Channel.PHONE,
        name="Rahima Begum",
        phone="07700 900123",
    ).booking
    Slot.objects.update(withdrawn_at=datetime.now(UTC), withdrawn_because="day")
    path = f"{prefix}/appointments/b/{booking.private_key}/"
    page = resident(path, viewport=NARROW)
    for step in ("", "move/"):
        page.goto(path + step)
        assert (broken_rules(page), wider_than_the_screen(page)) == ({}, 0)
        expect(page.locator(".hub-instead")).to_be_visible()
        page.locator("main a[href$='/housing/waiting/']").click()
        expect(page.locator("#id_name")).to_be_visible()
