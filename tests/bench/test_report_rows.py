"""The bench's made-up rows are those that reports count, and what guards the tables stands after them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from bench.report_rows import MONTHS, fill
from enquiries.models import Enquiry, EnquiryEvent, Feedback, Referral, Visit
from reports.measures import MEASURES
from reports.months import Month
from reports.report import report
from tests.reports.conftest import borough
from tests.reports.plain_sql import measured

__all__ = ["borough"]

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 12, 28, 12, 0, tzinfo=UTC)
NOVEMBER = Month(2026, 11)
ENQUIRIES = MONTHS * 8
CASTS = re.compile(r"::(text|character varying)(\[\])?|[()]")


def guards() -> set[tuple[str, ...]]:
    """Indexes and triggers of the tables that are filled."""
    tables = [model._meta.db_table for model in (Visit, Enquiry, Referral, Feedback)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
            return {row for row in cursor.fetchall() if row[2] in tables}
        cursor.execute("SELECT indexname, tablename, indexdef FROM pg_indexes")
        # PostgreSQL casts a list as a whole where it is told its own words, each of it where it is told ours.
        return {
            (name, table, CASTS.sub("", words)) for name, table, words in cursor.fetchall() if table in tables
        }


@pytest.fixture
def filled(borough):
    before = guards()
    fill(ENQUIRIES, NOVEMBER, borough.by.pk)
    return before


def test_what_guards_the_tables_is_made_again(filled):
    assert guards() == filled
    assert Enquiry.objects.count() == ENQUIRIES
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=Visit.objects.earliest("pk").pk).update(
            kind="walk_in", hub_access="appointment_only"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        EnquiryEvent.objects.create(enquiry_id=10**6, kind="opened", at=AT)


def test_rows_are_those_that_a_report_counts(filled):
    said = report(NOVEMBER, NOVEMBER, at=AT).counts
    plain = measured((2026, 11), (2026, 11), today=AT.date())

    assert {key: said.count(key).count for key in MEASURES} == {key: plain[key] for key in MEASURES}
    assert said.median_wait().value == plain["median wait"]
    assert plain["visits"] > 0
    assert plain["by hour"] == dict(said.tally.spread(MEASURES["by_hour"], "hour_of_week"))


def test_new_rows_are_numbered_on_from_the_made_up_ones(filled, borough):
    last = Visit.objects.latest("pk").pk

    assert borough.visit(AT).pk == last + 1
