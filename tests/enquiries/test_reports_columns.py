"""Columns that reports count by: worked out for rows that were there before, and kept up for new ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from enquiries import actions, migrations
from enquiries.londontime import hour_of_week
from enquiries.models import Feedback, Referral, Visit
from tests.conftest import MONDAY_NOON

SUMMER_NIGHT = datetime(2026, 7, 31, 23, 30, 15, 123456, tzinfo=UTC)
"""Saturday 1 August 2026, 00:30 in London."""


@pytest.mark.parametrize(
    ("at", "hour"),
    [
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), 0),
        (datetime(2026, 11, 24, 9, 59, tzinfo=UTC), 33),
        (datetime(2026, 11, 29, 23, 59, tzinfo=UTC), 167),
        (SUMMER_NIGHT, 120),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), 146),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 145),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 145),
    ],
)
def test_the_hour_of_the_week_is_londons(at, hour):
    assert hour_of_week(at) == hour


def test_rows_that_were_there_before_get_their_columns(refer, log, outcomes):
    referral = refer(at=SUMMER_NIGHT)
    given, _ = actions.give_feedback(enquiry=referral.enquiry, answer="yes", comment="", at=SUMMER_NIGHT)
    log(at=SUMMER_NIGHT)
    Visit.objects.update(hour_of_week=0)
    Referral.objects.update(month=190001)
    Feedback.objects.update(month=190001)
    name = next(Path(migrations.__path__[0]).glob("*_reports_columns.py")).stem
    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        import_module(f"enquiries.migrations.{name}").fill(None, editor)

    assert Visit.objects.get(arrived_at=SUMMER_NIGHT).hour_of_week == 120
    assert Visit.objects.get(arrived_at=MONDAY_NOON).hour_of_week == 12
    assert (Referral.objects.get().month, Feedback.objects.get(pk=given.pk).month) == (202608, 202608)


@pytest.mark.parametrize(
    ("wait", "minutes"),
    [(-5, 0), (0, 0), (1, 1), (60, 1), (60.001, 2), (600, 10), (600.5, 11), (86400, 1440)],
)
def test_a_wait_is_in_minutes_begun(log, people, wait, minutes):
    visit = log(waiting=True).visit
    called_at = MONDAY_NOON + timedelta(seconds=wait)
    Visit.objects.filter(pk=visit.pk).update(called_at=called_at, called_by=people["desk"])

    assert Visit.objects.get(pk=visit.pk).wait_minutes == minutes


def test_nobody_has_waited_who_was_not_called(log):
    assert log(waiting=True).visit.wait_minutes is None


@pytest.mark.parametrize(
    ("after", "days"),
    [(timedelta(hours=23), 0), (timedelta(days=3), 3), (timedelta(days=4, seconds=-1), 3), (None, None)],
)
def test_a_referral_takes_whole_days(refer, people, outcomes, after, days):
    referral = refer(at=SUMMER_NIGHT)
    if after is not None:
        actions.accept(referral=referral, had_all=True, by=people["officer"], at=SUMMER_NIGHT)
        done = {"outcome": outcomes["resolved"], "sentence": "Done.", "by": people["officer"]}
        actions.finish(referral=referral, **done, at=SUMMER_NIGHT + after)

    assert Referral.objects.get().days_taken == days
