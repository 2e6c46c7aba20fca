"""Reports are read from the replica where there is one; what is kept is counted in the first database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hubs.models import BusyHour
from reports.actions import sign_off
from reports.models import FrozenMonth
from reports.months import Month
from reports.report import report
from tests.reports.october import NOVEMBER, on
from tests.reports.replica import make_replica

__all__ = ["make_replica"]

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = "/staff/reports/2026-10/"
SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)


@pytest.fixture
def lagging(october, people, make_replica):
    """September is signed off; then the replica falls behind: it lacks a visit of October."""
    sign_off(month=SEPTEMBER, by=people["manager"], at=NOVEMBER)
    make_replica()
    october.visit(on(30))
    return october


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


def visits(first: Month = OCTOBER) -> int:
    return report(first, first, at=NOVEMBER).headline("visits").now.count


def test_a_report_its_rows_and_its_files_say_what_the_replica_has(manager, lagging, settings):
    page = manager.get(REPORT).content.decode()
    rows = manager.get(f"{REPORT}2026-10/rows/?measure=visits").content.decode()
    csv = manager.post(f"{REPORT}2026-10/rows/export/?measure=visits", {"personal": "yes", "reason": "Audit"})
    figures = manager.get(f"{REPORT}2026-10/figures.csv")

    assert "17 visits" in page
    assert '<strong id="number">17 visits' in rows
    assert len(b"".join(csv.streaming_content).splitlines()) == 1 + 17
    assert b'"Headline","Visits","","Visits",17,' in b"".join(figures.streaming_content)
    settings.READING_DATABASE = "default"
    assert "18 visits" in manager.get(REPORT).content.decode()


def test_nothing_of_a_report_is_asked_of_the_first_database(manager, lagging):
    with CaptureQueriesContext(connection) as asked:
        for path in (REPORT, f"{REPORT}2026-10/rows/?measure=booked", "/open-data/monthly-visits.json"):
            assert manager.get(path).status_code == 200

    counted = ("enquiries_", "appointments_", "reports_")
    sent = [each["sql"] for each in asked]
    assert [sql for sql in sent if any(f'FROM "{table}' in sql for table in counted)] == []
    # Who asks is looked up where sessions are.
    assert any('FROM "accounts_user"' in sql for sql in sent)


def test_what_is_signed_off_is_counted_in_the_first_database(lagging, people, settings):
    sign_off(month=OCTOBER, by=people["manager"], at=NOVEMBER)

    assert visits() == 17
    settings.READING_DATABASE = "default"
    assert visits() == 18


def test_a_month_is_signed_off_when_the_replica_has_its_figures(lagging, people):
    sign_off(month=OCTOBER, by=people["manager"], at=NOVEMBER)

    assert [each.month for each in report(SEPTEMBER, OCTOBER, at=NOVEMBER).signed] == [SEPTEMBER.number]
    assert FrozenMonth.objects.count() == 2


def test_the_open_data_and_busy_hours_come_from_the_replica(client, lagging):
    FrozenMonth.objects.using("replica").get()
    with CaptureQueriesContext(connections["replica"]) as asked:
        months = client.get(reverse("monthly-visits-json")).json()["months"]
        call_command("refresh_busy_hours", verbosity=0)

    assert [each["month"] for each in months] == ["2026-09"]
    assert any("enquiries_visit" in each["sql"] for each in asked)
    assert set(BusyHour.objects.values_list("counted_on", flat=True)) <= {
        datetime(2026, 11, 24, tzinfo=UTC).date()
    }
