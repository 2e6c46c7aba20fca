"""With fewer desks, whoever had one that is gone gets another that is free, at once or as soon as one is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.actions import another_time
from appointments.actions.seating import desks_below
from appointments.errors import NotAllowedNow, SlotTaken
from appointments.models import Booking, BookingEvent, Hold, Message, Slot, Wish
from tests.conftest import MONDAY_NOON

from .conftest import TUESDAY, counters_hold

SOON = MONDAY_NOON + timedelta(minutes=20)


@pytest.fixture
def cut(plan, people, hubs, at_once):
    """Give the plan so many desks; returns whom that was said to hit, and what it did."""

    def changed(desks: int, at=MONDAY_NOON):
        hits = actions.plan_hits(plan=plan, at=at, desks=desks)
        seen = {each.pk for each in hits}
        about = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": at}
        with at_once():
            return hits, actions.save_plan(**about, desks=desks, seen_hits=seen)[1]

    return changed


@pytest.fixture
def in_a_week(slots) -> list[Slot]:
    """The slots of the second Tuesday: there is time to tell people of what changes."""
    return list(Slot.objects.filter(service_day=TUESDAY + timedelta(days=7)).order_by("starts_at"))


def seats(slot) -> dict[str, int]:
    """The desk of each live booking of a slot, by the resident's name."""
    return dict(Booking.objects.live().filter(slot=slot).values_list("resident__name", "desk"))


@pytest.mark.parametrize(
    ("desks", "beyond", "taken", "moves"),
    [
        (1, [2], [1, 2], []),
        (1, [2], [2], [1]),
        (2, [3], [2, 3], [1]),
        (2, [3, 4], [3, 4], [1, 2]),
        (2, [3, 4], [2, 3, 4], [1]),
        (3, [], [1, 2], []),
    ],
)
def test_which_desk_somebody_moves_to(desks, beyond, taken, moves):
    rows = [Booking(pk=desk, slot_id=7, desk=desk) for desk in beyond]
    # Another slot's desks hinder nothing.
    found = desks_below(desks, rows, [(8, 1), *((7, desk) for desk in taken)])
    assert found == dict(zip(beyond, moves, strict=False))


def test_who_is_alone_at_the_second_of_two_desks_keeps_their_time_at_one(book, slots, cut, mailoutbox):
    first = book()
    second = book(name="Bo", email="bo@example.org")
    actions.cancel(booking=first, by=None, at=MONDAY_NOON)
    mailoutbox.clear()
    hits, done = cut(1)
    second.refresh_from_db()

    assert (hits, done.hit, second.desk, second.has_lost_its_time) == ([], [], 1, False)
    # They never lost it: there is nothing to tell.
    assert (mailoutbox, done.given_back) == ([], [])
    slots[0].refresh_from_db()
    assert (slots[0].booked, slots[0].capacity) == (1, 1)
    assert counters_hold()
    with pytest.raises(SlotTaken):
        book()


def test_what_is_shown_before_is_what_is_hit(book, slots, topics, cut):
    # At 10:00 both desks are booked, at 10:30 the second; at 11:00 too, and somebody types at the first.
    hit = [book(name="A"), book(name="B")][1]
    gone, stays = book(slot=slots[1], name="C"), book(slot=slots[1], name="D")
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)
    gone, beside = book(slot=slots[2], name="E"), book(slot=slots[2], name="F")
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)
    actions.hold_slot(slot=slots[2], topic=topics["housing"], at=MONDAY_NOON)
    hits, done = cut(1)

    assert [each.pk for each in hits] == [hit.pk, beside.pk]
    assert [each.pk for each in done.hit] == [hit.pk, beside.pk]
    assert [seats(slot) for slot in slots[:3]] == [{"A": 1, "B": 2}, {"D": 1}, {"F": 2}]
    stays.refresh_from_db()
    assert stays.has_lost_its_time is False
    assert counters_hold()


