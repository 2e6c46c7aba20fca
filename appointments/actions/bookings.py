"""Making, moving and cancelling bookings. No slot is ever sold twice: see `desks`."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from appointments.contacts import contact_keys
from appointments.errors import NotAllowedNow, SlotTaken, TooLate, TooManyBookings
from appointments.models import Booking, BookingEvent, ContactPlace, Message, Slot
from appointments.statements import places_taken, take_first_place
from enquiries.actions import add_resident
from enquiries.folding import tidy
from enquiries.inserting import insert, write_down
from enquiries.londontime import month_number, service_day
from enquiries.models import Resident
from enquiries.references import new_reference
from hubs.models import Topic

from .desks import free_desk, held_desk, lock_slots, refused, take_desk
from .events import write_event
from .messages import tell
from .offers import PassedOn, drop_offers, offer_freed_slot, settle_wishes

Channel, Status, Kind = Booking.Channel, Booking.Status, BookingEvent.Kind

_TRIES = 3


@dataclass(frozen=True)
class Booked:
    """A booking as it was made, and whether the form made it now or had made it before."""

    booking: Booking
    is_new: bool


@dataclass(frozen=True)
class Cancelled:
    """A booking as it was cancelled, and who has its time by that."""

    booking: Booking
    passed_on: PassedOn


def book(
    *,
    token: uuid.UUID,
    slot: Slot,
    topic: Topic,
    language: str,
    by: User | None,
    at: datetime,
    channel: str = Channel.ONLINE,
    resident: Resident | None = None,
    needs: str = "",
    interpreter: bool = False,
    words: str = "",
    fits: bool = False,
    **about: object,
) -> Booked:
    """Book a desk of a slot, once for each form token.

    A resident (`by` None) has held a desk under that token (`hold_slot`), and gets it, or any other where it
    is gone by now; that is also what limits how many bookings one address on the internet can make. `fits`
    says that the desk was held for this very topic, which is not looked up again then; only so do staff get a
    held desk too. Without a `resident`, `about` are the facts of a new record as
    `enquiries.actions.add_resident` takes them.

    Effects, in order: end the hold, or take a free desk; make the resident's record; save the booking; take
    one of the contact's places; write the event; after commit, send the confirmation; take a `resident` off
    the waiting list for the same. The same token again changes nothing and returns the first booking.

    Raises `SlotTaken` with the next free times, `TooManyBookings` where this e-mail address, phone number or
    person has two appointments ahead, and `HoldExpired` where a resident has never held a desk.
    """
    staff = by is not None
    for left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                is_held = fits or not staff
                desk = held_desk(slot, token, at, topic=None if fits else topic) if is_held else None
                desk = desk or take_desk(slot, topic, at, by_staff=staff)
                person = resident or add_resident(by=by, at=at, language=language, needs=needs, **about)
                booking = insert(
                    Booking,
                    reference=new_reference(),
                    private_key=secrets.token_urlsafe(32),
                    token=token,
                    slot=slot,
                    topic=topic,
                    resident=person,
                    language=language,
                    needs=tidy(needs),
                    interpreter=interpreter,
                    words=tidy(words),
                    channel=channel,
                    booked_by=by,
                    booked_at=at,
                    **_place(slot, desk, at),
                )
                take_places(booking, at)
                write_event(booking, Kind.BOOKED, by, at)
                tell(booking, Message.Kind.BOOKED, at)
        except (IntegrityError, SlotTaken, TooManyBookings) as failure:
            # The same form sent a moment earlier may have made the booking.
            if first := Booking.objects.filter(token=token).select_related("slot").first():
                return Booked(first, is_new=False)
            if isinstance(failure, SlotTaken):
                raise refused(slot, topic, at, by_staff=staff) from failure
            if isinstance(failure, TooManyBookings) or not left:
                raise
        else:
            if resident is not None:
                settle_wishes(booking, at)
            return Booked(booking, is_new=True)
    raise AssertionError("unreachable")


def move(
    *, booking: Booking, slot: Slot, by: User | None, at: datetime, token: uuid.UUID | None = None
) -> Booking:
    """Move a booking to another slot; to the one it has already changes nothing.

    `token` is the key of a desk held or offered there. Effects, in order: count both slots in the order of
    their ids; save slot, desk and dates; keep the contact's places until then; write the event; after commit,
    tell the resident. The old desk is passed on (`offer_freed_slot`).

    Raises `SlotTaken` with the next free times; the booking keeps the slot it had. Raises `TooLate` where a
    resident's appointment has begun, and `NotAllowedNow` unless it is ahead.
    """
    while True:
        try:
            with transaction.atomic():
                moved, old = _moved(booking, slot, by, at, token)
                if old is not None:
                    write_event(moved, Kind.MOVED, by, at)
                    tell(moved, Message.Kind.MOVED, at)
                    offer_freed_slot(slot=old, at=at)
        except SlotTaken as taken:
            raise refused(slot, booking.topic, at, by_staff=by is not None) from taken
        except _Overtaken:
            booking = _fresh(booking.pk)
        else:
            drop_offers(moved, at)
            return moved


def cancel(*, booking: Booking, by: User | None, at: datetime) -> Cancelled:
    """Cancel a booking; once cancelled, again changes nothing, and offers its time to nobody.

    Effects, in order: count the slot down, set status and when, free the contact's places, write the event,
    pass the desk on (`offer_freed_slot`); after commit, tell the resident. Raises `TooLate` where a
    resident's appointment has begun, and `NotAllowedNow` where it was finished, missed or arrived.
    """
    while True:
        fresh = _fresh(booking.pk)
        if fresh.status == Status.CANCELLED:
            return Cancelled(fresh, PassedOn())
        _refuse_late(fresh, by, at)
        try:
            with transaction.atomic():
                # Locked first, so that what counts it down sees the plan as it is by then.
                lock_slots(fresh.slot_id)
                if not free_desk(fresh.slot_id):
                    raise _Overtaken  # noqa: TRY301 - rolls back, and is tried again below
                _swap(fresh, status=Status.CANCELLED, cancelled_at=at, cancelled_by=by)
                ContactPlace.objects.filter(booking=fresh).delete()
                write_event(fresh, Kind.CANCELLED, by, at)
                tell(fresh, Message.Kind.CANCELLED, at)
                passed_on = offer_freed_slot(slot=fresh.slot, at=at)
        except _Overtaken:
            continue
        drop_offers(fresh, at)
        return Cancelled(fresh, passed_on)


class _Overtaken(Exception):
    """Somebody else changed the booking since it was read."""


def _place(slot: Slot, desk: int, at: datetime) -> dict[str, Any]:
    """Return the columns that say where and when an appointment is, put there at the moment `at`."""
    return {
        "hub_id": slot.hub_id,
        "desk": desk,
        "service_day": slot.service_day,
        "month": month_number(slot.starts_at),
        "lead_days": max((slot.service_day - service_day(at)).days, 0),
    }


def _moved(
    booking: Booking, slot: Slot, by: User | None, at: datetime, token: uuid.UUID | None
) -> tuple[Booking, Slot | None]:
    """Move a booking; return it and the slot that it left, None where it was there already."""
    locked = lock_slots(booking.slot_id, slot.pk)
    fresh = _fresh(booking.pk)
    if fresh.slot_id == slot.pk:
        return fresh, None
    if fresh.slot_id not in locked:
        raise _Overtaken
    _refuse_late(fresh, by, at)
    old = fresh.slot
    desk = held_desk(slot, token, at) if token else None
    desk = desk or take_desk(slot, fresh.topic, at, by_staff=by is not None)
    free_desk(old.pk)
    place = _place(slot, desk, at)
    _swap(fresh, old, slot=slot, moved_from=old, moved_at=at, late_at=None, late_by=None, **place)
    ContactPlace.objects.filter(booking=fresh).update(until=slot.ends_at)
    return fresh, old


def _fresh(pk: int) -> Booking:
    return Booking.objects.select_related("slot", "topic", "resident", "hub").get(pk=pk)


def _refuse_late(booking: Booking, by: User | None, at: datetime) -> None:
    if booking.status != Status.BOOKED:
        raise NotAllowedNow
    # Whoever was told not to come at that time can still answer.
    if by is None and booking.slot.has_begun(at) and not booking.has_lost_its_time:
        raise TooLate


def _swap(booking: Booking, was_in: Slot | None = None, **values: Any) -> None:
    """Change a booking that is still as it was read. Raises `_Overtaken` where it is not."""
    as_read = Booking.objects.filter(pk=booking.pk, status=Status.BOOKED, slot=was_in or booking.slot)
    if not as_read.update(**values):
        raise _Overtaken
    for name, value in values.items():
        setattr(booking, name, value)


def take_places(booking: Booking, at: datetime) -> None:
    """Take one of the contact's places under each of its keys. Raises `TooManyBookings`."""
    person = booking.resident
    contacts = contact_keys(
        name=person.name,
        phone=person.phone,
        email=person.email,
        postcode=person.postcode,
        secret=settings.SECRET_KEY,
    )
    keys = [key for key in contacts if not take_first_place(key, booking)]
    rows = places_taken(keys, at) if keys else []
    if not all(counts for _, _, counts in rows):
        ContactPlace.objects.filter(key__in=keys, until__lte=at).delete()
    for key in keys:
        used = {place for of, place, counts in rows if of == key and counts}
        place = next((place for place in range(1, ContactPlace.MOST + 1) if place not in used), None)
        if place is None:
            raise TooManyBookings(contacts[key], key)
        write_down(ContactPlace, key=key, place=place, booking=booking, until=booking.slot.ends_at)
