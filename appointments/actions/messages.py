"""Telling residents about their appointments: after commit, or once quiet hours are over; each thing once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from appointments import notifications
from appointments.models import Booking, Message, Slot, Wish
from appointments.quiet_hours import not_before
from appointments.statements import note_message
from enquiries.errors import NotDelivered
from enquiries.inserting import insert
from enquiries.notifications import EMAIL

Kind, State = Message.Kind, Message.State
_logger = logging.getLogger(__name__)

AT_ONCE = (Kind.BOOKED, Kind.MOVED, Kind.CANCELLED)
"""Answers to what somebody has just done: e-mailed at any hour. A text message waits for the morning."""

SAY_WHEN = (Kind.BOOKED, Kind.MOVED)
"""Two of these about one booking and slot say the same: when and where it is."""

TOO_OLD = timedelta(days=2)
"""A message that could not be sent for so long is no longer sent."""


def tell(booking: Booking, kind: str, at: datetime, *, offered: Slot | None = None) -> None:
    """Write to a resident about a booking where there is a safe way to; runs in the caller's transaction.

    Effects: save the message; after commit, send it, unless it has to wait for the morning. Whatever goes
    wrong with that is logged, and what was done stands.
    """
    to = notifications.reach(booking.resident)
    if to is None:
        return
    due_at = at if to.way == EMAIL and kind in AT_ONCE else not_before(at)
    message = _saved(due_at, at, booking=booking, kind=kind, slot=offered or booking.slot)
    if message.state == State.TAKEN:
        about = notifications.about_booking(booking, kind, offered)
        transaction.on_commit(lambda: _send(message, to, about, at), robust=True)


def tell_wish(wish: Wish, at: datetime) -> None:
    """Write to somebody on the waiting list that a time is offered. Effects: as `tell`."""
    to = notifications.reach(wish.resident)
    if to is None or wish.hold is None:
        return
    message = _saved(not_before(at), at, wish=wish, kind=Kind.OFFER, slot=wish.hold.slot)
    if message.state == State.TAKEN:
        about = notifications.about_wish(wish, wish.hold.slot, wish.hold.expires_at)
        transaction.on_commit(lambda: _send(message, to, about, at), robust=True)


def send_reminders(*, at: datetime) -> int:
    """Remind of every appointment within `REMINDER_HOURS`, each once; return how many were written to.

    Safe to run at any time and twice. Nobody is reminded in quiet hours, of a time booked within the last
    hours, or of one that was withdrawn. Effects, for each: save the message, send it.
    """
    if not_before(at) != at:
        return 0
    soon = at + timedelta(hours=settings.REMINDER_HOURS)
    reminded = Message.objects.filter(kind=Kind.REMINDER, booking=OuterRef("pk"), slot=OuterRef("slot"))
    rows = (
        Booking.objects.for_page()
        .with_their_time(at)
        .filter(slot__starts_at__lte=soon, resident__anonymised_at__isnull=True)
    )
    written = 0
    for booking in rows.exclude(Exists(reminded)).order_by("slot__starts_at", "pk"):
        if not booking.is_reminded:
            continue
        with transaction.atomic():
            # Two commands at the same moment: the second finds the row and leaves it.
            _, is_new = Message.objects.get_or_create(
                booking=booking, slot=booking.slot, kind=Kind.REMINDER, defaults={"due_at": at}
            )
        written += is_new
    send_due(at=at)
    return written


def send_due(*, at: datetime) -> int:
    """Send every message that waited for the morning; return how many were sent.

    One that is no longer true, or no longer safe to send, is dropped. Effects, for each: take it by
    compare-and-swap, send it, note what became of it.
    """
    if not_before(at) != at:
        return 0
    sent = 0
    due = Message.objects.filter(state=State.DUE, due_at__lte=at).order_by("due_at", "pk")
    for message in due.select_related("slot", "wish__hold"):
        if not Message.objects.filter(pk=message.pk, state=State.DUE).update(state=State.TAKEN):
            continue
        sent += _send_late(message, at)
    return sent


def _send_late(message: Message, at: datetime) -> bool:
    if at - message.due_at > TOO_OLD or not _is_true(message, at):
        note_message(message.pk, State.DROPPED, None)
        return False
    if message.wish is not None:
        wish = Wish.objects.select_related("resident", "hub", "topic", "hold__slot").get(pk=message.wish.pk)
        to = notifications.reach(wish.resident)
        about = notifications.about_wish(wish, message.slot, wish.hold.expires_at)  # type: ignore[union-attr]
    else:
        booking = Booking.objects.for_page().get(pk=message.booking_id)  # type: ignore[misc]
        to = notifications.reach(booking.resident)
        offered = message.slot if message.kind == Kind.ANOTHER else None
        about = notifications.about_booking(booking, message.kind, offered)
    if to is None:
        note_message(message.pk, State.DROPPED, None)
        return False
    return _send(message, to, about, at)


def _is_true(message: Message, at: datetime) -> bool:
    """Whether what a message says still holds."""
    if message.wish is not None:
        hold = message.wish.hold
        return (
            message.wish.status == Wish.Status.OFFERED
            and hold is not None
            and hold.slot_id == message.slot_id
        )
    booking = Booking.objects.select_related("slot__plan").get(pk=message.booking_id)  # type: ignore[misc]
    if message.kind == Kind.CANCELLED:
        return booking.status == Booking.Status.CANCELLED
    if message.kind == Kind.ANOTHER:
        kept = booking.offers.live().filter(slot=message.slot_id).exists()
        return booking.has_lost_its_time and kept and not _is_said_later(message, (Kind.ANOTHER,))
    if message.kind == Kind.GONE:
        ahead = booking.slot_id == message.slot_id and not booking.slot.has_begun(at)
        none_kept = not booking.offers.live().exists()
        return booking.has_lost_its_time and ahead and none_kept and not _is_said_later(message, (Kind.GONE,))
    if message.kind != Kind.REMINDER and _is_said_later(message, _same_as(message.kind)):
        return False
    return booking.is_live and not booking.has_lost_its_time and booking.slot_id == message.slot_id


def _same_as(kind: str) -> tuple[str, ...]:
    return SAY_WHEN if kind in SAY_WHEN else (kind,)


def _is_said_later(message: Message, kinds: tuple[str, ...]) -> bool:
    """Whether another message says the same, such as after a booking was moved away and back again."""
    later = Message.objects.filter(booking=message.booking_id, slot=message.slot_id, kind__in=kinds)
    return later.filter(pk__gt=message.pk).exclude(state__in=(State.FAILED, State.DROPPED)).exists()


def _saved(due_at: datetime, at: datetime, **about: Any) -> Message:
    return insert(Message, due_at=due_at, state=State.TAKEN if due_at <= at else State.DUE, **about)


def _send(message: Message, to: notifications.Reach, about: notifications.About, at: datetime) -> bool:
    try:
        notifications.send(to, about)
    except Exception as failure:
        if not isinstance(failure, NotDelivered):
            # Whatever is wrong with one message, those behind it are sent.
            _logger.exception("A message about an appointment was not sent")
        note_message(message.pk, State.FAILED, None)
        return False
    note_message(message.pk, State.SENT, at)
    return True
