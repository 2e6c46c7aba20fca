"""Totals spread over months and days: nothing is lost, and the published figures are exact."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubportal.demo import volumes
from hubportal.demo.lives import message_token, reference, visit_token, waiting_token


@given(st.integers(0, 20_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_parts_add_up_and_are_within_one_of_their_share(total, weights):
    parts = volumes.apportion(total, weights)

    assert sum(parts) == total
    assert all(
        abs(part - total * each / sum(weights)) < 1 + 1e-6 for part, each in zip(parts, weights, strict=True)
    )


def test_nothing_is_split_over_nothing():
    assert volumes.apportion(0, []) == []
    with pytest.raises(ValueError, match="nothing has any weight"):
        volumes.apportion(1, [0.0, 0.0])


def test_the_months_of_2023_add_up_to_what_was_published():
    months = volumes.published_by_month([0.7, 0.8, 1.1, 1, 1, 0.9, 1.1, 1.4, 1.3])

    assert list(months) == [202303, 202304, 202305, 202306, 202307, 202308, 202309, 202310, 202311]
    assert [
        sum(getattr(each, name) for each in months.values()) for name in ("visits", "referrals", "resolved")
    ] == [
        18_867,
        7_841,
        7_760,
    ]


def test_months_run_over_the_end_of_a_year():
    assert list(volumes.months_between(date(2023, 11, 30), date(2024, 2, 1))) == [
        202311,
        202312,
        202401,
        202402,
    ]


def test_tokens_rise_with_time_and_never_meet():
    visits = [visit_token(202312, 7), visit_token(202312, 30_000), visit_token(202401, 1)]
    others = [message_token(202312, 7), waiting_token(date(2023, 12, 7), 7)]

    assert visits == sorted(visits)
    assert len({*visits, *others}) == 5
    assert {each.version for each in (*visits, *others)} == {8}


def test_references_are_all_different_over_ten_years():
    made = {
        reference(year * 100 + month, number)
        for year in range(2023, 2033)
        for month in range(1, 13)
        for number in (*range(1, 3_000, 7), *range(90_000, 93_100, 31))
    }

    assert len(made) == 120 * (429 + 100)
    assert {len(each) for each in made} == {9}
