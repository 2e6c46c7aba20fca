"""Pages whose form appears only once something has happened: an enquiry closed, a referral accepted, …"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from appointments.models import Booking
from enquiries import actions
from tests.appointments.conftest import TUESDAY, book, plan, slots
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import clock
from tests.enquiries.conftest import asked_online, housing, log, outcomes, refer

__all__ = ["asked_online", "book", "clock", "housing", "log", "outcomes", "plan", "refer", "slots"]
"""Fixtures that `later_pages` needs where it is used."""

Page = tuple[str, dict[str, str]]
"""An address, and what must be posted to it before its form is there."""


@pytest.fixture
def later_pages(request, clock, people, log, refer, outcomes, asked_online) -> dict[str, list[Page]]:
    """Pages at Monday noon by who meets their form."""
    facts: dict[str, Any] = {"by": people["officer"], "at": MONDAY_NOON}
    finishing = actions.accept(referral=refer(), had_all=True, **facts)
    complaint, _ = actions.receive_complaint(
        token=uuid.uuid4(), caller="somebody", at=MONDAY_NOON, words="Wrong", reply_by="post", language="en"
    )
    closed = log(outcome=outcomes["resolved"])
    waiting = actions.log_visit(
        token=uuid.uuid4(),
        hub=closed.visit.hub,
        raised=[actions.desk.Raised(closed.topic)],
        by=people["desk"],
        at=MONDAY_NOON,
        waiting=True,
    ).visit
    open_ones = [log(words="A door"), asked_online(email="a@example.org"), closed]
    booking: Booking = request.getfixturevalue("book")()
    slot = str(booking.slot_id)
    return {
        "desk": [
            *((f"/staff/enquiries/{each.reference}/", {}) for each in open_ones),
            (f"/staff/enquiries/{open_ones[0].reference}/refer/", {"service": "housing"}),
            (f"/staff/visits/{waiting.pk}/left/", {}),
        ],
        "manager": [
            (f"/staff/referrals/{finishing.pk}/", {}),
            (f"/staff/complaints/{complaint.reference}/", {}),
            (f"/staff/appointments/{booking.reference}/", {}),
            (f"/staff/appointments/{booking.reference}/move/", {}),
            (f"/staff/appointments/plans/{booking.slot.plan_id}/", {}),
            (f"/staff/appointments/book/?topic={booking.topic.pk}", {}),
        ],
        "administrator": [(f"/console/accounts/user/{people['desk'].pk}/password/", {})],
        "nobody": [
            (f"/feedback/{closed.private_key}/", {}),
            ("/appointments/details/", {"topic": booking.topic.slug, "slot": slot}),
            (f"/appointments/{booking.topic.slug}/waiting/", {}),
            (f"/appointments/b/{booking.private_key}/move/{TUESDAY}/", {}),
        ],
    }
