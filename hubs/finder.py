"""Which hub is nearest, and which of those that take walk-ins is open now or opens next.

Distances are straight lines on the National Grid (OSGB36 eastings and northings, metres). Over a borough
five miles across the grid's own scale error is under one metre in a thousand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from hubs.opening import Status


class Located(Protocol):
    """Anything with a place on the National Grid, in whole metres."""

    @property
    def easting(self) -> int: ...

    @property
    def northing(self) -> int: ...


class Candidate(Located, Protocol):
    """A hub as the finder sees it, at one moment and, where somebody asked about one, for one topic."""

    @property
    def walk_in(self) -> bool:
        """Whether anybody may come in without an appointment (the stricter of hub and topic)."""

    @property
    def status(self) -> Status:
        """Open or closed at the moment asked about."""


AnyCandidate = TypeVar("AnyCandidate", bound=Candidate)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is, in metres on the National Grid (OSGB36)."""

    easting: int
    northing: int


@dataclass(frozen=True, slots=True)
class Found(Generic[AnyCandidate]):
    """A hub and how far away it is."""

    hub: AnyCandidate
    metres: int
    """Straight line, to the nearest metre."""

    @property
    def minutes(self) -> int:
        """How long the walk takes, in whole minutes."""
        return walking_minutes(self.metres)


@dataclass(frozen=True, slots=True)
class Findings(Generic[AnyCandidate]):
    """All hubs by distance, and the ones a page names first. Each is None where no hub qualifies."""

    by_distance: tuple[Found[AnyCandidate], ...]

    @property
    def nearest(self) -> Found[AnyCandidate] | None:
        """The nearest hub, whether or not anybody can walk in."""
        return next(iter(self.by_distance), None)

    @property
    def nearest_open_now(self) -> Found[AnyCandidate] | None:
        """The nearest hub that is open, whether or not anybody can walk in."""
        return next((found for found in self.by_distance if found.hub.status.is_open), None)

    @property
    def nearest_walk_in(self) -> Found[AnyCandidate] | None:
        """The nearest hub that takes walk-ins, open or closed."""
        return next((found for found in self.by_distance if found.hub.walk_in), None)

    @property
    def nearest_walk_in_open_now(self) -> Found[AnyCandidate] | None:
        """The nearest hub where somebody can walk in at this moment."""
        return next(
            (found for found in self.by_distance if found.hub.walk_in and found.hub.status.is_open), None
        )

    @property
    def next_walk_in_to_open(self) -> Found[AnyCandidate] | None:
        """Of the walk-in hubs that are closed now, the one that opens first; the nearer one if several do."""
        opening = [
            (_instant(found.hub.status.opens_at), found)
            for found in self.by_distance
            if found.hub.walk_in and found.hub.status.opens_at is not None
        ]
        return min(opening, key=lambda pair: pair[0])[1] if opening else None


def distance_m(a: Located, b: Located) -> int:
    """Return the straight-line distance between two places, to the nearest metre."""
    return round(math.sqrt(_square_metres(a, b)))


def walking_minutes(metres: int) -> int:
    """Return how many minutes it takes to walk to a place `metres` away in a straight line, at least 1.

    Streets make the way 1.3 times as long, and people walk 80 metres a minute; both figures are the portal's
    own rule of thumb and pages say so. Rounded up: better early than in front of a closed door.
    """
    # In tenths of a metre, so that no rounding of 1.3 adds a minute.
    return max(1, -(-13 * metres // 800))


def rank(place: Located, hubs: Iterable[AnyCandidate]) -> Findings[AnyCandidate]:
    """Return the hubs by distance from `place`; hubs equally far away keep the order they came in.

    To ask about a topic, pass only the hubs that offer it, each with the access rule that holds there for it.
    No hubs give empty findings.
    """
    nearest_first = sorted(hubs, key=lambda hub: _square_metres(place, hub))
    return Findings(tuple(Found(hub, distance_m(place, hub)) for hub in nearest_first))


def _square_metres(a: Located, b: Located) -> int:
    # Exact in whole numbers, so equal distances compare equal.
    return (a.easting - b.easting) ** 2 + (a.northing - b.northing) ** 2


def _instant(at: datetime | None) -> datetime:
    # Two London times compare by the clock on the wall, which shows 01:30 twice when summer time ends.
    return at.astimezone(UTC) if at else datetime.max.replace(tzinfo=UTC)
