"""Booking, moving and cancelling: what becomes of desk, counter, event and form."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from appointments import actions
from appointments.errors import NotAllowedNow, SlotTaken, TooLate, TooManyBookings
from appointments.models import Booking, BookingEvent, ContactPlace, Slot
from enquiries.models import Resident
from tests.appointments.conftest import PHONE, TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON

Status, Kind = Booking.Status, BookingEvent.Kind


def kinds(booking: Booking) -> list[str]:
    return [event.kind for event in booking.events.all()]


def test_a_booking_takes_the_lowest_free_desk_and_counts_the_slot_up(book, slots):
    first, second = book(), book()
    slots[0].refresh_from_db()

    assert (first.desk, second.desk, slots[0].booked) == (1, 2, 2)
    assert (first.status, first.hub_id, first.service_day) == (Status.BOOKED, slots[0].hub_id, TUESDAY)
    assert (first.month, first.lead_days, kinds(first)) == (202611, 1, [Kind.BOOKED])
    assert (first.resident.name, first.channel, first.booked_by) == ("Amber Example", "online", None)


def test_a_full_slot_is_refused_with_the_next_three_free_times(book, slots):
    book(), book()
    with pytest.raises(SlotTaken) as refused:
        book()

    assert refused.value.next_free == slots[1:4]
    assert (Booking.objects.count(), Resident.objects.count()) == (2, 2)
    assert counters_hold()


def test_the_same_form_twice_is_one_booking(book, slots):
    token = uuid.uuid4()
    first = book(token=token)
    again = book(token=token, slot=slots[1])

    assert (again.pk, Booking.objects.count(), Resident.objects.count()) == (first.pk, 1, 1)
    assert counters_hold()


def test_the_same_form_again_is_told_its_booking_though_the_slot_is_full(book):
    token = uuid.uuid4()
    first = book(token=token)
    book()

    assert book(token=token).pk == first.pk


def test_a_cancelled_desk_is_free_at_once_and_is_given_again(book, slots):
    first = book()
    book()
    cancelled = actions.cancel(booking=first, by=None, at=MONDAY_NOON).booking
    third = book()

    assert (cancelled.status, cancelled.cancelled_at, kinds(first)) == (
        Status.CANCELLED,
        MONDAY_NOON,
        [Kind.BOOKED, Kind.CANCELLED],
    )
    assert (third.desk, counters_hold()) == (1, True)


def test_cancelling_twice_counts_down_once(book, slots):
    first = book()
    for _ in range(2):
        actions.cancel(booking=first, by=None, at=MONDAY_NOON)
    slots[0].refresh_from_db()

    assert (slots[0].booked, kinds(first)) == (0, [Kind.BOOKED, Kind.CANCELLED])


def test_moving_takes_the_new_desk_and_frees_the_old(book, slots):
    first = book()
    moved = actions.move(booking=first, slot=slots[2], by=None, at=MONDAY_NOON)

    assert (moved.slot, moved.moved_from, moved.reference) == (slots[2], slots[0], first.reference)
    assert (kinds(first), counters_hold()) == ([Kind.BOOKED, Kind.MOVED], True)
    assert list(Slot.objects.filter(booked=1)) == [slots[2]]


def test_moving_to_the_same_slot_changes_nothing(book, slots):
    first = book()
    actions.move(booking=first, slot=slots[0], by=None, at=MONDAY_NOON)

    assert (kinds(first), counters_hold()) == ([Kind.BOOKED], True)


def test_moving_to_a_full_slot_keeps_the_old_time(book, slots):
    book(slot=slots[1]), book(slot=slots[1])
    first = book()
    with pytest.raises(SlotTaken) as refused:
        actions.move(booking=first, slot=slots[1], by=None, at=MONDAY_NOON)
    first.refresh_from_db()

    assert (first.slot, refused.value.next_free[0]) == (slots[0], slots[2])
    assert counters_hold()


def test_a_cancelled_booking_cannot_be_moved(book, slots):
    first = book()
    actions.cancel(booking=first, by=None, at=MONDAY_NOON)
    with pytest.raises(NotAllowedNow):
        actions.move(booking=first, slot=slots[1], by=None, at=MONDAY_NOON)

    assert counters_hold()


def test_once_it_has_begun_only_staff_change_it(book, slots, people):
    first = book()
    begun = slots[0].starts_at
    with pytest.raises(TooLate):
        actions.cancel(booking=first, by=None, at=begun)
    with pytest.raises(TooLate):
        actions.move(booking=first, slot=slots[3], by=None, at=begun)

    cancelled = actions.cancel(booking=first, by=people["manager"], at=begun).booking
    assert cancelled.cancelled_by == people["manager"]


def test_residents_need_notice_and_staff_do_not(book, slots, people):
    soon = slots[0].starts_at - timedelta(minutes=60)
    with pytest.raises(SlotTaken):
        book(at=soon)

    assert book(at=soon, by=people["desk"], channel="phone").lead_days == 0
    with pytest.raises(SlotTaken):
        book(at=slots[0].starts_at, by=people["desk"], channel="phone")


def test_a_topic_that_the_hub_does_not_help_with_is_refused(book, topics):
    with pytest.raises(SlotTaken) as refused:
        book(topic=topics["benefits"])

    assert refused.value.next_free == []


@pytest.mark.parametrize(
    "contact",
    [
        {"phone": PHONE},
        {"phone": "+44 7700 900123", "name": "Somebody Else"},
        {"email": "Amber@Example.org", "phone": ""},
        {"phone": "", "postcode": "E1 1BJ"},
    ],
)
def test_a_contact_has_at_most_two_appointments_ahead(book, slots, contact):
    first = book(**contact)
    book(slot=slots[1], **contact)
    with pytest.raises(TooManyBookings):
        book(slot=slots[2], **contact)
    actions.cancel(booking=first, by=None, at=MONDAY_NOON)

    assert book(slot=slots[2], **contact).slot == slots[2]
    assert counters_hold()


def test_appointments_that_are_over_do_not_count(book, slots):
    book(phone=PHONE), book(slot=slots[1], phone=PHONE)
    later = slots[3].ends_at
    next_week = Slot.objects.filter(starts_at__gt=later).first()
    book(slot=next_week, phone=PHONE, at=later)

    assert [place.booking.slot for place in ContactPlace.objects.all()] == [next_week]


def test_one_phone_written_in_two_ways_is_one_contact_and_another_name_is_another(book, slots):
    for name in ("A", "B", "C"):
        book(name=name, phone="", postcode="E1 1BJ", slot=slots[1 + (name == "C")])

    assert Booking.objects.count() == 3
