"""What every booking asks of the database, in statements that are put together once.

To have Django put them together anew each time costs several times what the database takes, and inside the
transaction everybody else's writes wait for that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connections, router
from django.db.models import Count, F, Q

from accounts.statements import Change, Question
from appointments.models import Booking, ContactPlace, Hold, Message, Slot
from hubs.models import Topic

_USE = (
    "UPDATE appointments_hold SET ended_at = %s, \"end\" = 'used'"
    " WHERE key = %s AND slot_id = %s AND ended_at IS NULL"
)
_HELD = "SELECT desk FROM appointments_hold WHERE key = %s"
_FIRST_PLACE = (
    "INSERT INTO appointments_contactplace (key, place, booking_id, until)"
    " SELECT %s, 1, %s, ends_at FROM appointments_slot WHERE id = %s ON CONFLICT DO NOTHING"
)
_PLACES = "SELECT key, place, until > %s FROM appointments_contactplace WHERE key IN ({})"
_NOTE = "UPDATE appointments_message SET state = %s, sent_at = %s WHERE id = %s"

_ONE_MORE = {"booked": F("booked") + 1}

COUNT_UP, COUNT_UP_BY_STAFF = (
    Change(
        lambda slot, topic, at, by_staff=by_staff: (
            Slot.objects.bookable(at, by_staff=by_staff)
            .about(Topic(pk=topic))
            .filter(pk=slot, booked__lt=F("capacity")),
            _ONE_MORE,
        ),
        slot=int,
        topic=int,
        at=datetime,
    )
    for by_staff in (False, True)
)
"""Takes a desk of a slot, by its id, where one is free that can be booked about a topic at a moment."""

DESKS_TAKEN = Question(
    lambda slot: (
        Booking.objects.live()
        .filter(slot=slot)
        .order_by()
        .values_list("desk")
        .union(Hold.objects.live().filter(slot=slot).order_by().values_list("desk"))
    ),
    slot=int,
)
"""The desks of a slot that a live booking or hold has."""

HELD_LATELY = Question(
    lambda caller, oldest, since, at: (
        Hold.objects.filter(caller=caller, held_at__gt=oldest)
        .filter(Q(held_at__gt=since) | Q(ended_at__isnull=True, expires_at__gt=at))
        .order_by()
        .values("caller")
        .annotate(
            within=Count("pk", filter=Q(held_at__gt=since)),
            now=Count("pk", filter=Q(ended_at__isnull=True, expires_at__gt=at)),
        )
        .values_list("within", "now")
    ),
    caller=str,
    oldest=datetime,
    since=datetime,
    at=datetime,
)
"""How many desks a caller began to hold since a moment, and how many are held now; no row for none. None
of those that are held now was begun before the `oldest` moment.
"""

HOLD_ON = Change(
    lambda key, slot, topic, at, since, until: (
        Hold.objects.kept(at)
        .about(Topic(pk=topic))
        .filter(key=key, slot=slot, held_at__gt=since, extended__lt=Hold.MOST_EXTENSIONS),
        {"expires_at": until},
    ),
    key=uuid.UUID,
    slot=int,
    topic=int,
    at=datetime,
    since=datetime,
    until=datetime,
)
"""Holds the desk of a slot that is kept under a key for another while, where it can be booked about a topic;
not one that was held before a moment already, nor one that was extended as often as it can be.
"""

_HELD_BEFORE = Question(
    lambda key: (
        Hold.objects.filter(key=key).order_by().values_list("pk", "slot", "desk", "extended", "expires_at")
    ),
    key=uuid.UUID,
)


class HeldBefore(NamedTuple):
    """The hold under a key, live or ended."""

    key: uuid.UUID
    pk: int
    slot_id: int
    desk: int
    extended: int
    expires_at: datetime


def held_before(key: uuid.UUID) -> HeldBefore | None:
    """Return what is or was held under a key, None where nothing ever was."""
    found = _HELD_BEFORE.rows(key=key)
    return HeldBefore(key, *found[0]) if found else None


def use_hold(key: uuid.UUID, slot_id: int, at: datetime) -> int | None:
    """End the live hold of a slot under a key as used; return its desk, None where there is none."""
    connection = connections[router.db_for_write(Hold)]
    value = Hold._meta.get_field("key").get_db_prep_value(key, connection)
    use = [connection.ops.adapt_datetimefield_value(at), value, slot_id]
    with connection.cursor() as cursor:
        if connection.features.can_return_columns_from_insert:
            cursor.execute(f"{_USE} RETURNING desk", use)
            found = cursor.fetchone()
        else:  # SQLite before 3.35
            cursor.execute(_USE, use)
            found = cursor.execute(_HELD, [value]).fetchone() if cursor.rowcount == 1 else None
    return None if found is None else found[0]


def take_first_place(key: str, booking: Booking) -> bool:
    """Take a contact's first place until a booking's end; return whether it was free, as most people's is."""
    with connections[router.db_for_write(ContactPlace)].cursor() as cursor:
        cursor.execute(_FIRST_PLACE, [key, booking.pk, booking.slot_id])
        return cursor.rowcount == 1


def places_taken(keys: Sequence[str], at: datetime) -> list[tuple[str, int, bool]]:
    """Return the places that are written down under a contact's keys: key, place, whether it counts still."""
    connection = connections[router.db_for_write(ContactPlace)]
    # As many marks as there are keys; every value is a parameter.
    statement = _PLACES.format(", ".join(["%s"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [connection.ops.adapt_datetimefield_value(at), *keys])
        return [(key, place, bool(counts)) for key, place, counts in cursor.fetchall()]


def note_message(pk: int, state: str, sent_at: datetime | None) -> None:
    """Write down what became of a message, and when it was sent."""
    connection = connections[router.db_for_write(Message)]
    moment = None if sent_at is None else connection.ops.adapt_datetimefield_value(sent_at)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [state, moment, pk])
