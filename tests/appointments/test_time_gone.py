"""Whose time is taken away while no other is free is told not to come, once, and what comes after that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appointments import actions
from appointments.errors import SlotTaken
from appointments.models import Booking, BookingEvent, Hold, Message, Slot
from enquiries.actions import change_resident
from tests.conftest import MONDAY_NOON

from .conftest import TUESDAY, counters_hold

NEXT_TUESDAY = TUESDAY + timedelta(days=7)
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = MONDAY_NOON + timedelta(hours=1)

Kind, State = Message.Kind, Message.State


@pytest.fixture
def none_free(slots):
    """Every time but those of the first Tuesday is taken away."""
    others = Slot.objects.exclude(service_day=TUESDAY)
    others.update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")


@pytest.fixture
def press(people, at_once):
    """Offer another time where nothing is free, as a manager who presses the button."""

    def pressed(booking: Booking, at: datetime = MONDAY_NOON) -> None:
        with at_once(), pytest.raises(SlotTaken):
            actions.offer_another(booking=booking, by=people["manager"], at=at)

    return pressed


def free_again(day) -> None:
    Slot.objects.filter(service_day=day).update(withdrawn_at=None, withdrawn_because="")


def steps(booking: Booking) -> list[str]:
    return list(booking.events.order_by("pk").values_list("kind", flat=True))


def told() -> list[tuple[str, str]]:
    return list(Message.objects.exclude(kind=Kind.BOOKED).order_by("pk").values_list("kind", "state"))


# What they are told


def test_with_nothing_free_they_are_told_by_e_mail_not_to_come(book, close, none_free, press, mailoutbox):
    booking = book(email="amber@example.org")
    close()
    mailoutbox.clear()
    press(booking)

    [mail] = mailoutbox
    assert mail.body == (
        "Sorry, we cannot see you at 10:00 on Tuesday 24 November. Please do not come then. "
        "No other time is free now.\n\n"
        "Town-Hall hub, 1 Test Street, E1 1BJ\n\n"
        "To choose another when one is free, or to wait for one: "
        f"http://127.0.0.1:8000/appointments/b/{booking.private_key}/\n\n"
        f"Your reference is {booking.shown_reference}.\n\n"
        "Questions? Call 020 7364 5000 and say your reference.\n"
    )
    assert steps(booking) == ["booked", "gone"]


def test_by_text_in_bengali_they_are_told_the_same(book, close, none_free, press, mailoutbox):
    booking = book(phone="07700 900123", language="bn")
    close()
    mailoutbox.clear()
    press(booking)

    assert [mail.body for mail in mailoutbox] == [
        "দুঃখিত: এই সময়ে আমরা দেখা করতে পারছি না: মঙ্গলবার 24 নভেম্বর, 10:00। দয়া করে তখন আসবেন না। "
        f"এই মুহূর্তে আর কোনো সময় খালি নেই। আপনার রেফারেন্স {booking.shown_reference}। "
        "সময় খালি হলে অন্য সময় বেছে নিতে, বা অপেক্ষার তালিকায় নাম লেখাতে: "
        f"http://127.0.0.1:8000/bn/appointments/b/{booking.private_key}/"
    ]


def test_nothing_is_said_of_what_to_bring(book, topics, close, none_free, press, mailoutbox):
    topics["housing"].bring_en = "A letter"
    topics["housing"].save()
    booking = book(email="amber@example.org")
    close()
    mailoutbox.clear()
    press(booking)

    assert ["letter" in mail.body for mail in mailoutbox] == [False]


def test_who_cannot_be_written_to_safely_is_not(book, close, none_free, press, mailoutbox):
    booking = book(phone="07700 900123", may_text=False)
    close()
    press(booking)

    assert (mailoutbox, told(), steps(booking)) == ([], [], ["booked", "gone"])


# Once


def test_pressed_again_nobody_is_told_twice(book, close, none_free, press, mailoutbox):
    booking = book(email="amber@example.org")
    close()
    mailoutbox.clear()
    press(booking)
    press(booking, at=LATER)

    assert (len(mailoutbox), steps(booking)) == (1, ["booked", "gone"])


def test_when_another_is_free_later_it_is_offered(book, close, none_free, press, offer, mailoutbox):
    booking = book(email="amber@example.org")
    close()
    press(booking)
    free_again(NEXT_TUESDAY)
    mailoutbox.clear()
    offer(booking, at=LATER)

    assert ["We can at Town-Hall hub at 10:00 on Tuesday 1 December" in mail.body for mail in mailoutbox] == [
        True
    ]
    assert counters_hold()


def test_what_was_offered_and_is_gone_too_is_told(book, close, none_free, press, offer, mailoutbox):
    booking = book(email="amber@example.org")
    close()
    press(booking)
    free_again(NEXT_TUESDAY)
    offer(booking)
    close(on=NEXT_TUESDAY)
    mailoutbox.clear()
    press(booking, at=LATER)
    press(booking, at=LATER)

    assert ["No other time is free now." in mail.body for mail in mailoutbox] == [True]


def test_taken_away_once_more_it_is_told_once_more(book, close, none_free, press, reopen, mailoutbox):
    booking = book(email="amber@example.org")
    for _ in range(2):
        close()
        press(booking)
        reopen()
        Slot.objects.exclude(service_day=TUESDAY).update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")

    assert [kind for kind, _ in told()] == [Kind.GONE, Kind.STANDS] * 2


# What comes after it


def test_with_their_time_back_they_are_told_that_it_stands(book, close, none_free, press, reopen, mailoutbox):
    booking = book(email="amber@example.org")
    close()
    press(booking)
    mailoutbox.clear()
    done = reopen()

    assert [each.pk for each in done.given_back] == [booking.pk]
    assert ["We can see you after all." in mail.body for mail in mailoutbox] == [True]


@pytest.fixture
def next_week(slots) -> list[Slot]:
    """The slots of the second Tuesday, more than a day ahead."""
    return list(Slot.objects.filter(service_day=NEXT_TUESDAY).order_by("starts_at"))


def fewer_desks(plan, number: int, people, at_once):
    """Give the plan another number of desks; returns what that did."""
    with at_once():
        return actions.save_plan(hub=plan.hub, plan=plan, by=people["manager"], at=MONDAY_NOON, desks=number)[
            1
        ]


def test_with_their_desk_back_they_are_told_that_it_stands(
    plan, book, next_week, people, at_once, press, mailoutbox
):
    _, hit = book(slot=next_week[0]), book(slot=next_week[0], email="amber@example.org")
    fewer_desks(plan, 1, people, at_once)
    Slot.objects.exclude(pk=next_week[0].pk).update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")
    press(hit)
    mailoutbox.clear()
    published = fewer_desks(plan, 2, people, at_once)

    assert [each.pk for each in published.given_back] == [hit.pk]
    assert ["We can see you after all." in mail.body for mail in mailoutbox] == [True]


def test_with_the_desk_of_another_they_are_told_that_it_stands(
    plan, book, next_week, people, at_once, press, mailoutbox
):
    first, hit = book(slot=next_week[0]), book(slot=next_week[0], email="amber@example.org")
    fewer_desks(plan, 1, people, at_once)
    Slot.objects.exclude(pk=next_week[0].pk).update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")
    press(hit)
    mailoutbox.clear()
    with at_once():
        actions.cancel(booking=first, by=None, at=LATER)

    theirs = [mail.body for mail in mailoutbox if mail.to == ["amber@example.org"]]
    assert ["We can see you after all." in body for body in theirs] == [True]


def test_who_was_told_not_to_come_is_not_seated_with_less_than_a_day_to_learn_of_it(
    plan, book, slots, people, at_once, none_free, press
):
    first, hit = book(), book(email="amber@example.org")
    fewer_desks(plan, 1, people, at_once)
    Slot.objects.exclude(pk=slots[0].pk).update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")
    press(hit)
    with at_once():
        actions.cancel(booking=first, by=None, at=LATER)

    assert Booking.objects.for_page().get(pk=hit.pk).has_lost_its_time


# By the morning


def test_at_night_it_waits_and_is_sent_in_the_morning_once(book, close, none_free, press, mailoutbox):
    booking = book(email="amber@example.org")
    close(at=NIGHT)
    mailoutbox.clear()
    press(booking, at=NIGHT)
    assert (mailoutbox, told()) == ([], [(Kind.GONE, State.DUE)])
    assert (actions.send_due(at=MORNING), actions.send_due(at=MORNING)) == (1, 0)

    assert ["Please do not come then." in mail.body for mail in mailoutbox] == [True]


def give_back(booking, reopen, people) -> None:
    reopen(at=NIGHT)


def move(booking, reopen, people) -> None:
    free_again(NEXT_TUESDAY)
    slot = Slot.objects.filter(service_day=NEXT_TUESDAY).first()
    actions.move(booking=booking, slot=slot, by=None, at=NIGHT)


def cancel(booking, reopen, people) -> None:
    actions.cancel(booking=booking, by=None, at=NIGHT)


def offer_one(booking, reopen, people) -> None:
    free_again(NEXT_TUESDAY)
    actions.offer_another(booking=booking, by=people["manager"], at=NIGHT)


def forbid(booking, reopen, people) -> None:
    change_resident(resident=booking.resident, by=people["manager"], at=NIGHT, may_email=False)
    change_resident(resident=booking.resident, by=people["manager"], at=NIGHT, may_text=False)


@pytest.mark.parametrize(
    ("happens", "instead"),
    [
        (give_back, [(Kind.STANDS, State.SENT)]),
        (move, [(Kind.MOVED, State.SENT)]),
        (cancel, [(Kind.CANCELLED, State.SENT)]),
        (offer_one, [(Kind.ANOTHER, State.SENT)]),
        (forbid, []),
    ],
)
def test_what_is_no_longer_true_or_safe_by_the_morning_is_not_sent(
    book, close, none_free, press, reopen, people, at_once, happens, instead
):
    booking = book(email="amber@example.org")
    close(at=NIGHT)
    press(booking, at=NIGHT)
    with at_once():
        happens(booking, reopen, people)
    actions.send_due(at=MORNING)

    assert told() == [(Kind.GONE, State.DROPPED), *instead]


def test_offered_at_night_and_gone_again_it_is_told_once(book, close, none_free, press, offer, mailoutbox):
    booking = book(email="amber@example.org")
    close(at=NIGHT)
    press(booking, at=NIGHT)
    free_again(NEXT_TUESDAY)
    offer(booking, at=NIGHT)
    close(on=NEXT_TUESDAY, at=NIGHT)
    press(booking, at=NIGHT)
    actions.send_due(at=MORNING)

    assert told() == [
        (Kind.GONE, State.DROPPED),
        (Kind.ANOTHER, State.DROPPED),
        (Kind.GONE, State.SENT),
    ]


def test_moved_at_night_to_a_time_that_goes_too_it_is_told_of_that_one_only(
    book, close, none_free, press, people, at_once, mailoutbox
):
    booking = book(email="amber@example.org")
    close(at=NIGHT)
    press(booking, at=NIGHT)
    with at_once():
        move(booking, None, people)
    close(on=NEXT_TUESDAY, at=NIGHT)
    press(booking, at=NIGHT)
    mailoutbox.clear()
    actions.send_due(at=MORNING)

    assert ["we cannot see you at 10:00 on Tuesday 1 December" in mail.body for mail in mailoutbox] == [True]


def test_what_has_begun_by_the_morning_is_not_sent(book, close, none_free, press, slots):
    booking = book(email="amber@example.org")
    close(at=NIGHT)
    press(booking, at=NIGHT)
    actions.send_due(at=slots[0].starts_at)

    assert told() == [(Kind.GONE, State.DROPPED)]


# The manager


def test_the_manager_is_asked_to_call_and_the_history_says_what_was_done(
    signed_in, people, hubs, book, none_free, clock, mailoutbox
):
    booking = book(email="amber@example.org")
    manager = signed_in("manager")
    asked = {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat(), "seen": str(booking.pk)}
    mailoutbox.clear()
    page = manager.post("/staff/appointments/plans/close/", asked, follow=True).content.decode()
    again = manager.post("/staff/appointments/plans/offer/", follow=True).content.decode()

    assert ["No other time was free for 1" in each for each in (page, again)] == [True, True]
    assert booking.messages.filter(kind=Kind.GONE).count() == 1
    assert booking.events.get(kind=BookingEvent.Kind.GONE).by == people["manager"]
    assert Hold.objects.live().count() == 0
