"""Pages that are written once and filled in: never another resident's words, never another page."""

from __future__ import annotations

import random
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils.safestring import mark_safe

from hubs import blanks, find_page, kept
from hubs.actions import publish
from hubs.models import Hub, Postcode, Topic
from hubs.models.postcodes import TOWER_HAMLETS
from tests.conftest import MONDAY_NOON

WRITTEN = []


def filled(key: object, **words: str) -> str:
    def write(words: blanks.Words) -> str:
        WRITTEN.append(key)
        return f"{key}: {words['walk']}, {words['code']} and {words['code']}"

    return blanks.filled(key, MONDAY_NOON, words, write)


@pytest.fixture(autouse=True)
def nothing_written(db):
    kept.forget()
    WRITTEN.clear()


def test_a_page_is_written_once_and_filled_with_the_words_of_each():
    pages = [filled("a", walk="1 minute", code="E1"), filled("a", walk="2 minutes", code="E2")]

    assert (pages, WRITTEN) == (["a: 1 minute, E1 and E1", "a: 2 minutes, E2 and E2"], ["a"])


def test_each_key_has_a_page_of_its_own():
    assert filled("a", walk="1", code="E1") != filled("b", walk="1", code="E1")


def test_words_are_escaped_unless_they_are_safe():
    page = filled("a", walk='<script>"', code=mark_safe("<b>E1</b>"))

    assert page == "a: &lt;script&gt;&quot;, <b>E1</b> and <b>E1</b>"


def test_words_that_like_a_blank_stay_words():
    looks_like_one = "\ue000walk\ue001"

    assert filled("a", walk="here", code=looks_like_one) == f"a: here, {looks_like_one} and {looks_like_one}"


def test_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr(blanks, "MOST_PAGES", 3)
    pages = [filled(number, walk="1", code="E1") for number in range(10)]

    assert pages == [f"{number}: 1, E1 and E1" for number in range(10)]
    assert len(kept.kept("pages with blanks", MONDAY_NOON, dict)) <= 3


def addresses() -> list[str]:
    """Return questions to the finder in both languages: every kind of place, topic and way of typing."""
    chance = random.Random(2026)
    topics = ["", *Topic.objects.values_list("slug", flat=True)]
    asked = []
    for code in Postcode.objects.values_list("code", flat=True):
        for typed in (code, code.lower().replace(" ", "")):
            query = {"postcode": typed}
            if topic := chance.choice(topics):
                query["topic"] = topic
            if chance.random() < 0.3:
                query["from"] = '<b>&"\ue000code\ue001'
            asked += [f"{prefix}/find/?{urlencode(query)}" for prefix in ("", "/bn")]
    chance.shuffle(asked)
    return asked


def test_every_answer_is_what_it_would_be_if_written_for_it_alone(hubs, topics, postcodes, monkeypatch):
    place = Hub.objects.order_by("pk").first()
    for number in range(15):
        Postcode.objects.create(
            code=f"E3 {number % 10}A{chr(65 + number // 10)}",
            easting=place.easting - 2000 + 259 * number,
            northing=place.northing + 1500 - 189 * number,
            local_authority=TOWER_HAMLETS,
        )
    asked = addresses()
    with time_machine.travel(MONDAY_NOON, tick=False):
        together = [Client().get(address).content for address in asked]
        monkeypatch.setattr(find_page, "filled", lambda key, at, words, write: write(words))
        alone = [Client().get(address).content for address in asked]

    assert together == alone
    assert len(set(together)) == len(asked)


def test_an_edit_while_an_answer_is_made_shows_in_the_next(hubs, topics, postcodes, monkeypatch):
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 0)
    edited = []

    def edit_before_the_postcode(execute, sql, params, many, context):
        if "hubs_postcode" in sql and not edited:
            edited.append(Hub.objects.filter(slug="bow").update(street="1 New Street"))
            publish()
        return execute(sql, params, many, context)

    with time_machine.travel(MONDAY_NOON, tick=False):
        with connection.execute_wrapper(edit_before_the_postcode):
            Client().get("/find/?postcode=E14+3HG")
        after = Client().get("/find/?postcode=E14+3HG").content.decode()

    assert (edited, "1 New Street" in after) == ([1], True)
