from __future__ import annotations

import pytest

from script.reading_age import reading_age, syllables
from script.screens import Picture, index_of, table_of


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("hub", 1),
        ("postcode", 2),
        ("council", 2),
        ("appointment", 3),
        ("information", 4),
        ("asked", 1),
        ("needed", 2),
        ("table", 2),
        ("borough", 2),
        ("the", 1),
        ("B’s", 1),
    ],
)
def test_syllables_are_counted(word, number):
    assert syllables(word) == number


def test_short_words_in_short_sentences_are_for_the_youngest():
    assert reading_age(["We can help you.", "Come in."]) == 5


def test_long_words_in_long_sentences_are_for_grown_ups():
    legal = (
        "Notwithstanding the aforementioned obligations, the organisation reserves its entitlement to "
        "discontinue the provision of supplementary accommodation immediately."
    )

    assert reading_age([legal]) > 18


def test_a_heading_is_a_sentence_of_its_own():
    assert reading_age(["Find a hub", "We can help you"]) == reading_age(["Find a hub. We can help you."])


def test_a_page_without_words_has_no_age():
    assert reading_age(["123", "—"]) is None


def test_pages_over_the_aim_come_first_and_are_marked():
    shown = table_of({"/easy/": 7.0, "/hard/": 11.25}).splitlines()

    assert [line.split()[-1] for line in shown[1:3]] == ["/hard/", "/easy/"]
    assert shown[1].split()[:2] == ["11.2", "*"]
    assert shown[3] == "2 pages, 1 of them over the aim (*)."


def test_the_gallery_shows_each_address_once_with_all_its_pictures():
    page = index_of([Picture("/<hubs>/", 1280, "1280/a.jpg"), Picture("/<hubs>/", 320, "320/a.jpg")])

    assert page.count("<h2>/&lt;hubs&gt;/</h2>") == 1
    assert page.count("<img ") == 2
