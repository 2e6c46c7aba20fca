"""How reports say numbers."""

from __future__ import annotations

import pytest

from reports import wording


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (wording.count_words(18867), "18,867"),
        (wording.share_words(0), "0%"),
        (wording.share_words(0.004), "under 1%"),
        (wording.share_words(0.756), "76%"),
        (wording.share_words(0.999), "over 99%"),
        (wording.share_words(1), "100%"),
        (wording.minutes_words(6), "6 min"),
        (wording.minutes_words(6.5), "6.5 min"),
        (wording.days_words(1), "1 day"),
        (wording.days_words(3.46), "3.5 days"),
        (wording.more_or_fewer(112, 100), "12% more than"),
        (wording.more_or_fewer(88, 100), "12% fewer than"),
        (wording.more_or_fewer(100, 100), "the same as"),
        (wording.more_or_fewer(1000, 1001), "under 1% fewer than"),
        (wording.more_or_fewer(300, 100), "200% more than"),
        (wording.more_or_fewer(3, 0), "3 more than"),
        (wording.more_or_fewer(0, 19), "19 fewer than"),
        (wording.points_apart(0.53, 0.5), "3 points higher than"),
        (wording.points_apart(0.49, 0.5), "1 point lower than"),
        (wording.points_apart(0.501, 0.5), "the same as"),
        (wording.points_apart(0.012, 0.008), "under 1 point higher than"),
        (wording.points_apart(0.996, 1), "under 1 point lower than"),
        (wording.points_apart(0.006, 0.004), "the same as"),
        (wording.longer_or_shorter(8, 6), "2 min longer than"),
        (wording.longer_or_shorter(2.5, 4, "days"), "1.5 days shorter than"),
        (wording.longer_or_shorter(6, 6), "the same as"),
        (wording.listed([]), ""),
        (wording.tied(["A"]), "A"),
        (wording.tied(["A", "B", "C", "D"]), "A, B, C and D"),
        (wording.tied(["A", "B", "C", "D", "E"]), "A, B, C and 2 more"),
        (wording.listed(["housing"]), "housing"),
        (wording.listed(["housing", "council tax", "parking"]), "housing, council tax and parking"),
    ],
)
def test_numbers_are_said_as_people_say_them(said, words):
    assert said == words
