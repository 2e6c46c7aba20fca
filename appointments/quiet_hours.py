"""When a message may make somebody's phone ring: from 08:00 until just before 20:00, London time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hubs.opening import LONDON

MORNING, EVENING = time(8), time(20)

TO_ANSWER = timedelta(hours=24)
"""For so long after they can be told, at least, somebody can act on a time that we changed."""


def is_quiet(at: datetime) -> bool:
    """Whether nobody is to be disturbed at the moment `at`."""
    return not MORNING <= at.astimezone(LONDON).time() < EVENING


def not_before(at: datetime) -> datetime:
    """Return the first moment from `at` on at which a message may be sent; `at` itself by day."""
    if not is_quiet(at):
        return at
    london = at.astimezone(LONDON)
    day = london.date() + timedelta(days=london.time() >= EVENING)
    # Clocks change at night, before eight.
    return datetime.combine(day, MORNING, tzinfo=LONDON).astimezone(at.tzinfo)
