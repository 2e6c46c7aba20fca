"""A London month: how it is written, when it begins and ends, what is next."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enquiries.londontime import month_number
from reports.errors import NotAMonth
from reports.months import Month, months_from, months_in


def test_a_month_is_read_and_written_as_in_addresses():
    assert Month.parse("2026-11") == Month(2026, 11)
    assert str(Month(2026, 3)) == "2026-03"
    assert Month(2026, 3).words == "March 2026"
    assert Month.from_number(202603).number == 202603


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-00", "2026-13", "2026-1", "26-01", "2026-11-01", "২০২৬-১১", "2026-11\n", "0999-12"],
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(NotAMonth):
        Month.parse(text)


@pytest.mark.parametrize("number", [0, 202600, 202613, 189912, 300001, -5])
def test_a_number_that_is_no_month_is_refused(number):
    with pytest.raises(NotAMonth):
        Month.from_number(number)


def test_there_is_no_month_after_the_last():
    with pytest.raises(NotAMonth):
        Month(2999, 12).plus(1)


def test_a_month_begins_and_ends_at_midnight_in_london():
    april = Month(2026, 4)

    assert april.starts_at.astimezone(UTC) == datetime(2026, 3, 31, 23, 0, tzinfo=UTC)
    assert april.ends_at.astimezone(UTC) == datetime(2026, 4, 30, 23, 0, tzinfo=UTC)
    assert april.first_day == date(2026, 4, 1)
    assert Month.of(datetime(2026, 3, 31, 22, 59, tzinfo=UTC)) == Month(2026, 3)
    assert Month.of(datetime(2026, 3, 31, 23, 0, tzinfo=UTC)) == april


def test_a_month_is_over_when_the_next_begins_in_london():
    october = Month(2026, 10)

    assert october.is_over(datetime(2026, 11, 1, 0, 0, tzinfo=UTC))
    assert not october.is_over(datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    assert not Month(2026, 7).is_over(datetime(2026, 7, 31, 22, 59, tzinfo=UTC))
    assert Month(2026, 7).is_over(datetime(2026, 7, 31, 23, 0, tzinfo=UTC))


def test_months_run_over_the_end_of_a_year():
    assert Month(2023, 11).plus(2) == Month(2024, 1)
    assert Month(2024, 1).plus(-13) == Month(2022, 12)
    assert [str(each) for each in months_from(Month(2023, 11), Month(2024, 1))] == [
        "2023-11",
        "2023-12",
        "2024-01",
    ]
    assert list(months_from(Month(2024, 1), Month(2023, 11))) == []
    assert months_in(Month(2023, 3), Month(2023, 11)) == 9
    assert months_in(Month(2023, 11), Month(2024, 1)) == 3


@given(st.integers(0, 32_400_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_moment_lies_in_the_month_that_is_stored_with_it(at):
    month = Month.of(at)

    assert month.number == month_number(at)
    assert month.starts_at <= at < month.ends_at
