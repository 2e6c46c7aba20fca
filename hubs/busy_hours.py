"""When a hub is usually busy and when it is quiet, in words and never in numbers. Pure.

Visits are counted elsewhere, by weekday and hour of arrival (London time). An hour is busy when at least a
third more people come than in the hub's average hour, quiet when at least a third fewer do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from hubs.opening import Period, merged

FEWEST_VISITS = 120
"""With fewer visits than this in all, nothing is said: it would be chance, and might be about somebody."""

WEEKS = 12
"""Over how many weeks the visits are counted."""

_THIRD = 1 / 3
_DAY = 24 * 60
"""Minutes."""


class Level(StrEnum):
    """How busy an hour of the week usually is, against the hub's own average hour."""

    QUIET = "quiet"
    STEADY = "steady"
    BUSY = "busy"


@dataclass(frozen=True)
class BusyDay:
    """One weekday, Monday 0: its busy and its quiet times."""

    weekday: int
    busy: tuple[Period, ...]
    quiet: tuple[Period, ...]


def usual_levels(visits: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], Level]:
    """Return the level of each (weekday, hour) of `visits`; nothing where there are too few in all.

    Leave out hours in which the hub is closed: somebody at the door at closing time makes no quiet hour.
    """
    total = sum(visits.values())
    if total < FEWEST_VISITS:
        return {}
    average = total / len(visits)
    return {hour: _level(count / average) for hour, count in visits.items()}


def busy_days(levels: Mapping[tuple[int, int], Level], week: Mapping[int, Sequence[Period]]) -> list[BusyDay]:
    """Return the weekdays on which a hub opens in its usual `week`, with what is known of them.

    Hours that lie outside the opening hours of today's week are left out.
    """
    return [
        BusyDay(
            weekday,
            _times(levels, weekday, periods, Level.BUSY),
            _times(levels, weekday, periods, Level.QUIET),
        )
        for weekday, periods in sorted(week.items())
        if periods and any(day == weekday for day, _hour in levels)
    ]


def hours_within(periods: Sequence[Period]) -> list[int]:
    """Return the hours of the day that begin or end while the hub is open."""
    return [hour for hour in range(24) if any(_overlap(hour, period) for period in periods)]


def _level(against_average: float) -> Level:
    if against_average >= 1 + _THIRD:
        return Level.BUSY
    return Level.QUIET if against_average <= 1 - _THIRD else Level.STEADY


def _times(
    levels: Mapping[tuple[int, int], Level], weekday: int, periods: Sequence[Period], wanted: Level
) -> tuple[Period, ...]:
    found = [
        part
        for period in periods
        for hour in range(24)
        if levels.get((weekday, hour)) == wanted and (part := _overlap(hour, period))
    ]
    return merged(found)


def _overlap(hour: int, period: Period) -> Period | None:
    """Return the part of an hour of the day that lies within a period; None where there is none."""
    starts = max(hour * 60, _minutes(period.opens))
    ends = min(hour * 60 + 60, _minutes(period.closes) or _DAY)
    return Period(_clock(starts), _clock(ends)) if starts < ends else None


def _minutes(reading: time) -> int:
    return reading.hour * 60 + reading.minute


def _clock(minutes: int) -> time:
    return time(minutes % _DAY // 60, minutes % 60)
