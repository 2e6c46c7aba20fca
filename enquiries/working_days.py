"""Dates that a service promised, in working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

_SATURDAY = 5


def is_working_day(day: date, bank_holiday: Callable[[date], str | None]) -> bool:
    """Whether a service works on `day`: Monday to Friday, and no bank holiday in England."""
    return day.weekday() < _SATURDAY and bank_holiday(day) is None


def due_date(sent_on: date, working_days: int, bank_holiday: Callable[[date], str | None]) -> date:
    """Return the last day on which an answer is in time.

    Counting starts with the working day after `sent_on`, as councils count: sent on a Monday with one working
    day is due on Tuesday.
    """
    day = sent_on
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, bank_holiday)
    return day
