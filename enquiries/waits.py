"""How long people wait, in whole minutes, whatever the clock on the wall does meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import median_low


def minutes_between(start: datetime, end: datetime) -> int:
    """Return the whole minutes from one aware moment to a later one, 0 when `end` is earlier.

    In UTC: two London times subtract by the clock on the wall, which loses an hour in October.
    """
    return max(0, int((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds()) // 60)


def median_wait(waits: Iterable[tuple[datetime, datetime]]) -> int | None:
    """Return the median of (arrived, called) in whole minutes, the lower of two middles; None for nobody."""
    minutes = [minutes_between(arrived, called) for arrived, called in waits]
    return median_low(minutes) if minutes else None
