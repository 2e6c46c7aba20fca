"""What every booking asks inside its transaction, in statements that are put together once.

To have Django put them together anew each time costs several times what the database takes, while everybody
else's writes wait for this one.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connections, router

from appointments.models import ContactPlace, Hold

_HELD = "SELECT id, desk, slot_id, ended_at IS NOT NULL FROM appointments_hold WHERE key = %s"
_USE = "UPDATE appointments_hold SET ended_at = %s, \"end\" = 'used' WHERE id = %s AND ended_at IS NULL"
_FIRST_PLACE = (
    "INSERT INTO appointments_contactplace (key, place, booking_id, until) VALUES (%s, 1, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
_PLACES = "SELECT key, place, until > %s FROM appointments_contactplace WHERE key IN ({})"


@dataclass(frozen=True, slots=True)
class HeldDesk:
    """What is held, or was, under a form's key."""

    pk: int
    desk: int
    slot_id: int
    has_ended: bool


def desk_held_under(key: uuid.UUID) -> HeldDesk | None:
    """Return the desk that was ever held under a key, or None."""
    connection = connections[router.db_for_write(Hold)]
    value = Hold._meta.get_field("key").get_db_prep_value(key, connection)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [value])
        found = cursor.fetchone()
    return None if found is None else HeldDesk(found[0], found[1], found[2], bool(found[3]))


def use_hold(pk: int, at: datetime) -> bool:
    """End a live hold as used at the moment `at`; return whether it was still live."""
    connection = connections[router.db_for_write(Hold)]
    with connection.cursor() as cursor:
        cursor.execute(_USE, [connection.ops.adapt_datetimefield_value(at), pk])
        return cursor.rowcount == 1


def take_first_place(key: str, booking_id: int, until: datetime) -> bool:
    """Take a contact's first place for a booking; return whether it was free, as most people's is."""
    connection = connections[router.db_for_write(ContactPlace)]
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_PLACE, [key, booking_id, connection.ops.adapt_datetimefield_value(until)])
        return cursor.rowcount == 1


def places_taken(keys: Sequence[str], at: datetime) -> list[tuple[str, int, bool]]:
    """Return the places that are written down under a contact's keys: key, place, whether it counts still."""
    connection = connections[router.db_for_write(ContactPlace)]
    # As many marks as there are keys; every value is a parameter.
    statement = _PLACES.format(", ".join(["%s"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [connection.ops.adapt_datetimefield_value(at), *keys])
        return [(key, place, bool(counts)) for key, place, counts in cursor.fetchall()]
