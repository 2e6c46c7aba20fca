"""Forgetting people changes no report: neither that of a signed-off month nor the rows behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from enquiries import retention
from enquiries.models import Enquiry, Resident, RetentionPeriod
from reports.actions import sign_off
from reports.amendments import amendments, drifts
from reports.models import FrozenMonth
from reports.months import Month
from reports.report import report
from tests.reports.borough import Borough

LONG_AGO = datetime(2023, 5, 10, 10, 0, tzinfo=UTC)
MAY, JUNE = Month(2023, 5), Month(2023, 6)


@pytest.fixture
def old(borough: Borough, people) -> Borough:
    """Somebody who came in May and June 2023; May is signed off; what is older than two years goes."""
    someone = borough.resident()
    for at in (LONG_AGO, LONG_AGO + timedelta(days=31)):
        borough.enquiry(at, ends="resolved", resident=someone, words="The ceiling leaks.", language="bn")
        sent = borough.enquiry(at, ends="signposted", words="A letter", cause=borough.causes[0])
        borough.referral(sent, at, finished_after=timedelta(days=2))
        borough.feedback(sent, at, "yes")
        borough.visit(at, called_after=timedelta(minutes=4), needs="A chair")
    sign_off(month=MAY, by=people["manager"], at=LONG_AGO + timedelta(days=60))
    for period in ("people", "stories"):
        RetentionPeriod.objects.update_or_create(
            period=period, defaults={"months": 24, "decided_on": date(2026, 1, 5), "source": "made up"}
        )
    return borough


def purged(**options: object) -> list[str]:
    out = StringIO()
    call_command("purge_expired", stdout=out, **options)
    return out.getvalue().splitlines()


def said(month: Month) -> list[object]:
    found = report(month, month, at=LONG_AGO + timedelta(days=1300))
    tables = [(table.key, [row.figures for row in table.rows]) for table in found.tables]
    return [[(each.key, each.now) for each in found.headlines], tables, found.hours, found.trend]


def stories(month: Month) -> set[str]:
    return set(Enquiry.objects.filter(month=month.number).values_list("words", flat=True))


@pytest.fixture
def no_sweep(monkeypatch):
    """Writing the file anew cannot be done inside a test's transaction; retention's own tests do it."""
    swept: list[bool] = []
    monkeypatch.setattr(retention, "sweep", lambda: swept.append(True))
    return swept


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(old, no_sweep):
    words = purged(dry_run=True)

    assert words[0] == "Months signed off: 1. What is counted in any other stays as it is."
    assert words[-1] == "Nothing was changed."
    assert "  2 enquiries emptied" in words
    assert "  2 enquiries kept: their month is not signed off" in words
    assert (stories(MAY), no_sweep) == ({"The ceiling leaks.", "A letter"}, [])


def test_only_signed_off_months_are_emptied(old, no_sweep):
    purged()

    assert stories(MAY) == {""}
    assert stories(JUNE) == {"The ceiling leaks.", "A letter"}
    assert Resident.objects.filter(anonymised_at__isnull=True).count() == 1
    assert no_sweep == [True]


def test_every_report_is_the_same_before_and_after(old, people, no_sweep):
    sign_off(month=JUNE, by=people["manager"], at=LONG_AGO + timedelta(days=90))
    before = [said(MAY), said(JUNE)]
    purged()

    assert stories(MAY) == stories(JUNE) == {""}
    assert Resident.objects.filter(anonymised_at__isnull=True).count() == 0
    assert [said(MAY), said(JUNE)] == before
    for frozen in FrozenMonth.objects.all():
        assert (drifts(frozen), amendments(frozen)) == ([], [])


def test_a_second_run_finds_nothing_to_do(old, no_sweep):
    purged()

    assert "Done: nothing" in purged()
    assert no_sweep == [True]
