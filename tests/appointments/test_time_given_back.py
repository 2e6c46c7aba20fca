"""Whoever has the time again that was taken away is told so, once, and what was kept for them is free."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from appointments import actions
from appointments.models import BookingEvent, Hold, Message, Slot, Wish
from tests.conftest import MONDAY_NOON

from .conftest import PHONE, TUESDAY, counters_hold

NEXT_TUESDAY = TUESDAY + timedelta(days=7)
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_who_has_their_time_again_is_told_and_the_other_one_is_free(book, close, offer, reopen, mailoutbox):
    booking, moved = book(email="amber@example.org"), book(email="moved@example.org")
    close()
    offer(booking)
    offer(moved)
    actions.take_another(booking=moved, by=None, at=MONDAY_NOON)
    mailoutbox.clear()
    done = reopen()

    assert [each.pk for each in done.given_back] == [booking.pk]
    assert Hold.objects.live().count() == 0
    [mail] = mailoutbox
    assert mail.to == ["amber@example.org"]
    assert "We can see you after all. Your appointment at Town-Hall hub at 10:00" in mail.body
    last = BookingEvent.objects.filter(booking=booking).last()
    assert (last.kind, last.slot_id) == (BookingEvent.Kind.GIVEN_BACK, booking.slot_id)
    assert counters_hold()


def test_published_again_nobody_is_told_twice(book, close, reopen, at_once, mailoutbox):
    book(email="amber@example.org")
    close()
    reopen()
    told = len(mailoutbox)
    with at_once():
        assert actions.publish_slots(at=MONDAY_NOON).given_back == []

    assert len(mailoutbox) == told


def test_an_offer_that_waits_for_the_morning_is_not_sent_once_their_time_stands(
    book, close, offer, reopen, mailoutbox
):
    booking = book(email="amber@example.org")
    close(at=NIGHT)
    offer(booking, at=NIGHT)
    reopen(at=NIGHT)
    mailoutbox.clear()
    actions.send_due(at=MORNING)

    states = dict(Message.objects.values_list("kind", "state"))
    assert states[Message.Kind.ANOTHER] == Message.State.DROPPED
    assert states[Message.Kind.STANDS] == Message.State.SENT
    assert ["after all" in mail.body for mail in mailoutbox] == [True]


def test_each_thing_is_said_once_in_the_morning_and_only_what_still_holds(
    book, close, offer, reopen, mailoutbox
):
    booking = book(email="amber@example.org", slot=Slot.objects.filter(service_day=NEXT_TUESDAY).first())
    mailoutbox.clear()
    close(on=NEXT_TUESDAY, at=NIGHT)
    offer(booking, at=NIGHT)
    close(on=NEXT_TUESDAY + timedelta(days=7), at=NIGHT)
    last = offer(booking, at=NIGHT)
    actions.send_due(at=MORNING)

    assert ["Tuesday 15 December" in mail.body for mail in mailoutbox] == [True]
    assert last.slot.service_day == NEXT_TUESDAY + timedelta(days=14)


def test_who_is_told_at_night_that_theirs_stands_is_told_once(book, close, offer, reopen, mailoutbox):
    booking = book(email="amber@example.org")
    mailoutbox.clear()
    for _ in range(2):
        close(at=NIGHT)
        offer(booking, at=NIGHT)
        reopen(at=NIGHT)
    actions.send_due(at=MORNING)

    assert ["after all" in mail.body for mail in mailoutbox] == [True]


def test_who_waits_is_offered_again_what_was_closed_and_opened(book, close, reopen, slots, hubs, topics):
    about = {"hub": hubs["town-hall"], "topic": topics["housing"], "language": "en", "by": None}
    wish, _ = actions.join_waiting_list(
        **about, token=uuid.uuid4(), from_on=TUESDAY, to_on=TUESDAY, at=MONDAY_NOON, name="Amina", phone=PHONE
    )
    actions.offer_freed_slot(slot=slots[0], at=MONDAY_NOON)
    close()
    reopen()
    wish.refresh_from_db()

    assert (wish.status, wish.hold.slot) == (Wish.Status.OFFERED, slots[0])
