"""Appointments on the site that the browser visits: somebody's booking, and somebody who waits."""

from __future__ import annotations

import uuid
from datetime import timedelta

from tests.conftest import MONDAY_NOON

BOOKING_KEY, WISH_KEY = "a-booking-of-the-browser-tests", "a-wish-of-the-browser-tests"
"""In the private links that the browser opens."""

BOOKING = "D7M3PQX9T"
"""The reference of that booking."""
DAY = "2026-11-24"


def fill_appointments() -> None:
    """Let two residents ask for the Town Hall's times, which are those of the demo."""
    from appointments import actions
    from appointments.models import Booking, Slot, Wish
    from hubs.models import Hub, Topic

    at, hub, topic = MONDAY_NOON, Hub.objects.get(slug="town-hall"), Topic.objects.get(slug="housing")
    about = {"topic": topic, "language": "en", "by": None, "at": at, "name": "Amber Example"}
    slot, key = Slot.objects.filter(service_day=DAY).earliest("starts_at"), uuid.uuid4()
    actions.hold_slot(slot=slot, topic=topic, at=at, key=key)
    actions.book(token=key, slot=slot, phone="07700 900123", **about)
    Booking.objects.update(private_key=BOOKING_KEY, reference=BOOKING)
    on = MONDAY_NOON.date()
    days = {"from_on": on, "to_on": on + timedelta(days=14)}
    actions.join_waiting_list(token=uuid.uuid4(), hub=hub, phone="07700 900124", **days, **about)
    Wish.objects.update(private_key=WISH_KEY)
