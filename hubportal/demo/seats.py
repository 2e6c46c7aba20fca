"""When somebody came by appointment in the demo's last months: each has a seat, a time and a desk of the day.

Before `kept_since` the demo's hubs kept no appointments in the portal: whoever came for one has no booking.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from enquiries.models import Visit
from hubs.access import Access

from .borough import OpenDay, in_office
from .lives import PlannedVisit, visit_token

WINDOWS = ((time(9, 30), time(12, 30)), (time(13, 30), time(16, 30)))
"""When people are seen by appointment in the demo. Made up: no source says when the Town Hall does."""
MINUTES, DESKS = 30, 2
_MONTHS_KEPT = 3
"""Whole months before the running one. Bookings for all of the history would double what loading takes."""

_LATE = 0.12
_QUARTER = 900
_LEAD_DAYS = 6.0
_LONGEST_LEAD = 28


def kept_since(today: date) -> date:
    """Return the first London date with appointments in the portal, in a demo that is loaded on a date."""
    year, month = divmod(today.year * 12 + today.month - 1 - _MONTHS_KEPT, 12)
    return date(year, month + 1, 1)


def starts() -> list[int]:
    """Return every slot of a day in order, in seconds after midnight."""
    return [
        seconds
        for opens, closes in WINDOWS
        for seconds in range(_seconds(opens), _seconds(closes), MINUTES * 60)
    ]


def give_seats(month: int, visits: Iterable[PlannedVisit], days: Iterable[OpenDay], known: int) -> None:
    """Seat whoever came by appointment at the nearest time with a free desk, as a known resident.

    Effects: their arrival moves to a few minutes before that time, or after it, and who they are is set.
    Where a day has no desk left, they stay as they were: without a booking.
    """
    open_days = {(each.hub.pk, each.on): each for each in days if each.hub.access == Access.APPOINTMENT_ONLY}
    taken: Counter[tuple[int, datetime]] = Counter()
    for visit in visits:
        if visit.kind != Visit.Kind.APPOINTMENT:
            continue
        rng = random.Random(f"{month} {visit.number} seat")  # noqa: S311
        hub, arrived_at = visit.hub.pk, visit.arrived_at
        free = [each for each in _open_starts(open_days[hub, visit.on]) if taken[hub, each] < DESKS]
        if not free:
            continue
        start = min(free, key=lambda each: abs(each - arrived_at))
        taken[hub, start] += 1
        _sit_down(visit, start, rng)
        visit.seat = start
        visit.booked_at = booked_at(visit_token(month, visit.number), start)
        visit.booked_by = rng.randrange(known)


def seat_of(arrived_at: datetime) -> datetime:
    """Return the start of the appointment for which somebody with a seat arrived."""
    half = MINUTES * 60
    return datetime.fromtimestamp(round(arrived_at.timestamp() / half) * half, tz=arrived_at.tzinfo)


def booked_at(token: UUID, start: datetime) -> datetime:
    """Return when the appointment was made for which the visit with this token was the arrival."""
    rng = random.Random(str(token))  # noqa: S311
    days = min(int(rng.expovariate(1 / _LEAD_DAYS)), _LONGEST_LEAD)
    return start - timedelta(days=days, minutes=rng.randrange(30, 14 * 60 if days else 120))


def _open_starts(day: OpenDay) -> list[datetime]:
    quarters = set(day.quarters[0])
    return [in_office(day.on, seconds) for seconds in starts() if {seconds - _QUARTER, seconds} <= quarters]


def _sit_down(visit: PlannedVisit, start: datetime, rng: random.Random) -> None:
    late = rng.random() < _LATE
    visit.arrived_at = start + timedelta(seconds=rng.randrange(120, 600) if late else -rng.randrange(90, 660))
    visit.ends_at = max(start, visit.arrived_at) + timedelta(seconds=rng.randrange(600, 1500))
    visit.logged_late_at = None
    for each in visit.enquiries:
        each.opened_at, each.answered_at = visit.arrived_at, visit.ends_at


def _seconds(reading: time) -> int:
    return reading.hour * 3600 + reading.minute * 60
