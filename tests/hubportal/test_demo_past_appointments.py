"""The demo's past appointments: every arrival has its booking, and some bookings have no arrival."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F, Q

from appointments.models import Booking, BookingEvent, Slot
from enquiries.londontime import service_day
from enquiries.models import Visit
from hubportal import demo
from reports.findings import on_appointments
from reports.months import Month
from reports.report import report
from tests.appointments.conftest import counters_hold

AT = datetime(2026, 11, 25, 11, 20, tzinfo=UTC)
SINCE = date(2026, 11, 2)
BEFORE_ANY_BOOKING = date(2026, 7, 20)
Status = Booking.Status


@pytest.fixture
def made(borough) -> int:
    demo.load_history(at=AT, since=SINCE)
    return demo.load_past_appointments(at=AT)


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


def test_from_some_month_on_every_visit_for_an_appointment_was_booked_and_before_none_was(borough):
    load_all(AT)
    july, *kept = came_by_month().values()

    assert (july[0] > 0, july[1]) == (True, 0)
    assert [(visits == booked, booked > 60) for visits, booked in kept] == [(True, True)] * 4
    assert list(came_by_month()) == [202607, 202608, 202609, 202610, 202611]
    said = [on_appointments(report(month, month, at=AT)) for month in (Month(2026, 7), Month(2026, 8))]
    assert said[0] == f"No appointments were kept in the portal then: {july[0]} visits were for one."
    assert said[1].startswith("Came: ")


def test_loaded_again_long_after_no_month_between_is_without_bookings(borough):
    load_all(AT)
    load_all(AT + timedelta(days=21))
    load_all(AT + timedelta(days=150))
    months = came_by_month()

    assert [month for month, (visits, booked) in months.items() if visits != booked] == [202607]
    assert [month for month in months if month > 202607] == [
        *(202608, 202609, 202610, 202611, 202612, 202701, 202702, 202703, 202704),
    ]
    assert counters_hold()


def test_every_past_arrival_by_appointment_has_its_booking(made):
    came = Visit.objects.filter(kind=Visit.Kind.APPOINTMENT, service_day__lt=AT.date())
    finished = Booking.objects.filter(status=Status.FINISHED)

    assert made == Booking.objects.count() > came.count() > 60
    assert set(finished.values_list("visit", flat=True)) == set(came.values_list("pk", flat=True))
    same = Q(visit=F("enquiry__visit"), topic=F("enquiry__topic"), resident=F("visit__resident"))
    assert not finished.exclude(same).exists()
    assert not Booking.objects.filter(service_day__gte=AT.date()).exists()
    assert counters_hold()


def test_some_missed_it_and_some_cancelled(made):
    missed = Booking.objects.filter(status=Status.MISSED).count() / made
    cancelled = Booking.objects.filter(status=Status.CANCELLED).count() / made
    assert (0.02 < missed < 0.25, 0.02 < cancelled < 0.25) == (True, True)
    assert Slot.objects.filter(booked=0).exists()


def test_a_bookings_life_is_in_order_and_no_longer_than_a_month(made):
    for booking in Booking.objects.select_related("slot", "resident").prefetch_related("events"):
        events = list(booking.events.all())
        assert events[0].kind == BookingEvent.Kind.BOOKED
        assert booking.resident.created_at <= booking.booked_at <= booking.slot.starts_at
        assert booking.lead_days == (booking.service_day - service_day(booking.booked_at)).days < 31
        if booking.arrived_at:
            assert abs(booking.arrived_at - booking.slot.starts_at) < timedelta(minutes=12)
            assert booking.arrived_at < booking.finished_at <= AT
        if booking.status == Status.CANCELLED:
            assert booking.booked_at < booking.cancelled_at < booking.slot.starts_at


def test_again_adds_nothing_and_later_the_days_without_a_booking_are_filled(made):
    assert demo.load_past_appointments(at=AT) == 0
    later = AT + timedelta(days=14)
    demo.load_appointments(at=AT)
    demo.load_history(at=later)

    assert demo.load_past_appointments(at=later) > 0
    booked_days = set(Booking.objects.values_list("service_day", flat=True))
    came = Visit.objects.filter(kind=Visit.Kind.APPOINTMENT, service_day__range=(SINCE, later.date()))
    assert set(came.filter(service_day__lt=later.date()).values_list("service_day", flat=True)) <= booked_days
    assert counters_hold()
