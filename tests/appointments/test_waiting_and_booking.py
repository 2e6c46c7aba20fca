"""Who waits for a time and books one otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import actions
from appointments.models import Slot, Wish
from tests.appointments.conftest import TUESDAY, counters_hold, statuses
from tests.conftest import MONDAY_NOON

Status = Wish.Status


def test_who_is_booked_by_the_desk_waits_no_longer(full, join, book, people, topics):
    person = join().resident
    other = join(resident=person, topic=topics["benefits"])
    later = Slot.objects.filter(service_day=TUESDAY + timedelta(days=7)).first()
    booking = book(slot=later, resident=person, by=people["desk"], channel="desk")

    assert statuses() == [Status.BOOKED, Status.WAITING]
    assert (Wish.objects.earliest("pk").booking, other.booking) == (booking, None)


BY_PHONE = {"name": "amber  example", "phone": "+44 7700 900123"}


BY_MAIL = {"name": "Amber Example", "phone": "", "email": "Amber@example.org"}


@pytest.mark.parametrize(
    ("about", "offered"),
    [
        (BY_PHONE, False),
        (BY_MAIL, False),
        (BY_PHONE | {"name": "Karim Example"}, True),
        (BY_PHONE | {"phone": "07700 900124"}, True),
        (BY_PHONE | {"topic": "domestic-abuse"}, True),
        (BY_PHONE | {"days": 7}, True),
    ],
)
def test_who_books_online_meanwhile_is_offered_nothing_more(full, join, book, topics, about, offered):
    first = join(email="amber@example.org", phone="07700 900123")
    second = join(at=MONDAY_NOON + timedelta(minutes=1), name="Rahima Begum", phone="07700 900999")
    facts = {"topic": topics[about.get("topic", "housing")]}
    facts |= {name: value for name, value in about.items() if name not in ("topic", "days")}
    slot = Slot.objects.filter(service_day=TUESDAY + timedelta(days=7)).first()
    Wish.objects.update(to_on=slot.service_day - timedelta(days=about.get("days", 0)))
    booking = book(slot=slot, at=MONDAY_NOON + timedelta(minutes=2), **facts)
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON + timedelta(minutes=3))

    assert statuses() == ([Status.OFFERED, Status.WAITING] if offered else [Status.WAITING, Status.OFFERED])
    actions.cancel(booking=booking, by=None, at=MONDAY_NOON + timedelta(minutes=4))
    actions.cancel(booking=full[2], by=None, at=MONDAY_NOON + timedelta(minutes=5))
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.status, second.status, counters_hold()) == (Status.OFFERED, Status.OFFERED, True)


def test_who_waits_although_they_had_booked_before_is_offered_another(full, join, book):
    week_after = Slot.objects.filter(service_day=TUESDAY + timedelta(days=7)).first()
    book(slot=week_after, name="Amber Example", phone="07700 900123")
    later = MONDAY_NOON + timedelta(minutes=1)
    join(at=later, to_on=TUESDAY + timedelta(days=14), phone="07700 900123")
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON + timedelta(minutes=2))

    assert statuses() == [Status.OFFERED]


def test_the_time_that_was_offered_is_passed_on_when_another_is_booked(full, join, book, people):
    first, _ = join(), join(at=MONDAY_NOON + timedelta(minutes=1))
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    later = Slot.objects.filter(service_day=TUESDAY + timedelta(days=7)).first()
    book(slot=later, resident=first.resident, by=people["desk"], channel="desk")

    assert statuses() == [Status.BOOKED, Status.OFFERED]
    assert counters_hold()


def test_of_two_wishes_for_the_same_the_one_offered_is_answered(full, join):
    waiting = join()
    other = join(resident=waiting.resident, at=MONDAY_NOON + timedelta(minutes=1))
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    waiting.refresh_from_db()
    taken = actions.accept_offer(wish=waiting, by=None, at=MONDAY_NOON)
    other.refresh_from_db()

    assert statuses() == [Status.BOOKED, Status.WITHDRAWN]
    assert (taken.booking.wish, other.booking, counters_hold()) == (waiting, None, True)
