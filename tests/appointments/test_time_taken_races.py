"""Times are taken away, offered, given back and answered at the same moments."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, datetime

import pytest

from appointments import actions
from appointments.errors import HitsChanged, NotAllowedNow, SlotTaken
from appointments.models import Booking, ClosedDay, Hold, Message, Plan, Slot
from tests.enquiries.racing import at_once

from .conftest import counters_hold
from .racing import Resident

ROUNDS = 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at(coming_slots) -> datetime:
    """Now, with more days ahead than the one that is closed."""
    moment = datetime.now(UTC)
    Plan.objects.update(days_ahead=40)
    actions.publish_slots(at=moment)
    return moment


@pytest.fixture
def booked(coming_slots, topics, people, at) -> list[Booking]:
    """Somebody in each of the slots of a day."""
    about = {
        "topic": topics["housing"],
        "language": "en",
        "by": people["manager"],
        "at": at,
        "channel": "phone",
    }
    bookings = []
    for number, slot in enumerate(coming_slots):
        who = {"name": f"Resident {number}", "phone": f"07700 9{number:05d}"}
        bookings.append(actions.book(token=uuid.uuid4(), slot=slot, **about, **who).booking)
    return bookings


def close(slot, people, at) -> None:
    hits = {each.pk for each in actions.day_hits(hub=slot.hub, on=slot.service_day, at=at)}
    actions.close_day(hub=slot.hub, on=slot.service_day, by=people["manager"], at=at, seen_hits=hits)


def reopen(slot, people, at) -> None:
    actions.reopen_day(hub=slot.hub, on=slot.service_day, by=people["manager"], at=at)


def offer(booking, people, at) -> str:
    try:
        actions.offer_another(booking=booking, by=people["manager"], at=at)
    except (NotAllowedNow, SlotTaken) as refused:
        return type(refused).__name__
    return "offered"


def kinds(booking) -> list[str]:
    return list(Message.objects.filter(booking=booking).order_by("pk").values_list("kind", flat=True))


def test_two_managers_offer_one_time_and_tell_it_once(booked, coming_slots, people, at, shared_database):
    close(coming_slots[0], people, at)
    for booking in booked:
        at_once([lambda each=booking: offer(each, people, at)] * 2)

    assert [Hold.objects.live().filter(booking=each).count() for each in booked] == [1] * len(booked)
    assert [kinds(each).count("another") for each in booked] == [1] * len(booked)
    assert counters_hold()


def nothing_else_is_free(slot) -> None:
    others = Slot.objects.exclude(service_day=slot.service_day)
    others.update(withdrawn_at=slot.starts_at, withdrawn_because="hours")


def test_two_managers_find_nothing_free_and_tell_it_once(booked, coming_slots, people, at, shared_database):
    close(coming_slots[0], people, at)
    nothing_else_is_free(coming_slots[0])
    answers: Counter[str] = Counter()
    for booking in booked:
        answers.update(at_once([lambda each=booking: offer(each, people, at)] * 2))

    assert answers == {"SlotTaken": 2 * len(booked)}
    assert [kinds(each).count("gone") for each in booked] == [1] * len(booked)
    assert (Hold.objects.live().count(), counters_hold()) == (0, True)


def test_who_has_their_time_again_while_nothing_is_free_is_told_that_last(
    booked, coming_slots, people, at, shared_database
):
    slot, booking = coming_slots[0], booked[0]
    for _ in range(ROUNDS):
        close(slot, people, at)
        nothing_else_is_free(slot)
        at_once([lambda: offer(booking, people, at), lambda: reopen(slot, people, at)])
        assert kinds(booking)[-1] == "stands"
    assert counters_hold()


def test_who_cancels_while_nothing_is_free_is_told_that_last(
    booked, coming_slots, people, at, shared_database
):
    close(coming_slots[0], people, at)
    nothing_else_is_free(coming_slots[0])
    for booking in booked:
        cancel = lambda each=booking: actions.cancel(booking=each, by=None, at=at).booking.status  # noqa: E731
        at_once([lambda each=booking: offer(each, people, at), cancel])

    assert [kinds(each)[-1] for each in booked] == ["cancelled"] * len(booked)


def test_who_has_their_time_again_is_told_that_last_and_keeps_no_other(
    booked, coming_slots, people, at, shared_database
):
    slot, booking = coming_slots[0], booked[0]
    for _ in range(ROUNDS):
        close(slot, people, at)
        at_once([lambda: offer(booking, people, at), lambda: reopen(slot, people, at)])
        assert kinds(booking)[-1] == "stands"
        assert not Hold.objects.live().filter(booking=booking).exists()
    assert counters_hold()


def test_who_cancels_keeps_no_other_time(booked, coming_slots, people, at, shared_database):
    close(coming_slots[0], people, at)
    for booking in booked:
        cancel = lambda each=booking: actions.cancel(booking=each, by=None, at=at).booking.status  # noqa: E731
        at_once([lambda each=booking: offer(each, people, at), cancel])

    assert (Hold.objects.live().count(), counters_hold()) == (0, True)
    assert [kinds(each)[-1] for each in booked] == ["cancelled"] * len(booked)


def test_who_gets_a_desk_of_another_is_told_that_last_and_keeps_no_other(
    coming_slots, topics, people, at, shared_database
):
    slot = coming_slots[-1]
    who = people["manager"]
    about = {"slot": slot, "topic": topics["housing"], "language": "en", "by": who, "at": at}
    plan = {"hub": slot.hub, "plan": slot.plan, "by": who, "at": at}
    for number in range(ROUNDS):
        actions.save_plan(**plan, desks=2)
        first, second = (
            actions.book(
                **about,
                token=uuid.uuid4(),
                channel="phone",
                name=f"Resident {number} {place}",
                phone=f"07700 8{number:04d}{place}",
            ).booking
            for place in range(2)
        )
        actions.save_plan(**plan, desks=1)
        cancel = lambda each=first: actions.cancel(booking=each, by=None, at=at).booking.status  # noqa: E731
        at_once([lambda each=second: offer(each, people, at), cancel])
        second = Booking.objects.for_page().get(pk=second.pk)

        assert (second.desk, second.has_lost_its_time, kinds(second)[-1]) == (1, False, "stands")
        assert not Hold.objects.live().filter(booking=second).exists()
        assert counters_hold()
        actions.cancel(booking=second, by=who, at=at)


def test_an_offer_is_taken_while_its_day_is_closed_or_its_plan_changed(
    coming_slots, topics, people, desk_server, at
):
    slot = coming_slots[-1]
    answers: Counter[str] = Counter()

    def change(number: int) -> str:
        try:
            if number % 2:
                close(slot, people, at)
            else:
                minutes = slot.plan.minutes - 5
                actions.save_plan(hub=slot.hub, plan=slot.plan, by=people["manager"], at=at, minutes=minutes)
        except HitsChanged:
            return "somebody booked meanwhile"
        return "done"

    for number in range(2 * ROUNDS):
        wish, _ = actions.join_waiting_list(
            token=uuid.uuid4(),
            hub=slot.hub,
            topic=topics["housing"],
            from_on=slot.service_day,
            to_on=slot.service_day,
            language="en",
            by=None,
            at=at,
            name=f"Waiting {number}",
            phone=f"07700 8{number:05d}",
        )
        slot.refresh_from_db()
        assert actions.offer_freed_slot(slot=slot, at=at).offered_to == wish
        path = f"/appointments/offer/{wish.private_key}/"
        take = lambda path=path: str(Resident(desk_server).post(path, {"answer": "take"}).status)  # noqa: E731
        answers.update(at_once([take, lambda number=number: change(number)]))
        for booking in Booking.objects.live():
            actions.cancel(booking=booking, by=people["manager"], at=at)
        wish.refresh_from_db()
        if wish.status in ("waiting", "offered"):
            actions.leave_waiting_list(wish=wish, by=None, at=at)
        for day in ClosedDay.objects.filter(reopened_at=None):
            actions.reopen_day(hub=day.hub, on=day.on, by=people["manager"], at=at)
        actions.save_plan(
            hub=slot.hub, plan=slot.plan, by=people["manager"], at=at, minutes=slot.plan.minutes
        )

    assert set(answers) <= {"302", "409", "done", "somebody booked meanwhile"}, answers
    assert counters_hold()
