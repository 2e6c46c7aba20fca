"""From a plan to the times of its slots: pure, over the hub's hours on one London date.

A window is London wall time and becomes two instants as `hubs.opening` reads hours: when the clocks go
forward, a time they skip is the moment they change; when they go back, a time shown twice is the first of the
two. From its beginning on slots follow each other in real minutes, so none is missing and none comes twice. A
slot is published where the hub is open for all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hubs.opening import Day, Period, instants


@dataclass(frozen=True, slots=True)
class Window:
    """What of a plan decides when its slots are."""

    weekday: int
    """Monday 0."""
    period: Period
    """London wall time."""
    minutes: int
    """How long a slot is."""
    starts_on: date
    retired_on: date | None = None
    """The first London date without slots."""

    def holds_on(self, on: date) -> bool:
        """Whether the plan has slots on a London date, the hub's hours apart."""
        begun = on >= self.starts_on and (self.retired_on is None or on < self.retired_on)
        return begun and on.weekday() == self.weekday

    def meets(self, other: Window, since: date) -> bool:
        """Whether both have hours in common on a London date from `since` on, the hub's hours apart."""
        if not (
            self.period.lasts_beyond(other.period.opens) and other.period.lasts_beyond(self.period.opens)
        ):
            return False
        first = max(self.starts_on, other.starts_on, since)
        left = (self.weekday - first.weekday()) % 7
        if (date.max - first).days < left:
            return False
        first += timedelta(days=left)
        return self.holds_on(first) and other.holds_on(first)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A slot's time: two instants, UTC."""

    starts_at: datetime
    ends_at: datetime


def stretches(window: Window, day: Day) -> Iterator[Stretch]:
    """Yield the slots of a plan on a London date with the hub's hours on it, in order."""
    if not window.holds_on(day.on):
        return
    open_times = [instants(day.on, period) for period in day.periods]
    start, end = instants(day.on, window.period)
    length = timedelta(minutes=window.minutes)
    while start + length <= end:
        if any(opens <= start and start + length <= closes for opens, closes in open_times):
            yield Stretch(start, start + length)
        start += length
