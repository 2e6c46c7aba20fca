"""No slot is ever sold twice, however many want it at the same moment; and how it would be sold otherwise."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from appointments import actions
from appointments.errors import SlotTaken
from appointments.models import Booking, ContactPlace, Hold, Slot, Wish
from enquiries.models import Resident
from hubs.actions import publish_hours
from hubs.models import DatedHours, Hub
from tests.appointments.conftest import counters_hold
from tests.appointments.racing import TRIES, Form
from tests.enquiries.racing import at_once


@pytest.mark.django_db(transaction=True)
def test_many_browsers_at_once_get_exactly_as_many_bookings_as_there_are_desks(
    coming_slots, desk_server, settings
):
    # All of them come from one address here.
    settings.HOLDS_PER_ADDRESS_AT_ONCE = settings.HOLDS_PER_ADDRESS_AN_HOUR = 10**6
    for turn, slot in enumerate(coming_slots):
        forms = [Form(desk_server, slot, turn * TRIES + number) for number in range(TRIES)]
        replies = at_once([form.go_through for form in forms])
        statuses = Counter(reply.status for reply in replies)
        assert statuses == {302: slot.capacity, 409: TRIES - slot.capacity}
        desks = sorted(Booking.objects.filter(slot=slot).values_list("desk", flat=True))
        assert desks == list(range(1, slot.capacity + 1))

    assert counters_hold()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_many_times_at_once_is_one_booking(coming_slots, desk_server):
    for number, slot in enumerate(coming_slots[:3]):
        form = Form(desk_server, slot, number)
        assert form.send("details").status == 200
        replies = at_once([lambda form=form: form.send("send")] * 8)
        assert {(reply.status, reply.headers["Location"]) for reply in replies} == {
            (302, replies[0].headers["Location"])
        }

    assert (Booking.objects.count(), Resident.objects.count()) == (3, 3)
    assert counters_hold()


@pytest.mark.django_db(transaction=True)
def test_looking_before_booking_would_oversell(coming_slots, topics, shared_database):
    """The negative control: with the guard off, the races above must find slots that were sold twice."""

    def look_first(slot: Slot, number: int) -> None:
        if Booking.objects.filter(slot=slot).count() >= slot.capacity:
            return
        time.sleep(0.02)
        person = Resident.objects.create(name=f"Resident {number}", created_at=datetime.now(UTC))
        Booking.objects.create(
            reference=f"{number:09d}",
            private_key=str(number),
            token=uuid.uuid4(),
            hub_id=slot.hub_id,
            slot=slot,
            desk=number + 1,
            topic=topics["housing"],
            resident=person,
            language="en",
            channel="online",
            booked_at=datetime.now(UTC),
            service_day=slot.service_day,
            month=202601,
            lead_days=0,
        )

    oversold = 0
    for turn, slot in enumerate(coming_slots[:4]):
        at_once([lambda slot=slot, n=turn * 12 + n: look_first(slot, n) for n in range(12)])
        oversold += Booking.objects.filter(slot=slot).count() > slot.capacity

    assert oversold > 0
    assert not counters_hold()


@pytest.mark.django_db(transaction=True)
def test_a_contact_that_books_many_times_at_once_gets_two(coming_slots, topics, people, shared_database):
    def book(slot: Slot) -> str:
        try:
            actions.book(
                token=uuid.uuid4(),
                slot=slot,
                topic=topics["housing"],
                language="en",
                by=people["desk"],
                channel="phone",
                at=datetime.now(UTC),
                name="Amber",
                phone="07700 900123",
            )
        except actions.bookings.TooManyBookings:
            return "refused"
        return "booked"

    answers = Counter(at_once([lambda slot=slot: book(slot) for slot in coming_slots]))

    assert answers == {"booked": 2, "refused": len(coming_slots) - 2}
    assert ContactPlace.objects.count() == 2
    assert counters_hold()


@pytest.mark.django_db(transaction=True)
def test_two_who_swap_times_do_not_wait_for_each_other(coming_slots, topics, people, shared_database):
    first, second = coming_slots[1], coming_slots[3]
    pairs = []
    for slot in (first, second):
        pairs.append(
            actions.book(
                token=uuid.uuid4(),
                slot=slot,
                topic=topics["housing"],
                language="en",
                by=people["desk"],
                channel="desk",
                at=datetime.now(UTC),
                name=f"Resident of {slot.pk}",
            ).booking
        )

    def move(booking: Booking, there: Slot) -> str:
        try:
            actions.move(booking=booking, slot=there, by=people["desk"], at=datetime.now(UTC))
        except SlotTaken:
            return "taken"
        return "moved"

    for turn in range(8):
        there, back = (second, first) if turn % 2 == 0 else (first, second)
        at_once([lambda t=there: move(pairs[0], t), lambda b=back: move(pairs[1], b)])
        assert counters_hold()

    assert Booking.objects.live().count() == 2


@pytest.mark.django_db(transaction=True)
def test_hours_that_change_while_people_book_and_slots_are_published_leave_none_on_a_closed_day(
    coming_slots, hubs, topics, people, shared_database
):
    hub, on = hubs["town-hall"], coming_slots[0].service_day

    def book(number: int) -> str:
        slot = coming_slots[number % len(coming_slots)]
        about = {
            "name": f"Resident {number}",
            "channel": "desk",
            "language": "en",
            "topic": topics["housing"],
        }
        try:
            actions.book(token=uuid.uuid4(), slot=slot, by=people["desk"], at=datetime.now(UTC), **about)
        except SlotTaken:
            return "taken"
        return "booked"

    def change(closed: bool) -> str:
        with transaction.atomic():
            # As a form of the console locks the hub it changes.
            Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)
            if closed:
                DatedHours.objects.create(hub=hub, on=on)
            else:
                DatedHours.objects.all().delete()
            publish_hours()
        return "changed"

    def publish() -> str:
        actions.publish_slots(at=datetime.now(UTC))
        return "published"

    for turn in range(6):
        closed = turn % 2 == 0
        jobs = [lambda n=number: book(n) for number in range(turn * 6, turn * 6 + 6)]
        at_once([lambda c=closed: change(c), publish, *jobs])
        offered = Slot.objects.offered().filter(service_day=on).exists()
        assert (offered, counters_hold()) == (not closed, True)


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_runs_out_goes_to_one_while_many_want_it(coming_slots, topics, shared_database):
    now, topic = datetime.now(UTC), topics["housing"]
    for turn, slot in enumerate(coming_slots):
        for _ in range(slot.capacity):
            actions.hold_slot(slot=slot, topic=topic, at=now - timedelta(hours=1))
        for number in range(slot.capacity):
            actions.join_waiting_list(
                token=uuid.uuid4(),
                hub=slot.hub,
                topic=topic,
                from_on=slot.service_day,
                to_on=slot.service_day,
                language="en",
                by=None,
                at=now,
                name="Amber",
                phone=f"07700 900{turn:02d}{number}",
            )

        def take(slot: Slot = slot) -> str:
            try:
                actions.hold_slot(slot=slot, topic=topic, at=now)
            except SlotTaken:
                return "refused"
            return "taken"

        def tend() -> str:
            return f"given back {actions.give_back_expired(at=now)}"

        answers = Counter(at_once([take, tend] * 4))
        live = Hold.objects.live().filter(slot=slot)
        offered = Wish.objects.filter(status=Wish.Status.OFFERED, hold__in=live).count()
        assert answers["taken"] + offered == live.count() == slot.capacity
        assert counters_hold()
