"""The privacy page says how long things are kept, as far as the council has decided it."""

from __future__ import annotations

from datetime import date

import pytest

from enquiries.models import RetentionPeriod
from hubs import kept
from hubs.data_map import Period
from tests.reading import Reading

pytestmark = pytest.mark.django_db


def decide(period: str, months: int) -> None:
    RetentionPeriod.objects.create(
        period=period, months=months, decided_on=date(2026, 1, 5), source="Minutes"
    )


def said(client, prefix: str = "") -> str:
    return Reading(client.get(f"{prefix}/privacy/")).words


def test_nothing_is_decided_at_first(client):
    assert "The council has not yet decided how long this is kept." in said(client)


@pytest.mark.parametrize(
    ("months", "words"), [(12, "1 year"), (24, "2 years"), (1, "1 month"), (18, "18 months")]
)
def test_a_decided_period_stands_there_in_words(client, months, words):
    decide(Period.PEOPLE, months)

    assert f"Your name and how to reach you {words} What you came about The council has not" in said(client)


def test_it_stands_there_in_bengali_too(client):
    decide(Period.STORIES, 24)

    assert "আপনি যে বিষয়ে এসেছিলেন 2 বছর" in said(client, "/bn")


def test_a_period_about_staff_alone_is_not_for_residents(client):
    decide(Period.SIGN_INS, 1)

    assert "The council has not yet decided how long this is kept." in said(client)


def test_an_administrator_enters_a_period_and_residents_read_it(client, people):
    client.get("/privacy/")
    client.force_login(people["administrator"])
    typed = {"period": "people", "months": "36", "decided_on": "2026-01-05", "source": "Minutes of 5 January"}
    answer = client.post("/console/enquiries/retentionperiod/add/", typed)

    kept.forget()  # a second later

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert "Your name and how to reach you 3 years" in said(client)


@pytest.mark.parametrize("months", ["0", "1201", "-1"])
def test_a_period_that_makes_no_sense_is_refused_in_words(client, people, months):
    client.force_login(people["administrator"])
    typed = {"period": "people", "months": months, "decided_on": "2026-01-05", "source": "Minutes"}
    answer = client.post("/console/enquiries/retentionperiod/add/", typed)

    assert answer.status_code == 200
    assert not RetentionPeriod.objects.exists()
