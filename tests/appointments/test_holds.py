"""Desks that are held while somebody types: for ten minutes, extendable, never hoarded."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from appointments import actions
from appointments.errors import AlreadyBooked, HoldExpired, SlotTaken, TooManyHolds
from appointments.models import Hold, Slot
from tests.appointments.conftest import counters_hold
from tests.conftest import MONDAY_NOON

TEN = timedelta(minutes=10)


@pytest.fixture
def hold(slots, topics):
    """Hold a desk of the first slot, with whatever a test wants otherwise; returns the hold."""

    def held(**facts) -> Hold:
        return actions.hold_slot(
            **({"slot": slots[0], "topic": topics["housing"], "at": MONDAY_NOON} | facts)
        )

    return held


@pytest.fixture
def extend(slots, topics):
    """Extend a hold of the first slot by its key at a moment; returns the hold."""
    return lambda key, at: actions.extend_hold(key=key, slot=slots[0], topic=topics["housing"], at=at)


def test_a_hold_keeps_a_desk_for_ten_minutes(hold, slots):
    first = hold()

    assert (first.desk, first.expires_at) == (1, MONDAY_NOON + TEN)
    assert Slot.objects.get(pk=slots[0].pk).booked == 1


def test_a_slot_whose_desks_are_held_is_refused_until_a_hold_is_over(hold, slots):
    hold(), hold(at=MONDAY_NOON + timedelta(minutes=1))
    with pytest.raises(SlotTaken) as refused:
        hold(at=MONDAY_NOON + timedelta(minutes=9))
    again = hold(at=MONDAY_NOON + TEN)

    assert refused.value.next_free == slots[1:4]
    assert (again.desk, counters_hold()) == (1, True)
    assert sorted(Hold.objects.values_list("end", flat=True)) == ["", "", "expired"]


def test_times_whose_hold_is_over_are_shown_as_free(hold, slots, topics):
    hold(), hold()
    day, topic = slots[0].service_day, topics["housing"]

    def shown(at):
        return slots[0] in Slot.objects.free_times(day, topic, at)

    assert [shown(MONDAY_NOON), shown(MONDAY_NOON + TEN)] == [False, True]


def test_a_form_holds_one_desk_and_another_time_instead(hold, slots):
    key = uuid.uuid4()
    first = hold(key=key)
    again = hold(key=key, at=MONDAY_NOON + timedelta(minutes=3))
    other = hold(key=key, slot=slots[2])

    assert (first.pk, first.desk) == (again.pk, again.desk) == (other.pk, 1)
    assert again.expires_at == MONDAY_NOON + timedelta(minutes=13)
    assert (list(Slot.objects.filter(booked__gt=0)), counters_hold()) == ([slots[2]], True)


def test_a_form_keeps_its_desk_where_the_other_time_is_full(hold, slots):
    key = uuid.uuid4()
    hold(key=key), hold(slot=slots[1]), hold(slot=slots[1])
    with pytest.raises(SlotTaken):
        hold(key=key, slot=slots[1])

    assert (Hold.objects.get(key=key).slot, counters_hold()) == (slots[0], True)


def test_a_hold_that_was_given_away_is_taken_anew_where_there_is_room(hold):
    key = uuid.uuid4()
    hold(key=key), hold()
    later = MONDAY_NOON + TEN
    hold(at=later)
    again = hold(key=key, at=later + timedelta(minutes=1))

    assert (again.ended_at, counters_hold()) == (None, True)


def test_a_form_that_has_booked_holds_nothing_more(book, hold):
    booking = book()
    with pytest.raises(AlreadyBooked) as done:
        hold(key=booking.token)

    assert (done.value.booking, counters_hold()) == (booking, True)


def test_a_hold_is_extended_ten_times_and_no_more(hold, extend):
    key = hold().key
    for number in range(Hold.MOST_EXTENSIONS):
        at = MONDAY_NOON + timedelta(minutes=8 * (number + 1))
        assert extend(key, at=at).expires_at == MONDAY_NOON + TEN * (number + 2)
    with pytest.raises(HoldExpired):
        extend(key, at=MONDAY_NOON)


def test_ten_minutes_more_are_ten_minutes_more_however_soon_they_are_asked_for(hold, extend):
    key = hold().key
    ends = [extend(key, at=MONDAY_NOON).expires_at for _ in range(2)]
    chosen = hold(key=key, at=MONDAY_NOON + timedelta(minutes=1))

    assert ends == [MONDAY_NOON + 2 * TEN, MONDAY_NOON + 3 * TEN]
    assert chosen.expires_at == Hold.objects.get().expires_at == MONDAY_NOON + 3 * TEN


def test_a_hold_that_ended_cannot_be_extended(hold, extend):
    key = hold().key
    assert actions.release_hold(key=key, at=MONDAY_NOON)
    with pytest.raises(HoldExpired):
        extend(key, at=MONDAY_NOON)

    assert not actions.release_hold(key=key, at=MONDAY_NOON)
    assert counters_hold()


def test_one_address_holds_six_desks_at_once_and_another_may_go_on(hold, slots, settings):
    for slot in slots[:3] * 2:
        hold(slot=slot, caller="a")
    with pytest.raises(TooManyHolds):
        hold(slot=slots[3], caller="a")

    assert hold(slot=slots[3], caller="b").desk == 1
    assert hold(slot=slots[3], caller="a", at=MONDAY_NOON + TEN).desk == 2


def test_one_address_holds_twenty_desks_an_hour(hold, slots, settings):
    settings.HOLDS_PER_ADDRESS_AN_HOUR = 3
    for _ in range(3):
        actions.release_hold(key=hold(caller="a").key, at=MONDAY_NOON)
    with pytest.raises(TooManyHolds):
        hold(caller="a", at=MONDAY_NOON + timedelta(minutes=59))

    assert hold(caller="a", at=MONDAY_NOON + timedelta(hours=1)).desk == 1


def test_the_booking_gets_the_desk_that_was_held(book, hold):
    key = uuid.uuid4()
    held = hold(key=key)
    booking = book(token=key)

    assert (booking.desk, Hold.objects.get().end) == (held.desk, Hold.End.USED)
    assert counters_hold()


def test_a_hold_that_is_over_still_becomes_a_booking_while_nobody_took_the_desk(book, hold, slots):
    key = uuid.uuid4()
    hold(key=key)
    late = MONDAY_NOON + timedelta(minutes=25)
    first = actions.book(**_details(key, slots[0]), at=late).booking

    assert (first.desk, counters_hold()) == (1, True)


def test_who_comes_after_the_desk_was_given_away_is_told_of_other_times(hold, slots, topics):
    key = uuid.uuid4()
    hold(key=key), hold()
    late = MONDAY_NOON + TEN
    hold(at=late), hold(at=late)
    with pytest.raises(SlotTaken) as refused:
        actions.book(**_details(key, slots[0]), at=late)

    assert refused.value.next_free == slots[1:4]
    assert counters_hold()


def test_a_resident_who_never_held_a_desk_books_none(slots, hold):
    with pytest.raises(HoldExpired):
        actions.book(**_details(uuid.uuid4(), slots[0]), at=MONDAY_NOON)

    assert counters_hold()


def test_the_command_gives_every_desk_back_whose_time_is_over(hold, slots):
    hold(), hold(slot=slots[1]), hold(slot=slots[1], at=MONDAY_NOON + TEN)

    assert actions.give_back_expired(at=MONDAY_NOON + TEN) == 2
    assert list(Slot.objects.filter(booked__gt=0)) == [slots[1]]
    assert counters_hold()


def _details(key, slot) -> dict[str, object]:
    topic = slot.hub.offers.get(topic__slug="housing").topic
    return {"token": key, "slot": slot, "topic": topic, "language": "en", "by": None, "name": "Amber"}
