"""The appointments of somebody, as staff may see them: those still to come first, then the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from accounts.models import User
from appointments.models import Booking
from appointments.querysets import BookingQuerySet
from enquiries.models import Resident

MOST_FOUND = 20
"""Appointments that a search shows."""

MOST_PEOPLE = 200
"""Of so many residents with the words of a search appointments are shown, those with the newest records."""

MOST_GONE_BY = 5
"""Appointments that a resident's page shows besides those to come."""


@dataclass(frozen=True)
class Appointments:
    """Appointments for a list, each with its resident, hub and topic."""

    to_come: list[Booking]
    gone_by: list[Booking]
    has_more: bool
    """Whether there are others, which the list has no room for."""

    @property
    def all(self) -> list[Booking]:
        """All of them in the order of the list."""
        return [*self.to_come, *self.gone_by]


def appointments_found(text: str, user: User, on: date) -> Appointments:
    """Return the appointments that `user` may see of residents found by a name or a phone number.

    `on` is the present London date. The same few queries however many are found.
    """
    seen = Booking.objects.visible_to(user)
    to_come = _of_people(text, seen.to_come(on))
    gone_by = _of_people(text, seen.gone_by(on))
    has_more = len(to_come) + len(gone_by) > MOST_FOUND
    return Appointments(to_come[:MOST_FOUND], gone_by[: max(MOST_FOUND - len(to_come), 0)], has_more)


def appointments_of(resident: Resident, user: User, on: date) -> Appointments:
    """Return the appointments of a resident that `user` may see on the London date `on`. Two queries."""
    theirs = Booking.objects.visible_to(user).of_residents([resident]).for_list()
    to_come = list(theirs.to_come(on)[:MOST_FOUND])
    gone_by = list(theirs.gone_by(on)[: MOST_GONE_BY + 1])
    return Appointments(to_come, gone_by[:MOST_GONE_BY], len(gone_by) > MOST_GONE_BY)


def to_come_of(residents: Iterable[Resident], user: User, on: date) -> dict[int, list[Booking]]:
    """Return what is to come of each resident, by id, as `user` may see it. One query, however many."""
    people = list(residents)
    theirs: dict[int, list[Booking]] = {each.pk: [] for each in people}
    for booking in Booking.objects.visible_to(user).of_residents(people).for_list().to_come(on):
        theirs[booking.resident.merged_into_id or booking.resident_id].append(booking)
    return theirs


def _of_people(text: str, rows: BookingQuerySet) -> list[Booking]:
    """Return those of `rows` whose residents have the words of `text`, one more than a search shows."""
    own = rows.filter(resident=OuterRef("pk"))
    merged = rows.filter(resident__merged_into=OuterRef("pk"))
    people = Resident.objects.filter(Exists(own) | Exists(merged)).search(text)[:MOST_PEOPLE]
    return list(rows.of_residents(people).for_list()[: MOST_FOUND + 1])
