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
        (wording.more_or_fewer(112, 100, "October"), "12% more than October"),
        (wording.more_or_fewer(88, 100, "October"), "12% fewer than October"),
        (wording.more_or_fewer(100, 100, "October"), "the same as October"),
        (wording.more_or_fewer(1000, 1001, "October"), "under 1% fewer than October"),
        (wording.more_or_fewer(300, 100, "October"), "200% more than October"),
        (wording.more_or_fewer(3, 0, "October"), "3 more than October"),
        (wording.more_or_fewer(0, 19, "October"), "19 fewer than October"),
        (wording.points_apart(0.53, 0.5, "October"), "3 points higher than October"),
        (wording.points_apart(0.49, 0.5, "October"), "1 point lower than October"),
        (wording.points_apart(0.501, 0.5, "October"), "the same as October"),
        (wording.longer_or_shorter(8, 6, "October"), "2 min longer than October"),
        (wording.longer_or_shorter(2.5, 4, "October", "days"), "1.5 days shorter than October"),
        (wording.longer_or_shorter(6, 6, "October"), "the same as October"),
        (wording.listed([]), ""),
        (wording.listed(["housing"]), "housing"),
        (wording.listed(["housing", "council tax", "parking"]), "housing, council tax and parking"),
    ],
)
def test_numbers_are_said_as_people_say_them(said, words):
    assert said == words
