"""The demo's months: from some month on every visit for an appointment has its booking, without a gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from appointments.models import Booking
from enquiries.models import Visit
from hubportal import demo
from reports.findings import on_appointments
from reports.months import Month
from reports.report import report
from tests.appointments.conftest import counters_hold
from tests.hubportal.conftest import make_borough
from tests.made_once import leave_as_made, made_once, settle

AT = datetime(2026, 11, 25, 11, 20, tzinfo=UTC)
BEFORE_ANY_BOOKING = date(2026, 7, 20)
Status = Booking.Status


@pytest.fixture(scope="module")
def loaded_in_november(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        make_borough()
        load_all(AT)
        settle()
        yield


@pytest.fixture
def loaded(loaded_in_november, db) -> Iterator[None]:
    """Everything up to `AT`."""
    yield
    leave_as_made()


def load_all(at: datetime) -> None:
    """Load what the command does, in its order."""
    demo.load_history(at=at, since=BEFORE_ANY_BOOKING)
    demo.load_past_appointments(at=at)
    demo.load_appointments(at=at)


def came_by_month() -> dict[int, tuple[int, int]]:
    """By month: how many visits there were for an appointment, and how many bookings whose people came."""
    visits = Counter(Visit.objects.filter(kind=Visit.Kind.APPOINTMENT).values_list("month", flat=True))
    came = Booking.objects.filter(status__in=(Status.ARRIVED, Status.FINISHED))
    booked = Counter(came.values_list("month", flat=True))
    return {month: (visits[month], booked[month]) for month in sorted(visits | booked)}


def test_from_some_month_on_every_visit_for_an_appointment_was_booked_and_before_none_was(loaded):
    july, *kept = came_by_month().values()

    assert (july[0] > 0, july[1]) == (True, 0)
    assert [(visits == booked, booked > 60) for visits, booked in kept] == [(True, True)] * 4
    assert list(came_by_month()) == [202607, 202608, 202609, 202610, 202611]
    said = [on_appointments(report(month, month, at=AT)) for month in (Month(2026, 7), Month(2026, 8))]
    assert said[0] == f"No appointments were kept in the portal then: {july[0]} visits were for one."
    assert said[1].startswith("Came: ")


def test_loaded_again_long_after_no_month_between_is_without_bookings(loaded):
    load_all(AT + timedelta(days=21))
    load_all(AT + timedelta(days=150))
    months = came_by_month()

    assert [month for month, (visits, booked) in months.items() if visits != booked] == [202607]
    assert [month for month in months if month > 202607] == [
        *(202608, 202609, 202610, 202611, 202612, 202701, 202702, 202703, 202704),
    ]
    assert counters_hold()