@pytest.mark.parametrize("way", ["cancel", "move"])
def test_a_desk_that_is_given_back_goes_to_who_had_lost_theirs(
    book, in_a_week, cut, offer, join, at_once, mailoutbox, way
):
    leaves = book(name="A", slot=in_a_week[0])
    lost = book(name="Bo", email="bo@example.org", slot=in_a_week[0])
    cut(1)
    other = offer(lost)
    waits = join(to_on=other.slot.service_day)
    mailoutbox.clear()
    with at_once():
        if way == "cancel":
            passed_on = actions.cancel(booking=leaves, by=None, at=SOON).passed_on
            assert (list(passed_on.seated), passed_on.offered_to) == ([lost], None)
        else:
            actions.move(booking=leaves, slot=in_a_week[2], by=None, at=SOON)
    lost.refresh_from_db()
    other.refresh_from_db()

    assert (lost.desk, lost.has_lost_its_time, lost.slot) == (1, False, in_a_week[0])
    assert (other.end, lost.events.last().kind) == (Hold.End.RELEASED, BookingEvent.Kind.GIVEN_BACK)
    assert [mail.to for mail in mailoutbox if "after all" in mail.body] == [["bo@example.org"]]
    # What was kept for them goes to who waits; the desk that they have again does not.
    waits.refresh_from_db()
    assert (waits.status, waits.hold.slot) == (Wish.Status.OFFERED, other.slot)
    assert counters_hold()


def test_who_has_lost_a_desk_and_cancels_leaves_nothing_to_others(book, slots, cut):
    book(name="A"), book(name="B")
    lost = Booking.objects.get(resident__name="B")
    cut(1)
    actions.cancel(booking=lost, by=None, at=SOON)

    assert seats(slots[0]) == {"A": 1}
    slots[0].refresh_from_db()
    assert (slots[0].booked, slots[0].capacity) == (1, 1)


def test_nobody_is_seated_in_a_slot_that_was_withdrawn(book, slots, cut, close):
    leaves, lost = book(name="A"), book(name="B")
    cut(1)
    close()
    actions.cancel(booking=leaves, by=None, at=SOON)

    assert seats(slots[0]) == {"B": 2}
    assert Message.objects.filter(booking=lost, kind=Message.Kind.STANDS).count() == 0


def test_a_desk_at_which_somebody_only_typed_goes_to_them_when_its_time_is_over(
    book, in_a_week, topics, cut, offer
):
    slot = in_a_week[0]
    gone, lost = book(name="A", slot=slot), book(name="B", email="b@example.org", slot=slot)
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)
    actions.hold_slot(slot=slot, topic=topics["housing"], at=MONDAY_NOON)
    cut(1)
    offer(lost)
    assert seats(slot) == {"B": 2}
    actions.give_back_expired(at=SOON)

    assert (seats(slot), lost.events.last().kind) == ({"B": 1}, BookingEvent.Kind.GIVEN_BACK)
    assert actions.publish_slots(at=SOON).given_back == []
    assert counters_hold()


def test_a_free_desk_that_nobody_gave_back_is_found_by_the_next_publishing(book, in_a_week, cut, offer):
    slot = in_a_week[0]
    leaves, lost = book(name="A", slot=slot), book(name="B", email="b@example.org", slot=slot)
    cut(1)
    offer(lost)
    Booking.objects.filter(pk=leaves.pk).update(status="cancelled", cancelled_at=SOON)
    Slot.objects.filter(pk=slot.pk).update(booked=1, capacity=1)
    done = actions.publish_slots(at=SOON)

    assert (seats(slot), [each.pk for each in done.given_back]) == ({"B": 1}, [lost.pk])


def test_nothing_else_is_kept_for_who_gets_a_desk_while_another_time_is_looked_for(
    book, slots, cut, people, monkeypatch
):
    leaves, lost = book(name="A"), book(name="B")
    cut(1)
    look = another_time._first_with_a_desk

    def meanwhile(booking, at):
        actions.cancel(booking=leaves, by=None, at=SOON)
        return look(booking, at)

    monkeypatch.setattr(another_time, "_first_with_a_desk", meanwhile)
    with pytest.raises(NotAllowedNow):
        actions.offer_another(booking=lost, by=people["manager"], at=SOON)

    assert Hold.objects.live().count() == 0


