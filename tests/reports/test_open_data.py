"""Visits by month and hub for everybody: only what was signed off, and no small count."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
import time_machine

from hubs import kept
from reports import actions, append_only
from reports.models import FrozenMonth
from reports.months import Month
from tests.reports.october import NOVEMBER, on

pytestmark = pytest.mark.django_db

CSV, JSON = "/open-data/monthly-visits.csv", "/open-data/monthly-visits.json"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


@pytest.fixture
def published(borough, people):
    """September with many visits at both hubs, October with few at one of them; both signed off."""
    bow, cubitt_town = borough.hubs
    for month, hub, visits in (
        (9, bow, 6),
        (9, cubitt_town, 5),
        (10, bow, 7),
        (10, cubitt_town, 2),
        (11, bow, 9),
    ):
        for hour in range(visits):
            borough.visit(on(3, hour=hour, month=month), hub=hub)
    for month in (9, 10):
        actions.sign_off(month=Month(2026, month), by=people["manager"], at=NOVEMBER)
    return borough


def test_months_are_published_once_signed_off_with_small_counts_hidden(client, published):
    response = client.get(CSV)

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert lines == [
        ["month", "hub", "name", "visits", "hidden", "signed_off_on"],
        ["2026-09", "bow", "Bow hub", "6", "no", "2026-11-24"],
        ["2026-09", "cubitt-town", "Cubitt-Town hub", "5", "no", "2026-11-24"],
        ["2026-09", "all", "All hubs", "11", "no", "2026-11-24"],
        ["2026-10", "bow", "Bow hub", "", "yes", "2026-11-24"],
        ["2026-10", "cubitt-town", "Cubitt-Town hub", "", "yes", "2026-11-24"],
        ["2026-10", "all", "All hubs", "9", "no", "2026-11-24"],
    ]


def test_the_record_says_the_same(client, published):
    record = client.get(JSON).json()

    assert [(each["month"], each["visits"]) for each in record["months"]] == [("2026-09", 11), ("2026-10", 9)]
    assert record["months"][1]["hubs"] == [
        {"hub": "bow", "name": "Bow hub", "visits": None},
        {"hub": "cubitt-town", "name": "Cubitt-Town hub", "visits": None},
    ]
    assert record["smallest_count_shown"] == 5


def test_a_hub_belongs_into_a_month_from_its_first_visit_until_it_is_retired(client, published, hubs, people):
    for hour in range(8):
        published.visit(on(5, hour=hour, month=11), hub=hubs["town-hall"], kind="appointment")
    hubs["cubitt-town"].retired_on = Month(2026, 10).first_day
    hubs["cubitt-town"].save()
    with time_machine.travel(on(1, month=12)):
        actions.sign_off(month=Month(2026, 11), by=people["manager"], at=on(1, month=12))
        record = client.get(JSON).json()

    assert [[hub["hub"] for hub in each["hubs"]] for each in record["months"]] == [
        ["bow", "cubitt-town"],
        ["bow"],
        ["town-hall", "bow"],
    ]


def test_nothing_is_published_before_anything_is_signed_off(client, published):
    with append_only.opened():
        FrozenMonth.objects.all().delete()

    assert client.get(JSON).json()["months"] == []
    assert client.get(CSV).content.decode("utf-8-sig").count("\r\n") == 1


@pytest.mark.parametrize("path", [CSV, JSON])
def test_any_page_may_read_it_and_nobody_write(client, published, path):
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
    assert client.options(path).status_code == 204
    assert client.post(path).status_code == 405


def test_it_takes_few_queries_however_many_months(client, published, django_assert_num_queries, monkeypatch):
    # However slow the machine, the content version is looked at once.
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)
    client.get("/robots.txt")
    with django_assert_num_queries(3):
        client.get(JSON)
