"""Every measure of a report equals what plain SQL, written apart from it, counts for the same months."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from enquiries.actions import merge_residents
from reports.actions import sign_off
from reports.measures import MEASURES
from reports.months import Month
from reports.report import Report, report
from reports.rows import Scope
from reports.tally import CHANNEL, HUB, TOPIC
from tests.reports import stories
from tests.reports.borough import Borough
from tests.reports.plain_sql import measured

AT = datetime(2027, 1, 6, 9, 0, tzinfo=UTC)
"""A Wednesday: what was closed until 22 December can be checked."""

# Not shrunk: each try writes and counts a borough, and a failure says its stories anyhow.
by_random_stories = settings(
    max_examples=8,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
many = st.lists(stories.stories, min_size=4, max_size=14)
spans = st.tuples(st.integers(3, 12), st.integers(3, 12)).map(sorted)


def said_by(found: Report) -> dict[str, Any]:
    """What a report says, in the shape of `measured`."""
    counts, whole = found.counts, found.counts.tally

    def along(axis: str, at: int, key: str = "enquiries") -> dict[Any, int]:
        places = {where[at]: whole.count(MEASURES[key], where) for where in whole.places(axis)}
        return {key: rows for key, rows in places.items() if rows}

    def spread(key: str, column: str) -> dict[Any, int]:
        return {
            value: rows
            for value, rows in whole.spread(MEASURES[key], column).items()
            if rows and value is not None
        }

    return {
        **{key: counts.count(key).count for key in MEASURES},
        "median wait": counts.median_wait().value,
        "median days ahead": counts.median_days_ahead().value,
        "slots by hub": along(HUB, 1, "slots"),
        "mean days": counts.mean_days().value,
        "by hub": along(HUB, 1),
        "by topic": along(TOPIC, 2),
        "by channel": along(CHANNEL, 3),
        "by outcome": spread("enquiries", "outcome"),
        "by cause": spread("avoidable", "cause"),
        "by service": spread("referrals", "service"),
        "by hour": spread("by_hour", "hour_of_week"),
    }


def plainly(first: int, last: int, scope: Scope) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if scope.hub:
        limits["hub"] = scope.hub.pk
    if scope.topic:
        limits["topic"] = scope.topic.pk
    if scope.channel:
        limits["channel"] = scope.channel
    return measured((2026, first), (2026, last), today=AT.date(), **limits)


def scopes_of(borough: Borough) -> list[Scope]:
    hub, topic = borough.hubs[0], borough.topics[0]
    return [
        Scope(),
        Scope(hub=hub),
        Scope(topic=topic),
        Scope(channel="phone"),
        Scope(hub=hub, topic=topic, channel="in_person"),
    ]


@pytest.mark.django_db
@by_random_stories
@given(told=many, span=spans)
def test_a_report_says_what_plain_sql_counts(borough, told, span):
    first, last = span
    with transaction.atomic():
        for story in told:
            stories.write(story, borough)
        for scope in scopes_of(borough):
            found = report(Month(2026, first), Month(2026, last), scope=scope, at=AT)

            assert said_by(found) == plainly(first, last, scope)
        transaction.set_rollback(True)
        borough.residents.clear()


@pytest.mark.django_db
@by_random_stories
@given(told=many, month=st.integers(3, 12))
def test_a_signed_off_month_says_what_it_said_before(borough, told, month):
    with transaction.atomic():
        for story in told:
            stories.write(story, borough)
        borough.visit(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
        before = [
            said_by(report(Month(2026, month), Month(2026, month), scope=scope, at=AT))
            for scope in scopes_of(borough)
        ]
        sign_off(month=Month(2026, month), by=borough.by, at=AT)
        after = [
            said_by(report(Month(2026, month), Month(2026, month), scope=scope, at=AT))
            for scope in scopes_of(borough)
        ]

        assert after == before
        whole_year = report(Month(2026, 3), Month(2026, 12), at=AT)
        assert said_by(whole_year) == plainly(3, 12, Scope())
        transaction.set_rollback(True)
        borough.residents.clear()


@pytest.mark.django_db
@by_random_stories
@given(told=many)
def test_renaming_retiring_and_merging_leave_what_plain_sql_counts(borough, people, told):
    with transaction.atomic():
        for story in told:
            stories.write(story, borough)
        before = said_by(report(Month(2026, 3), Month(2026, 12), at=AT))
        borough.topics[0].name_en = "Homes"
        borough.topics[0].save()
        borough.hubs[1].retired_on = AT.date()
        borough.hubs[1].save()
        merge_residents(keep=borough.residents[0], other=borough.residents[1], by=people["manager"], at=AT)
        after = report(Month(2026, 3), Month(2026, 12), at=AT)

        assert said_by(after) == plainly(3, 12, Scope())
        assert {**said_by(after), "verified": 0} == {**before, "verified": 0}
        transaction.set_rollback(True)
        borough.residents.clear()
