"""Search: the same rows on both databases, whichever way the words were typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from enquiries import actions, append_only, search
from enquiries.models import Enquiry, Resident
from enquiries.search import Asked, words_of
from tests.conftest import MONDAY_NOON

LATER = MONDAY_NOON + timedelta(hours=1)
YA, YA_IN_TWO = "\u09df", "\u09af\u09bc"


@pytest.fixture
def add(people):
    def added(**facts) -> Resident:
        return actions.add_resident(by=people["desk"], at=MONDAY_NOON, **facts)

    return added


def enquiries(text: str, **how) -> list[str]:
    return [each.words for each in Enquiry.objects.search(text, **how)]


def residents(text: str) -> list[str]:
    return [each.name for each in Resident.objects.search(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The ceiling’s  LEAKING!", ["the", "ceiling", "s", "leaking"]),
        ("Łódź, Zoë", ["łodz", "zoe"]),
        ("১২৩ ²", ["123", "2"]),
        (f"ভাড়া সময{YA}", [*words_of("ভাড়া"), *words_of(f"সময{YA_IN_TWO}")]),
        ("র\u200dক্ত co\u00adoperate", ["রক্ত", "cooperate"]),
        ("🏠 \x00 — ", []),
        ("x" * 100, ["x" * 64]),
    ],
)
def test_a_text_has_these_words(text, words):
    assert words_of(text) == words


@given(st.text())
def test_words_are_only_words(text):
    assert all(word and word == " ".join(words_of(word)) for word in words_of(text) if len(word) < 64)


@given(st.text(st.characters(max_codepoint=127)))
def test_english_has_the_same_words_before_a_word_of_another_script(text):
    assert words_of(f"{text} ক") == [*words_of(text), "ক"]


def test_an_enquiry_is_found_by_all_its_words_the_newest_first(log):
    log(words="The ceiling leaks")
    log(words="A leak under the sink; the ceiling is fine")
    log(words="Rent arrears")

    assert enquiries("Ceiling") == ["A leak under the sink; the ceiling is fine", "The ceiling leaks"]
    assert enquiries("CEILING, sink") == ["A leak under the sink; the ceiling is fine"]
    assert enquiries("leak") == ["A leak under the sink; the ceiling is fine"]
    assert enquiries("leak", beginnings=True) == [
        "A leak under the sink; the ceiling is fine",
        "The ceiling leaks",
    ]
    assert enquiries("nothing like it") == []
    assert len(enquiries("housing")) == len(enquiries("বাংলা")) == 3


@pytest.mark.parametrize("typed", ["{}", "{}-{}-{}", " {} {} {} ", "lower"])
def test_a_reference_finds_its_enquiry_however_it_is_typed(log, typed):
    log(words="another")
    enquiry = log(words="this one")
    parts = [enquiry.reference[at : at + 3] for at in (0, 3, 6)]
    text = {"{}": enquiry.reference, "lower": enquiry.reference.lower()}.get(typed) or typed.format(*parts)

    assert enquiries(text) == ["this one"]


@pytest.mark.parametrize("sought", [YA, YA_IN_TWO])
@pytest.mark.parametrize("written", [YA, YA_IN_TWO])
def test_bengali_is_found_whichever_way_it_was_typed(log, written, sought):
    log(words=f"আমার সময{written} নেই")

    assert enquiries(f"সময{sought}") == [f"আমার সময{YA_IN_TWO} নেই"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "!!!",
        '"',
        "'",
        "\\",
        "*",
        "a*",
        'x" OR "y',
        "' | '",
        ":*",
        "&",
        "NOT",
        "NEAR(a)",
        "-",
        "\x00",
        "🏠",
    ],
)
def test_what_is_no_word_finds_nothing_and_breaks_nothing(log, add, text):
    log(words="The ceiling leaks")
    add(name="Amber Example")

    assert enquiries(text) == enquiries(text, beginnings=True) == []
    assert residents(text) in ([], ["Amber Example"])


def test_a_very_long_text_and_a_very_long_word_are_kept_and_found(log):
    log(words="z" * 5000)
    log(words=" ".join(f"w{n}" for n in range(1000)))

    assert [len(each) for each in enquiries("z" * 5000)] == [5000]
    assert len(enquiries("w999")) == 1
    assert len(enquiries(" ".join(f"w{n}" for n in range(500)))) == 1


def test_the_search_follows_the_topic_the_name_and_a_merge(log, add, people, topics):
    amber, other = add(name="Amber Example"), add(name="Amber Sample")
    enquiry = log(words="mine", resident=other)
    assert enquiries("sample") == ["mine"]

    actions.correct_topic(enquiry=enquiry, topic=topics["benefits"], by=people["desk"], at=LATER)
    assert (enquiries("housing"), enquiries("benefits sample")) == ([], ["mine"])

    actions.merge_residents(keep=amber, other=other, by=people["desk"], at=LATER)
    assert (enquiries("sample"), enquiries("example")) == ([], ["mine"])

    actions.change_resident(resident=amber, by=people["desk"], at=LATER, name="Amina Demo")
    assert (enquiries("example"), enquiries("demo")) == ([], ["mine"])


def test_an_anonymous_enquiry_is_found_by_the_name_once_it_has_one(log, add, people):
    enquiry = log(words="mine")
    actions.name_resident(enquiry=enquiry, resident=add(name="Amina Demo"), by=people["desk"], at=LATER)

    assert enquiries("amina") == ["mine"]


@pytest.mark.parametrize(
    "typed",
    ["ami", "AMÍNA", "demo amina", "07700 900123", "07700900", "+44 7700 900123", "900123", "0123", "০৭৭০০",
     "E14 3HG", "e143hg", "E14 3", "e14", "amina@example.org", "amina@"],
)  # fmt: skip
def test_a_resident_is_found_by_part_of_what_is_known(add, typed):
    add(name="Rahima Test", phone="020 7000 1111", postcode="E3 5ES")
    add(name="Amina Demo", phone="07700 900123", postcode="E14 3HG", email="amina@example.org")

    assert residents(typed) == ["Amina Demo"]


def test_the_index_follows_a_plain_update_and_a_deletion(add, log):
    resident, enquiry = add(name="Amina Demo"), log(words="mine")
    Resident.objects.filter(pk=resident.pk).update(search_text="changed")
    assert (residents("amina"), residents("changed")) == ([], ["Amina Demo"])

    with append_only.opened():
        enquiry.events.all().delete()
    Enquiry.objects.filter(pk=enquiry.pk).delete()
    assert enquiries("mine") == []


def test_the_triggers_of_the_index_are_there(db):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps a generated column")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_words_%'")
        names = {name for (name,) in cursor.fetchall()}
    assert names == {
        f"enquiries_{table}_words_{event}"
        for table in ("enquiry", "resident")
        for event in ("insert", "update", "delete")
    }


@pytest.mark.parametrize("enough", [1, 25])
def test_common_and_rare_words_are_found_alike(log, monkeypatch, enough):
    monkeypatch.setattr(search, "ENOUGH", enough)
    for number in range(3):
        log(words=f"common {number}")

    assert enquiries("common") == ["common 2", "common 1", "common 0"]


def test_a_search_stays_inside_what_somebody_may_see(log, hubs, people):
    log(words="ours")
    log(words="ours too", hub=hubs["cubitt-town"], by=people["other_desk"])

    seen = Enquiry.objects.visible_to(people["desk"]).search("ours").for_desk()
    assert [each.words for each in seen] == ["ours"]


def test_a_question_is_quoted_for_each_database():
    asked = Asked.read("leak sink", beginnings_from=3)

    assert asked.fts5() == '("leak"* AND "sink"*)'
    assert asked.tsquery() == "('leak':* & 'sink':*)"
    assert Asked.read("K7M-3PQ-X9T").fts5() == '("k7m" AND "3pq" AND "x9t") OR ("k7m3pqx9t")'


@given(st.text(st.characters(categories=["N", "P", "Z"])))
def test_no_way_to_read_numbers_holds_an_empty_word(text):
    assert all(all(way) for way in Asked.read(text).ways)


@pytest.mark.parametrize("text", ["⅛⅜⅝⅞", "½", "↉", "²³①٣", "Ⅻ", "㊿"])
def test_numbers_that_are_no_digits_are_no_phone_number(log, text):
    """Folded they hold digits, as they are typed none: no database is asked for an empty word."""
    log(words="Something else")

    assert all(all(way) for way in Asked.read(text).ways)
    assert enquiries(text) == []
