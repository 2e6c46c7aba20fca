"""The London day and month of a moment, as visits and enquiries store them."""

from __future__ import annotations

from datetime import date, datetime

from hubs.opening import LONDON


def service_day(at: datetime) -> date:
    """Return the London date of an aware moment: the day a ticket belongs to."""
    return at.astimezone(LONDON).date()


def month_number(at: datetime) -> int:
    """Return the London month of an aware moment as a number such as 202611.

    Stored with each visit and enquiry, so that a monthly report reads an index instead of converting times.
    A month runs from 00:00 on its first day to 00:00 on the next first, Europe/London.
    """
    day = service_day(at)
    return day.year * 100 + day.month


def hour_of_week(at: datetime) -> int:
    """Return the London hour of an aware moment since Monday 00:00: Tuesday 09:30 is 33.

    Stored with each visit. In the night when the clocks go back two hours share a number, and the one that
    is skipped in spring has none.
    """
    moment = at.astimezone(LONDON)
    return moment.weekday() * 24 + moment.hour