def test_who_was_told_not_to_come_and_cannot_read_of_it_in_time_keeps_the_other_time(
    book, slots, cut, offer, at_once, mailoutbox
):
    leaves, lost = book(name="A"), book(name="B", email="b@example.org")
    cut(1)
    other = offer(lost)
    mailoutbox.clear()
    with at_once():
        actions.cancel(booking=leaves, by=None, at=slots[0].starts_at - timedelta(hours=20))
    other.refresh_from_db()

    assert (seats(slots[0]), other.ended_at) == ({"B": 2}, None)
    assert not any("after all" in mail.body for mail in mailoutbox)
    slots[0].refresh_from_db()
    assert (slots[0].booked, slots[0].capacity) == (1, 1)


def test_who_was_not_told_otherwise_is_seated_up_to_the_last_moment(book, slots, cut):
    leaves, lost = book(name="A"), book(name="B")
    cut(1)
    actions.cancel(booking=leaves, by=None, at=slots[0].starts_at - timedelta(minutes=1))
    lost.refresh_from_db()

    assert lost.desk == 1


def test_what_is_noted_of_the_day_does_not_hide_that_they_were_told(book, cut, offer, people, mailoutbox):
    _, lost = book(name="A"), book(name="B", email="b@example.org")
    cut(1)
    other = offer(lost)
    actions.mark_late(booking=lost, by=people["manager"], at=SOON)
    mailoutbox.clear()
    _, done = cut(2)
    other.refresh_from_db()

    assert [each.pk for each in done.given_back] == [lost.pk]
    assert (other.end, len(mailoutbox)) == (Hold.End.RELEASED, 1)


@pytest.mark.parametrize(("step", "minutes"), [("arrive", -30), ("miss", 30)])
def test_nothing_is_kept_for_who_came_all_the_same_or_did_not(
    book, slots, cut, offer, people, at_once, step, minutes
):
    _, lost = book(name="A"), book(name="B", email="b@example.org")
    cut(1)
    other = offer(lost)
    with at_once():
        at = slots[0].starts_at + timedelta(minutes=minutes)
        getattr(actions, step)(booking=lost, by=people["manager"], at=at)
    other.refresh_from_db()

    assert other.end == Hold.End.RELEASED
    assert counters_hold()


def test_a_time_that_is_declined_goes_to_who_has_lost_theirs(book, slots, cut, join):
    gone, lost = book(name="A"), book(name="B")
    wish = join(to_on=TUESDAY)
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)
    cut(1)
    actions.decline_offer(wish=wish, at=SOON)
    lost.refresh_from_db()

    assert (lost.desk, lost.has_lost_its_time) == (1, False)
    assert counters_hold()


def test_an_arrival_that_is_taken_back_finds_a_desk(book, slots, cut, people):
    early = slots[0].starts_at - timedelta(minutes=30)
    gone, here = book(name="A"), book(name="B")
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)
    actions.arrive(booking=here, by=people["manager"], at=early)
    hits, done = cut(1, at=early)
    actions.take_back_arrival(booking=here, by=people["manager"], at=early)
    here.refresh_from_db()

    assert (hits, done.hit, here.desk, here.has_lost_its_time) == ([], [], 1, False)


def test_no_time_is_offered_that_only_fewer_desks_have_left_over(book, slots, topics, cut):
    """Somebody sits at the second desk, and at the only one that is left a hold is over."""
    gone, _ = book(name="A"), book(name="B")
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)
    actions.hold_slot(slot=slots[0], topic=topics["housing"], at=MONDAY_NOON)
    cut(1)
    with pytest.raises(SlotTaken) as refused:
        actions.hold_slot(slot=slots[0], topic=topics["housing"], at=SOON)

    shown = Slot.objects.free_times(TUESDAY, topics["housing"], SOON)
    assert slots[0] not in [*shown, *refused.value.next_free]


def test_whom_a_plan_hits_is_asked_in_as_many_statements_for_many(plan, book, slots):
    counts = []
    for _slot in slots[:3]:
        book(slot=_slot), book(slot=_slot)
        with CaptureQueriesContext(connection) as taken:
            actions.plan_hits(plan=plan, at=MONDAY_NOON, desks=1)
        counts.append(len(taken))
    assert len(set(counts)) == 1
