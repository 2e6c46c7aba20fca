"""The replica away: reports and open data say so and come back by themselves; all other pages go on."""

from __future__ import annotations

import time

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from reports import urls as reports_urls
from reports.actions import sign_off
from reports.months import Month
from tests.reports.october import NOVEMBER, on
from tests.reports.replica import bring_back, make_replica, take_away

__all__ = ["make_replica"]

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = "/staff/reports/2026-10/"
OPEN_DATA = ("/open-data/monthly-visits.csv", "/open-data/monthly-visits.json")
NEEDS = {
    "reports": "/staff/reports/",
    "report-month": REPORT,
    "report-range": "/staff/reports/2026-09/2026-10/",
    "sign-off": f"{REPORT}sign-off/",
    "report-rows": f"{REPORT}2026-10/rows/?measure=visits",
    "report-export": f"{REPORT}2026-10/rows/export/?measure=visits",
    "report-figures-csv": f"{REPORT}2026-10/figures.csv",
    "report-figures-xlsx": f"{REPORT}2026-10/figures.xlsx",
}
NEEDS_NONE = {"amendments": "/staff/reports/2026-09/amendments/"}


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER, tick=True):
        yield


@pytest.fixture
def without(manager, october, people, settings, make_replica):
    """A manager's browser, shown errors as anybody would be, while the replica is gone."""
    sign_off(month=Month(2026, 9), by=people["manager"], at=NOVEMBER)
    make_replica()
    settings.OUTAGE_WAIT_SECONDS = 30
    manager.raise_request_exception = False
    assert manager.get(REPORT).status_code == 200
    take_away()
    return manager


def test_every_page_and_file_of_reports_says_that_it_cannot_answer_and_when_to_ask_again(without):
    assert {each.name for each in reports_urls.urlpatterns} == NEEDS.keys() | NEEDS_NONE.keys()
    for path in (*NEEDS.values(), *OPEN_DATA):
        started = time.monotonic()
        answer = without.get(path)

        assert (path, answer.status_code, answer.headers["Retry-After"]) == (path, 503, "5")
        assert "Try again in a minute" in answer.content.decode()
        assert time.monotonic() - started < 5, f"{path} was waited for"


def test_rows_are_not_let_out_half(without):
    asked = {"personal": "yes", "reason": "Audit", "format": "csv"}

    assert without.post(f"{REPORT}2026-10/rows/export/?measure=visits", asked).status_code == 503


def test_all_other_pages_go_on(without, people, topics):
    assert without.get(REPORT).status_code == 503
    for path in ("/", "/bn/", "/hubs/bow/", "/readyz", "/staff/enquiries/", NEEDS_NONE["amendments"]):
        assert (path, without.get(path).status_code) == (path, 200)
    assert without.get(reverse("log-visit") + "?hub=bow").status_code == 200


def test_what_is_kept_is_still_counted_and_signed_off(without, people):
    """Signing off reads the first database; only the page that shows the figures before needs the replica."""
    answer = without.post(f"{REPORT}sign-off/", {"note": ""})

    assert (answer.status_code, answer.headers["Location"]) == (302, REPORT)


def test_reports_are_back_when_the_replica_is(without, october):
    october.visit(on(30))
    assert without.get(REPORT).status_code == 503
    bring_back()

    assert "18 visits" in without.get(REPORT).content.decode()
    assert without.get(OPEN_DATA[1]).json()["months"][0]["month"] == "2026-09"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file's connections do not end")
def test_a_replica_that_only_started_anew_is_not_noticed(without):
    bring_back()

    assert without.get(REPORT).status_code == 200
