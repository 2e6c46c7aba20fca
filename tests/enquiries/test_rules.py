"""References, folding, London months and working days."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enquiries.folding import EachCharacter, folded, phone_key, tidy
from enquiries.londontime import month_number, service_day
from enquiries.references import ALPHABET, LENGTH, grouped, new_reference, tidied
from enquiries.working_days import due_date
from hubs import bank_holidays


def test_references_are_nine_characters_without_look_alikes():
    made = {new_reference() for _ in range(2000)}

    assert len(made) == 2000
    assert {len(each) for each in made} == {LENGTH}
    assert set("".join(made)) == set(ALPHABET)
    assert set("AEIOU01LSB") & set(ALPHABET) == set()


@given(st.text(alphabet=ALPHABET, min_size=9, max_size=9), st.sampled_from([" ", "-", "", " - "]))
def test_a_reference_is_read_however_it_is_typed(reference, gap):
    typed = gap.join(grouped(reference).lower().split("-"))

    assert tidied(f" {typed} ") == reference


@given(st.text(max_size=200))
def test_any_text_is_a_reference_or_nothing(text):
    assert len(tidied(text)) in (0, LENGTH)


def test_b_and_s_are_read_as_the_digits_they_were():
    assert tidied("2b4 s67 cdf") == "28456" + "7CDF"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ŁUKASZ", "łukasz"),
        ("İbrahim", "ibrahim"),
        ("José", "JOSE"),
        ("\u09b0\u09be\u09ac\u09c7\u09df\u09be", "\u09b0\u09be\u09ac\u09c7\u09af\u09bc\u09be"),
        ("ফোন ০১২", "ফোন 012"),
        ("  two   words ", "two words"),
        ("Straße", "STRASSE"),
    ],
)
def test_the_same_word_typed_otherwise_folds_alike(one, other):
    assert folded(one) == folded(other)


def test_bengali_vowel_signs_are_kept():
    assert folded("কি") != folded("ক")


@given(st.text(max_size=300))
def test_folding_is_settled_and_never_fails(text):
    assert folded(folded(text)) == folded(text)
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("020 7364 5000", "02073645000"),
        ("+44 20 7364 5000", "02073645000"),
        ("0044 (0)20-7364-5000", "02073645000"),
        ("০২০ ৭৩৬৪ ৫০০০", "02073645000"),
        ("none", ""),
        ("44", "44"),
    ],
)
def test_phone_numbers_compare_by_their_digits(typed, key):
    assert phone_key(typed) == key


@pytest.mark.parametrize(
    ("at", "day", "month"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30), 202606),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1), 202607),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31), 202612),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), date(2027, 1, 1), 202701),
    ],
)
def test_the_day_and_month_are_londons(at, day, month):
    assert (service_day(at), month_number(at)) == (day, month)


@given(st.dates(date(2024, 1, 1), date(2029, 12, 31)), st.integers(1, 60))
def test_a_due_date_has_just_that_many_working_days_before_it(sent_on, days):
    due_on = due_date(sent_on, days, bank_holidays.name_on)
    between = [date.fromordinal(n) for n in range(sent_on.toordinal() + 1, due_on.toordinal() + 1)]
    working = [day for day in between if day.weekday() < 5 and bank_holidays.name_on(day) is None]

    assert len(working) == days
    assert due_on == working[-1]


def test_a_table_of_characters_does_not_grow_with_all_there_are():
    table = EachCharacter(str.swapcase)

    assert "".join(map(chr, range(32, 40_000))).translate(table)[33:36] == "abc"
    assert "Abc".translate(table) == "aBC"
    assert len(table) <= 10_000
