"""What the desk's bench sends and asks: nothing here depends on how fast the machine is."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from bench.client import Order, Refused, _requests, visit
from bench.desk import IN_ONE_SLICE, _walk_ins
from bench.made_up_enquiries import (
    RARE_WORDS,
    ROWS_WITH_A_RARE_WORD,
    made_up_enquiries,
    made_up_reference,
    rare_words,
)
from bench.search import ASKED_OF_EACH, questions
from bench.tables import BenchBroken
from enquiries.references import ALPHABET, LENGTH, tidied
from enquiries.search import words_of

ORDER = Order(port=9, paths=["/log/"], seconds=0.1)


def test_a_form_is_posted_with_its_length_and_cookie():
    order = replace(ORDER, headers={"Cookie": "a=b"}, forms=["x=1", "x=22"])
    first, second = (request.decode().split("\r\n") for request in _requests(order, None))

    assert (first[0], first[-1], second[-1]) == ("POST /log/ HTTP/1.1", "x=1", "x=22")
    assert ("Cookie: a=b" in first, "Content-Length: 3" in first, "Content-Length: 4" in second) == (
        True,
        True,
        True,
    )


def test_a_header_that_is_given_stands_for_the_browsers_own():
    (request,) = _requests(replace(ORDER, headers={"Accept": "application/json"}), None)

    assert [line for line in request.decode().split("\r\n") if line.startswith("Accept:")] == [
        "Accept: application/json"
    ]


@pytest.mark.parametrize("headers", [{"Cookie": "a\r\nHost: evil"}, {"a\nb": "c"}])
def test_a_header_of_two_lines_is_refused(headers):
    with pytest.raises(Refused):
        visit(replace(ORDER, headers=headers))


def test_no_walk_in_is_sent_twice_and_the_end_is_said():
    some = _walk_ins("topic=1", iter([str(number) for number in range(IN_ONE_SLICE + 2)]))
    sent = [*some(), *some()]

    assert (len(set(sent)), sent[0]) == (IN_ONE_SLICE + 2, "topic=1&token=0")
    with pytest.raises(BenchBroken):
        some()


def test_made_up_enquiries_are_the_same_each_time_and_are_words():
    rows = list(made_up_enquiries(500))

    assert rows == list(islice(made_up_enquiries(500), 500))
    assert len({row.reference for row in rows}) == 500
    assert [words_of(row.search_text) for row in rows] == [row.search_text.split() for row in rows]


def test_each_rare_word_stands_in_a_few_of_the_older_half():
    rows = list(made_up_enquiries(2_000))
    places = {
        word: [at for at, row in enumerate(rows) if word in row.search_text.split()] for word in rare_words()
    }

    assert len(places) == RARE_WORDS
    assert {len(found) for found in places.values()} == {ROWS_WITH_A_RARE_WORD}
    assert max(max(found) for found in places.values()) < 1_000


def test_a_made_up_reference_can_be_one():
    assert [tidied(made_up_reference(number)) for number in (0, 26, 4_999_999)] == [
        ALPHABET[0] * LENGTH,
        ALPHABET[0] * 7 + ALPHABET[1] + ALPHABET[0],
        made_up_reference(4_999_999),
    ]


def test_six_kinds_of_questions_are_the_same_in_every_run():
    asked = questions(5_000_000)

    assert asked == questions(5_000_000)
    assert {kind: len(texts) for kind, texts in asked.items()} == dict.fromkeys(
        ("common word", "rare word", "common and rare", "surname", "reference", "no hit"), ASKED_OF_EACH
    )
