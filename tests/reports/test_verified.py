"""Resolved at first contact, verified: nobody came back about it, as far as anybody can know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.months import Month
from reports.report import report
from tests.reports.borough import Borough

SUMMER = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
LATE = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
TWO_WEEKS = timedelta(days=14)


def checked(at: datetime = LATE) -> tuple[int, int]:
    """How many claims of July 2026 can be checked, and how many are verified."""
    figure = report(Month(2026, 7), Month(2026, 7), at=at).headline("verified").now
    return figure.base.count, figure.count


@pytest.mark.parametrize(
    ("after", "topic", "verified"),
    [
        (timedelta(minutes=1), 0, 0),
        (TWO_WEEKS, 0, 0),
        (TWO_WEEKS + timedelta(seconds=1), 0, 1),
        (timedelta(days=2), 1, 1),
        (timedelta(0), 0, 1),
        (timedelta(days=-1), 0, 1),
    ],
)
def test_whoever_asks_again_on_the_topic_within_two_weeks_undoes_it(borough: Borough, after, topic, verified):
    someone = borough.resident()
    borough.enquiry(SUMMER, ends="resolved", resident=someone)
    borough.enquiry(SUMMER + after, resident=someone, topic=borough.topics[topic], ends="signposted")

    assert checked() == (1, verified)


def test_the_two_weeks_begin_when_it_was_closed(borough: Borough):
    someone = borough.resident()
    borough.enquiry(
        SUMMER, ends="resolved", resident=someone, channel="online", closed_after=timedelta(days=3)
    )
    borough.enquiry(SUMMER + timedelta(days=16), resident=someone)

    assert checked() == (1, 0)


def test_another_person_who_asks_undoes_nothing(borough: Borough):
    borough.enquiry(SUMMER, ends="resolved", resident=borough.resident())
    borough.enquiry(SUMMER + timedelta(days=2), resident=borough.resident())

    assert checked() == (1, 1)


def test_an_anonymous_claim_cannot_be_checked(borough: Borough):
    borough.enquiry(SUMMER, ends="resolved")

    assert checked() == (0, 0)


def test_a_claim_can_be_checked_after_fourteen_whole_london_days(borough: Borough):
    borough.enquiry(SUMMER, ends="resolved", resident=borough.resident())

    assert checked(at=datetime(2026, 7, 15, 22, 59, tzinfo=UTC)) == (0, 0)
    assert checked(at=datetime(2026, 7, 15, 23, 0, tzinfo=UTC)) == (1, 1)
