"""Whose time is taken away is offered one they can take; whoever gets their own back is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appointments import actions
from appointments.errors import NotAllowedNow, SlotTaken, TooLate
from appointments.models import Booking, Hold, Slot, Wish
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

from .conftest import TUESDAY, counters_hold

NEXT_TUESDAY = TUESDAY + timedelta(days=7)
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def desks(plan, number: int, people, hubs, at_once):
    """Give the plan another number of desks; returns what that did."""
    about = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": MONDAY_NOON}
    with at_once():
        return actions.save_plan(**about, desks=number)[1]


# Which time is offered


def test_the_next_time_from_their_own_on_is_offered_and_kept_until_it_can_no_longer_be_booked(
    plan, book, close, offer
):
    late = Slot.objects.filter(service_day=NEXT_TUESDAY).order_by("starts_at")[2]
    booking = book(slot=late)
    close(on=NEXT_TUESDAY)
    hold = offer(booking)

    # Tomorrow's were free too, and sooner.
    assert hold.slot.service_day == NEXT_TUESDAY + timedelta(days=7)
    assert hold.expires_at == MONDAY_NOON + timedelta(days=2)
    assert hold.slot.book_until > hold.expires_at


@pytest.mark.parametrize(
    ("language", "kept"),
    [
        ("en", "We keep it for you until 12:00 on Wednesday 25 November."),
        ("bn", "বুধবার 25 নভেম্বর, 12:00 পর্যন্ত এটি আপনার জন্য রাখা থাকবে।"),
    ],
)
def test_the_e_mail_says_until_when_it_is_kept(plan, book, close, offer, mailoutbox, language, kept):
    booking = book(email="amber@example.org", language=language)
    close()
    mailoutbox.clear()
    offer(booking)

    assert [kept in mail.body for mail in mailoutbox] == [True]


@pytest.mark.parametrize(
    ("language", "end"),
    [
        (
            "en",
            "Reference: {}. Take or change it by 12:00 on Wednesday: http://127.0.0.1:8000/appointments/b/{}/",
        ),
        (
            "bn",
            "রেফারেন্স: {}। বুধবার, 12:00-এর মধ্যে এটি নিন বা অন্য সময় বেছে নিন: "
            "http://127.0.0.1:8000/bn/appointments/b/{}/",
        ),
    ],
)
def test_the_text_message_says_by_when_to_take_it(plan, book, close, offer, mailoutbox, language, end):
    booking = book(phone="07700 900123", language=language)
    close()
    mailoutbox.clear()
    offer(booking)

    said = end.format(booking.shown_reference, booking.private_key)
    assert [mail.body.endswith(said) for mail in mailoutbox] == [True], mailoutbox[0].body


@pytest.mark.parametrize("how", [{"email": "amber@example.org"}, {"phone": "07700 900123"}])
@pytest.mark.parametrize(
    ("language", "first"),
    [
        (
            "en",
            "Sorry, we cannot see you at 10:00 on Tuesday 24 November. "
            "We can at Town-Hall hub at 10:00 on Tuesday 1 December.",
        ),
        (
            "bn",
            "দুঃখিত: এই সময়ে আমরা দেখা করতে পারছি না: মঙ্গলবার 24 নভেম্বর, 10:00। "
            "এই সময়ে পারব: town-hall হাব, মঙ্গলবার 1 ডিসেম্বর, 10:00।",
        ),
    ],
)
def test_the_message_names_the_time_that_is_gone_and_the_one_that_is_offered(
    plan, book, close, offer, mailoutbox, language, first, how
):
    booking = book(**{"phone": ""} | how, language=language)
    close()
    mailoutbox.clear()
    offer(booking)

    assert [mail.body.startswith(first) for mail in mailoutbox] == [True], mailoutbox[0].body


def test_with_nothing_free_after_theirs_the_last_before_it_is_offered(plan, book, close, offer, people, hubs):
    last_day = TUESDAY + timedelta(days=21)
    booking = book(slot=Slot.objects.filter(service_day=last_day).first())
    close(on=last_day)

    assert offer(booking).slot == Slot.objects.offered().order_by("starts_at").last()


def test_a_time_that_leaves_less_than_a_day_to_answer_is_not_offered(plan, book, close, offer, slots):
    other_days = Slot.objects.exclude(service_day=TUESDAY)
    other_days.update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")
    first, late = book(slot=slots[0]), book(slot=slots[3])
    Slot.objects.filter(pk__in=[slots[0].pk, slots[3].pk]).update(
        withdrawn_at=MONDAY_NOON, withdrawn_because="hours"
    )

    for booking in (first, late):
        with pytest.raises(SlotTaken):
            offer(booking)
    assert (Hold.objects.live().count(), counters_hold()) == (0, True)


def test_who_has_their_time_is_offered_no_other(book, offer):
    with pytest.raises(NotAllowedNow):
        offer(book())


def test_what_is_offered_can_be_taken_after_the_time_that_was_taken_away(
    book, close, offer, client, clock, desk
):
    booking = book()
    close()
    hold = offer(booking)
    clock.move_to(booking.slot.starts_at + timedelta(hours=1))
    client.logout()
    path = f"/appointments/b/{booking.private_key}/"
    assert "Take this time" in Reading(client.get(path)).words
    assert client.get(f"{path}move/").status_code == 200

    client.post(path, {})
    booking.refresh_from_db()
    assert booking.slot == hold.slot


def test_nobody_is_called_missed_at_a_time_that_was_taken_away(book, close, desk):
    book()
    close()
    page = Reading(desk.get(f"/staff/appointments/?day={TUESDAY}"))

    assert ("Time withdrawn" in page.words, "Missed" in page.words) == (True, False)


def test_what_is_kept_no_longer_goes_to_the_waiting_list(plan, book, close, offer, hubs, topics):
    booking = book()
    close()
    hold = offer(booking)
    Slot.objects.filter(pk=hold.slot_id).update(capacity=1)
    Slot.objects.offered().exclude(pk=hold.slot_id).update(
        withdrawn_at=MONDAY_NOON, withdrawn_because="hours"
    )
    wish, _ = actions.join_waiting_list(
        hub=hubs["town-hall"],
        topic=topics["housing"],
        from_on=TUESDAY,
        to_on=NEXT_TUESDAY,
        language="en",
        by=None,
        at=MONDAY_NOON,
        name="Amina",
        phone="07700 900456",
        token=booking.token,
    )
    actions.cancel(booking=booking, by=None, at=MONDAY_NOON)
    wish.refresh_from_db()

    assert (wish.status, wish.hold.slot) == (Wish.Status.OFFERED, hold.slot)


def test_nobody_is_offered_the_time_that_was_taken_away_from_them(plan, book, offer, people, hubs, at_once):
    next_week = Slot.objects.filter(service_day=NEXT_TUESDAY).first()
    _, hit = book(slot=next_week), book(slot=next_week)
    desks(plan, 1, people, hubs, at_once)
    Slot.objects.filter(pk=next_week.pk).update(capacity=3)

    assert offer(hit).slot != next_week


# What has begun


def test_an_appointment_that_has_begun_is_not_taken_away(plan, book, slots, people, hubs, at_once, close):
    _, second = book(), book()
    during = slots[0].starts_at + timedelta(minutes=5)
    about = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": during}
    with at_once():
        actions.save_plan(**about, desks=1)
    close(at=during)
    lost = Booking.objects.for_page().get(pk=second.pk).has_lost_its_time

    assert (lost, Slot.objects.offered().filter(pk=slots[0].pk).exists()) == (False, True)
    with pytest.raises(TooLate):
        actions.move(booking=second, slot=Slot.objects.last(), by=None, at=during)


# Fewer desks


def test_whose_desk_is_gone_sees_what_is_offered_and_is_listed(
    plan, book, offer, people, hubs, at_once, client, clock
):
    stays, hit = book(), book()
    published = desks(plan, 1, people, hubs, at_once)
    hold = offer(hit)
    assert [each.pk for each in published.hit] == [hit.pk]
    assert list(Booking.objects.without_a_time(MONDAY_NOON)) == [hit]
    page = Reading(client.get(f"/appointments/b/{hit.private_key}/"))
    assert "We offer you instead: Tuesday 1 December 2026" in page.words
    assert (
        "We had to take this time away"
        not in Reading(client.get(f"/appointments/b/{stays.private_key}/")).words
    )

    client.post(f"/appointments/b/{hit.private_key}/", {})
    hit.refresh_from_db()
    assert hit.slot == hold.slot


@pytest.mark.parametrize("way", ["cancel", "move"])
def test_a_desk_that_is_gone_is_not_sold_again(plan, book, slots, way, people, hubs, at_once):
    _, hit = book(), book()
    desks(plan, 1, people, hubs, at_once)
    if way == "cancel":
        actions.cancel(booking=hit, by=None, at=MONDAY_NOON)
    else:
        actions.move(booking=hit, slot=slots[2], by=None, at=MONDAY_NOON)
    slots[0].refresh_from_db()

    assert (slots[0].booked, slots[0].capacity) == (1, 1)
    with pytest.raises(SlotTaken):
        book()
    assert counters_hold()


def test_what_is_held_at_a_desk_that_is_gone_is_held_no_more(plan, slots, topics, people, hubs, at_once):
    holds = [actions.hold_slot(slot=slots[0], topic=topics["housing"], at=MONDAY_NOON) for _ in range(2)]
    desks(plan, 1, people, hubs, at_once)

    assert list(Hold.objects.live()) == [holds[0]]
    slots[0].refresh_from_db()
    assert (slots[0].booked, slots[0].capacity) == (1, 1)


@pytest.mark.parametrize("lapsed", [False, True])
def test_whose_desk_is_there_again_is_told(plan, book, offer, people, hubs, at_once, mailoutbox, lapsed):
    book()
    hit = book(email="amber@example.org")
    desks(plan, 1, people, hubs, at_once)
    hold = offer(hit)
    if lapsed:
        actions.give_back_expired(at=hold.expires_at)
    mailoutbox.clear()
    published = desks(plan, 2, people, hubs, at_once)

    assert [each.pk for each in published.given_back] == [hit.pk]
    assert ["after all" in mail.body for mail in mailoutbox] == [True]
    assert Hold.objects.live().count() == 0
