"""What a page of days or of times offers, ready to be shown: no query, no clock of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from hubs.wording import date_words, month_words

from .wording import Timed, clock_words, is_morning


class FreeSlot(Timed, Protocol):
    """A slot with a free desk."""

    pk: int


class FreeDay(Protocol):
    """A London date with something free."""

    on: date
    places: int


@dataclass(frozen=True)
class DayChoice:
    """A day on which somebody can be seen."""

    on: date
    words: str
    places: int
    """How many appointments are left."""
    path: str


@dataclass(frozen=True)
class Month:
    """A heading over days."""

    words: str
    days: list[DayChoice]


@dataclass(frozen=True)
class TimeChoice:
    """A time at which somebody can be seen."""

    pk: int
    starts: str
    ends: str


@dataclass(frozen=True)
class Times:
    """The times of a day, before and after noon."""

    morning: list[TimeChoice]
    afternoon: list[TimeChoice]

    def __iter__(self) -> Iterator[TimeChoice]:
        return iter([*self.morning, *self.afternoon])


def months_of(days: Iterable[FreeDay], base: str) -> list[Month]:
    """Return days in order under their months; `base` is the address below which each day has its own."""
    chosen = [
        DayChoice(day.on, date_words(day.on), day.places, f"{base}{day.on.isoformat()}/") for day in days
    ]
    by_month = groupby(chosen, key=lambda day: (day.on.year, day.on.month))
    grouped = [list(each) for _month, each in by_month]
    return [Month(month_words(each[0].on), each) for each in grouped]


def times_of(slots: Iterable[FreeSlot]) -> Times:
    """Return the times of one day, in order."""
    morning: list[TimeChoice] = []
    afternoon: list[TimeChoice] = []
    for slot in slots:
        half = morning if is_morning(slot.starts_at) else afternoon
        half.append(TimeChoice(slot.pk, clock_words(slot.starts_at), clock_words(slot.ends_at)))
    return Times(morning, afternoon)
