"""Another time for those whose slot was withdrawn."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from appointments.errors import NotAllowedNow, SlotTaken
from appointments.models import Booking, BookingEvent, Hold, Message, Plan, Slot
from appointments.quiet_hours import TO_ANSWER, not_before

from .bookings import move
from .desks import take_desk
from .events import write_event
from .messages import tell

KEPT_FOR = timedelta(days=2)
"""How long another time is kept for somebody whose own was withdrawn."""

_TRIED = 20


def offer_another(*, booking: Booking, by: User, at: datetime) -> Hold:
    """Offer somebody whose time was taken away another one at the same hub.

    The next free one from their own time on, else the last before it, of those that leave them `TO_ANSWER`.
    Offered already, the same offer is returned. Effects, in order: take a desk, save the hold, write the
    event; after commit, tell the resident. Where nothing is free they are told that their time is gone, once
    until they are told something else (event, message), and `SlotTaken` is raised after that: not to be
    called in a transaction that the exception would undo. Raises `NotAllowedNow` for a booking that has its
    time.
    """
    with transaction.atomic():
        # Neither is anything given back meanwhile, nor is the same offered by somebody else.
        Plan.objects.select_for_update(no_key=True).get(slots=booking.slot_id)
        fresh = Booking.objects.for_page().get(pk=booking.pk)
        if not fresh.has_lost_its_time or fresh.slot.has_begun(at):
            raise NotAllowedNow
        live = Hold.objects.live().filter(booking=fresh).select_related("slot").first()
        if live is not None:
            return live
        found = _first_with_a_desk(fresh, at)
        hold = _kept(fresh, *found, at) if found else None
        if not _is_as_read(fresh):
            raise NotAllowedNow
        if hold is not None:
            write_event(fresh, BookingEvent.Kind.OFFERED, by, at)
            tell(fresh, Message.Kind.ANOTHER, at, offered=hold.slot)
        elif not Booking.objects.filter(pk=fresh.pk).told_it_is_gone().exists():
            write_event(fresh, BookingEvent.Kind.GONE, by, at)
            tell(fresh, Message.Kind.GONE, at)
    if hold is None:
        raise SlotTaken
    return hold


def take_another(*, booking: Booking, by: User | None, at: datetime) -> Booking:
    """Take the other time that was offered. Effects: as `move`. Raises as `move`, and `NotAllowedNow`."""
    hold = Hold.objects.live().filter(booking=booking).select_related("slot").first()
    if hold is None:
        raise NotAllowedNow
    return move(booking=booking, slot=hold.slot, by=by, at=at, token=hold.key)


def _is_as_read(booking: Booking) -> bool:
    """Lock a booking, last of all as everywhere, and return whether it is still where and how it was."""
    as_read = {"status": booking.status, "slot": booking.slot_id, "desk": booking.desk}
    same = Booking.objects.filter(pk=booking.pk, **as_read)
    return same.select_for_update(of=("self",), no_key=True).first() is not None


def _kept(booking: Booking, slot: Slot, desk: int, at: datetime) -> Hold:
    until = min(not_before(at) + KEPT_FOR, slot.book_until)
    return Hold.objects.create(
        key=uuid.uuid4(), slot=slot, desk=desk, booking=booking, held_at=at, expires_at=until
    )


def _first_with_a_desk(booking: Booking, at: datetime) -> tuple[Slot, int] | None:
    others = Slot.objects.free(booking.topic, at).filter(hub=booking.hub).exclude(pk=booking.slot_id)
    free = others.filter(book_until__gte=not_before(at) + TO_ANSWER)
    was_at = booking.slot.starts_at
    nearest = [
        *free.filter(starts_at__gte=was_at)[:_TRIED],
        *free.filter(starts_at__lt=was_at).reverse()[:_TRIED],
    ]
    for slot in nearest:
        try:
            return slot, take_desk(slot, booking.topic, at, by_staff=True)
        except SlotTaken:
            continue
    return None
