"""Every figure of a report stands for exactly its rows, and parts add up to their whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hubs.models import Topic
from reports.actions import sign_off
from reports.counting import Signed
from reports.errors import UnknownRows
from reports.figures import Figure
from reports.measures import MEASURES
from reports.months import Month
from reports.report import Report, report
from reports.rows import Rows, Scope, rows_of
from tests.reports.borough import Borough

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


@pytest.fixture
def full(borough: Borough) -> Borough:
    """A borough with something for every figure, in October, November and a year before."""
    for month in ((2025, 11), (2026, 10), (2026, 11)):
        fill(borough, datetime(*month, 2, 10, 0, tzinfo=UTC))
    return borough


def fill(borough: Borough, at: datetime) -> None:
    someone, (bow, cubitt), minute = borough.resident(), borough.hubs, timedelta(minutes=1)
    for number, topic in enumerate(borough.topics):
        facts = {"topic": topic, "hub": (bow, cubitt)[number % 2], "language": ("en", "bn", "")[number]}
        borough.enquiry(at + number * minute, ends="resolved", resident=someone, **facts)
        borough.enquiry(at + timedelta(days=5), ends="signposted", cause=borough.causes[number % 2], **facts)
        sent = borough.enquiry(at + timedelta(days=1), status="referred", **facts)
        borough.referral(
            sent, at + timedelta(days=1), had_all=bool(number), finished_after=timedelta(days=number)
        )
        borough.feedback(sent, at + timedelta(days=9), ("yes", "partly", "no")[number])
    borough.referral(sent, at + timedelta(days=2), service=borough.services[1], returned=True)
    borough.enquiry(at + timedelta(days=3), ends="resolved", resident=someone)
    borough.enquiry(at + timedelta(days=4), channel="online", ends="resolved")
    borough.enquiry(at + timedelta(days=4), channel="phone")
    visit = borough.visit(at, called_after=8 * minute)
    borough.enquiry(at, visit=visit, topic=borough.topics[0])
    borough.enquiry(at, visit=visit, topic=borough.topics[1])
    borough.visit(at + timedelta(hours=2), called_after=11 * minute, hub=cubitt)
    borough.visit(at + timedelta(hours=3), left="wait")
    for number, fates in enumerate((("cancelled", "arrived", "missed"), ("finished",), ("booked",), ())):
        slot = borough.slot(at + timedelta(hours=number), hub=(bow, cubitt)[number % 2])
        for fate in fates:
            borough.booking(slot, status=fate, topic=borough.topics[number], ahead=timedelta(days=number))
    borough.visit(
        at + timedelta(hours=3),
        kind="urgent",
        urgent_reason="Homeless tonight",
        hub_access="appointment_only",
    )


def every_figure(found: Report) -> Iterator[Figure]:
    for headline in found.headlines:
        yield from (headline.now, headline.before, headline.year_ago)
    for table in found.tables:
        for row in (*table.rows, *filter(None, [table.total])):
            yield from row.figures
    yield from found.hours.values()
    for month in found.trend:
        yield from month.figures.values()


def with_bases(figures: Iterator[Figure]) -> Iterator[Figure]:
    for figure in figures:
        yield figure
        if figure.base:
            yield figure.base


def wrong_figures(found: Report) -> list[str]:
    """Figures that are not the number of their rows, by way of the address that leads to them."""
    signed = Signed.read().moments
    wrong = []
    for figure in set(with_bases(every_figure(found))):
        rows = Rows.read(figure.rows.first, figure.rows.last, figure.rows.query())
        number = rows_of(rows, at=found.at, signed=signed).count()
        if (rows, number) != (figure.rows, figure.count) or (
            figure.unit == "count" and figure.value != number
        ):
            wrong.append(f"{figure}: {number} rows")
    return wrong


def scopes(borough: Borough) -> list[Scope]:
    hub, topic = borough.hubs[0], borough.topics[0]
    return [Scope(), Scope(hub=hub), Scope(topic=topic), Scope(channel="online"), Scope(no_hub=True)]


@pytest.mark.parametrize("number", range(5))
def test_every_figure_is_the_number_of_its_rows(full, number):
    found = report(NOVEMBER, NOVEMBER, scope=scopes(full)[number], at=AT)

    assert wrong_figures(found) == []


def test_every_figure_of_signed_off_months_is_the_number_of_its_rows(full, people):
    for month in (Month(2025, 11), OCTOBER):
        sign_off(month=month, by=people["manager"], at=AT)
    found = report(OCTOBER, NOVEMBER, at=AT + timedelta(days=14))

    assert wrong_figures(found) == []
    assert [each.month for each in found.signed] == [202610]
    assert not found.is_signed_off


def test_the_rows_for_this_test_reach_every_measure(full):
    found = report(NOVEMBER, NOVEMBER, at=AT)

    assert [key for key in MEASURES if found.counts.count(key).count == 0] == []


def test_parts_add_up_to_the_whole(full):
    for scope in scopes(full)[:4]:
        found = report(OCTOBER, NOVEMBER, scope=scope, at=AT)
        for key in (
            "hubs",
            "topics",
            "channels",
            "outcomes",
            "services",
            "left",
            "causes",
            "avoidable_topics",
            "languages",
            "kinds",
            "appointments",
            "slots",
        ):
            table = found.table(key)
            wholes = [figure.count for figure in table.total.figures]

            assert [
                sum(row.figures[at].count for row in table.rows) for at in range(len(wholes))
            ] == wholes, key
        assert sum(figure.count for figure in found.hours.values()) == found.headline("visits").now.count


def test_a_cause_names_its_owner_or_whose_topics_it_was_noted_for(borough):
    letter, chasing = borough.causes
    at = datetime(2026, 10, 2, 10, 0, tzinfo=UTC)
    Topic.objects.filter(pk=borough.topics[1].pk).update(service=None)
    borough.enquiry(at, cause=letter)
    for topic in (borough.topics[0], borough.topics[0], borough.topics[1]):
        borough.enquiry(at, cause=chasing, topic=topic)
    found = report(OCTOBER, OCTOBER, at=AT).table("causes")

    notes = {row.label: row.note for row in found.rows}
    assert notes == {"Chasing progress": "Housing options 67%", "Letter unclear": "Benefits service"}


def test_the_days_ahead_are_the_middle_of_all_appointments(borough):
    slot = borough.slot(datetime(2026, 10, 2, 10, 0, tzinfo=UTC), desks=3)
    for days in (1, 2, 9):
        borough.booking(slot, ahead=timedelta(days=days))
    found = report(OCTOBER, OCTOBER, at=AT).table("slots").total.figures[4]

    assert (found.value, found.unit, found.count) == (2, "days", 3)


def test_a_slot_is_full_when_every_desk_is_taken_by_somebody_who_did_not_cancel(borough):
    at = datetime(2026, 10, 2, 10, 0, tzinfo=UTC)
    for fates in (("booked", "missed"), ("cancelled", "booked"), ("cancelled",), ()):
        slot = borough.slot(at)
        for fate in fates:
            borough.booking(slot, status=fate)
    borough.slot(at, withdrawn=True)
    slots, used, full = report(OCTOBER, OCTOBER, at=AT).table("slots").total.figures[:3]

    assert (slots.count, used.count, full.count) == (4, 2, 1)


def test_a_report_compares_with_the_month_before_and_the_year_before(full):
    visits = report(NOVEMBER, NOVEMBER, at=AT).headline("visits")
    range_visits = report(OCTOBER, NOVEMBER, at=AT).headline("visits")

    assert [figure.rows.first for figure in (visits.now, visits.before, visits.year_ago)] == [
        NOVEMBER,
        OCTOBER,
        Month(2025, 11),
    ]
    assert (range_visits.before.rows.first, range_visits.before.rows.last) == (Month(2026, 8), Month(2026, 9))
    assert (range_visits.year_ago.rows.first, range_visits.year_ago.rows.last) == (
        Month(2025, 10),
        Month(2025, 11),
    )
    assert visits.now.count == visits.before.count == visits.year_ago.count > 0
    assert (range_visits.now.count, range_visits.before.count) == (2 * visits.now.count, 0)


def test_a_report_without_rows_says_nothing_instead_of_dividing(hubs):
    found = report(NOVEMBER, NOVEMBER, at=AT)

    assert {headline.key: headline.now.value for headline in found.headlines} == {
        "visits": 0,
        "enquiries": 0,
        "referrals": 0,
        "resolved": 0,
        "verified": None,
        "waits": None,
        "within": None,
        "told_once": None,
        "unrecorded": None,
        "left": None,
    }
    assert found.is_unfinished
    assert not found.trend[0].unfinished
    assert found.trend[-1].unfinished


def test_a_report_takes_as_many_statements_whatever_there_is_to_count(borough):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            report(OCTOBER, NOVEMBER, at=AT)
        return len(asked)

    fill(borough, datetime(2026, 11, 2, 10, 0, tzinfo=UTC))
    once = statements()
    fill(borough, datetime(2026, 10, 2, 10, 0, tzinfo=UTC))
    fill(borough, datetime(2025, 11, 2, 10, 0, tzinfo=UTC))

    assert (once, statements()) == (22, 22)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"measure": "secrets"},
        {"measure": "visits", "hub": "nowhere"},
        {"measure": "visits", "topic": "nothing"},
        {"measure": "visits", "channel": "pigeon"},
        {"measure": "enquiries", "outcome": "1; DROP"},
        {"measure": "enquiries", "outcome": "९"},
        {"measure": "enquiries", "first_contact": "perhaps"},
        {"measure": "by_hour", "hour_of_week": "9999999999"},
    ],
)
def test_an_address_that_no_report_has_is_refused(hubs, query):
    with pytest.raises(UnknownRows):
        Rows.read(NOVEMBER, NOVEMBER, query)
