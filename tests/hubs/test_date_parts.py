"""A date in three boxes."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from hubs.date_parts import DateField


def mistake(texts, **bounds) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(ValidationError) as caught:
        DateField(**bounds).clean(texts)
    return caught.value.code, caught.value.params["parts"]


@pytest.mark.parametrize(
    "texts",
    [["27", "3", "2026"], [" 27 ", "03", "2026"], ["২৭", "৩", "২০২৬"]],
    ids=["plain", "spaces and a zero", "Bengali digits"],
)
def test_date_is_read(texts):
    assert DateField().clean(texts) == date(2026, 3, 27)


def test_leap_day_is_read_in_a_leap_year_only():
    assert DateField().clean(["29", "2", "2028"]) == date(2028, 2, 29)
    assert mistake(["29", "2", "2027"]) == ("no_such_date", ("day", "month"))


@pytest.mark.parametrize(
    ("texts", "code", "parts"),
    [
        (["", "", ""], "required", ("day", "month", "year")),
        (None, "required", ("day", "month", "year")),
        (["27", "", ""], "missing", ("month", "year")),
        (["27", "March", "2026"], "not_numbers", ("month",)),
        (["-1", "3", "2026"], "not_numbers", ("day",)),
        (["²", "3", "2026"], "not_numbers", ("day",)),
        (["27", "3", "26"], "short_year", ("year",)),
        (["27", "3", "20266"], "short_year", ("year",)),
        (["31", "4", "2026"], "no_such_date", ("day", "month")),
        (["1", "1", "0000"], "no_such_date", ("day", "month")),
        (["9" * 5000, "1", "2026"], "no_such_date", ("day", "month")),
    ],
)
def test_mistake_says_which_boxes(texts, code, parts):
    assert mistake(texts) == (code, parts)


def test_bounds_are_included():
    bounds = {"earliest": date(2026, 3, 1), "latest": date(2026, 3, 31)}
    assert DateField(**bounds).clean(["1", "3", "2026"]) == date(2026, 3, 1)
    assert DateField(**bounds).clean(["31", "3", "2026"]) == date(2026, 3, 31)
    assert mistake(["28", "2", "2026"], **bounds)[0] == "too_early"
    assert mistake(["1", "4", "2026"], **bounds)[0] == "too_late"


def test_empty_date_is_none_when_not_required():
    assert DateField(required=False).clean(["", " ", None]) is None


def test_half_a_date_is_a_mistake_even_when_not_required():
    with pytest.raises(ValidationError) as caught:
        DateField(required=False).clean(["27", "", "2026"])
    assert caught.value.params["parts"] == ("month",)
