"""Another time for those whose slot was withdrawn."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from appointments.errors import NotAllowedNow, SlotTaken
from appointments.models import Booking, BookingEvent, Hold, Message, Slot
from appointments.quiet_hours import not_before

from .bookings import move, write_event
from .desks import take_desk
from .messages import tell

KEPT_FOR = timedelta(days=2)
"""How long another time is kept for somebody whose own was withdrawn."""


def offer_another(*, booking: Booking, by: User, at: datetime, slot: Slot | None = None) -> Hold:
    """Offer somebody whose slot was withdrawn another: `slot`, or the soonest free one at the same hub.

    Offered already, the same offer is returned. Effects, in order: take a desk, save the hold, write the
    event; after commit, tell the resident. Raises `SlotTaken` where nothing is free, and `NotAllowedNow` for
    a booking that is not ahead.
    """
    with transaction.atomic():
        fresh = Booking.objects.for_page().get(pk=booking.pk)
        if not fresh.is_live:
            raise NotAllowedNow
        live = Hold.objects.live().filter(booking=fresh).select_related("slot").first()
        if live is not None:
            return live
        slots = [slot] if slot else Slot.objects.next_free(fresh.topic, at, hub=fresh.hub, by_staff=True)
        chosen, desk = _first_with_a_desk(slots, fresh, at)
        until = min(not_before(at) + KEPT_FOR, chosen.starts_at)
        hold = Hold.objects.create(
            key=uuid.uuid4(), slot=chosen, desk=desk, booking=fresh, held_at=at, expires_at=until
        )
        write_event(fresh, BookingEvent.Kind.OFFERED, by, at)
        tell(fresh, Message.Kind.ANOTHER, at, offered=chosen)
        return hold


def take_another(*, booking: Booking, by: User | None, at: datetime) -> Booking:
    """Take the other time that was offered. Effects: as `move`. Raises as `move`, and `NotAllowedNow`."""
    hold = Hold.objects.live().filter(booking=booking).select_related("slot").first()
    if hold is None:
        raise NotAllowedNow
    return move(booking=booking, slot=hold.slot, by=by, at=at, token=hold.key)


def _first_with_a_desk(slots: object, booking: Booking, at: datetime) -> tuple[Slot, int]:
    for slot in slots:  # type: ignore[attr-defined]
        try:
            return slot, take_desk(slot, booking.topic, at, by_staff=True)
        except SlotTaken:
            continue
    raise SlotTaken
