"""The demo's past appointments: every arrival has its booking, and some bookings have no arrival."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F, Q

from appointments.models import Booking, BookingEvent, Slot
from enquiries.londontime import service_day
from enquiries.models import Visit
from hubportal import demo
from tests.appointments.conftest import counters_hold
from tests.hubportal.conftest import make_borough
from tests.made_once import leave_as_made, made_once, settle

AT = datetime(2026, 11, 25, 11, 20, tzinfo=UTC)
SINCE = date(2026, 11, 2)
Status = Booking.Status


@pytest.fixture(scope="module")
def made_in_november(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        make_borough()
        demo.load_history(at=AT, since=SINCE)
        made = demo.load_past_appointments(at=AT)
        settle()
        yield made


@pytest.fixture
def made(made_in_november, db) -> Iterator[int]:
    """How many past bookings there are."""
    yield made_in_november
    leave_as_made()


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
