"""The demo's appointments: planned once, filled day after day, and nobody is written to about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from appointments.models import Booking, Plan, Slot, Wish
from enquiries.models import Visit
from hubportal import demo
from tests.appointments.conftest import counters_hold
from tests.hubportal.conftest import make_borough
from tests.made_once import leave_as_made, made_once, settle

AT = datetime(2026, 11, 25, 11, 20, tzinfo=UTC)
"""A Wednesday in the middle of a morning."""

Status = Booking.Status


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        make_borough()
        loaded = demo.load_appointments(at=AT)
        settle()
        yield loaded


@pytest.fixture
def loaded(loaded_once, db) -> Iterator[demo.AppointmentsLoaded]:
    yield loaded_once
    leave_as_made()


def test_the_town_hall_is_planned_and_booked_and_some_have_been_seen_this_morning(loaded, mailoutbox):
    assert (loaded.plans, set(Plan.objects.values_list("hub__slug", flat=True))) == (10, {"town-hall"})
    assert loaded.bookings == Booking.objects.count() > 40
    assert Booking.objects.values("service_day").distinct().count() == 6
    today = Slot.objects.filter(service_day=AT.date())
    assert (today.count(), today.order_by("starts_at").first().starts_at.hour) == (12, 9)
    seen = set(Booking.objects.filter(slot__ends_at__lte=AT).values_list("status", flat=True))
    assert Status.FINISHED in seen <= {Status.FINISHED, Status.MISSED}
    soon = AT + timedelta(minutes=30)
    ahead = Booking.objects.filter(slot__starts_at__gt=soon).values_list("status", flat=True)
    assert set(ahead) == {Status.BOOKED}
    kinds = Visit.objects.filter(booking__isnull=False).values_list("kind", flat=True)
    assert (set(kinds), Visit.objects.exclude(booking__isnull=False).count()) == ({Visit.Kind.APPOINTMENT}, 0)
    assert (counters_hold(), mailoutbox) == (True, [])


def test_loading_again_adds_nothing_and_later_it_goes_on(loaded):
    assert demo.load_appointments(at=AT + timedelta(minutes=1)).bookings == 0
    later = AT + timedelta(days=1)
    assert 0 < demo.load_appointments(at=later).bookings < 30

    expected = Booking.objects.filter(status=Status.BOOKED, slot__ends_at__lte=later)
    assert (expected.count(), Plan.objects.count(), counters_hold()) == (0, 10, True)


def test_it_starts_afresh_with_the_plans_that_are_there_and_without_bookings_where_not_wanted(loaded):
    demo.forget_history()
    left = [model.objects.count() for model in (Booking, Slot, Wish, Visit, Plan)]
    again = demo.load_appointments(at=AT, bookings=False)

    assert left == [0, 0, 0, 0, 10]
    assert again == demo.AppointmentsLoaded(plans=0, bookings=0)
    assert Slot.objects.filter(booked=0).count() == Slot.objects.count() > 300
