"""Months that the demo's manager has signed off, so that reports and the open data show what that means."""

from __future__ import annotations

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS

from accounts.models import User
from reports import actions, append_only
from reports.models import FrozenMonth
from reports.months import Month
from reports.report import first_month

from . import volumes

LATEST = range(2, 5)
"""How many months ago the latest were that are signed off; the last whole month is left to try it on."""


def sign_months_off(*, at: datetime, by: str = "manager") -> int:
    """Sign off the months with published totals and the latest but one to three; return how many were new.

    Months before the first figures are left alone, and those that are signed off already.
    """
    earliest = first_month(DEFAULT_DB_ALIAS)
    today = Month.of(at)
    wanted = {
        *map(Month.from_number, volumes.PUBLISHED_MONTHS),
        *(today.plus(-back) for back in LATEST),
    }
    done = set(FrozenMonth.objects.values_list("month", flat=True))
    due = [each for each in sorted(wanted) if earliest and each >= earliest and each.number not in done]
    manager = User.objects.get(username=by)
    for month in due:
        actions.sign_off(month=month, by=manager, at=at)
    return len(due)


def forget_signed_months() -> None:
    """Delete the figures of every signed-off month: they were of the history that is being deleted."""
    with append_only.opened():
        FrozenMonth.objects.all().delete()
