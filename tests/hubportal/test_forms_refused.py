"""A form without its token: pages that can only be read say so; others keep what was typed."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.test_access import EVERYBODY, TABLE, example, public_and_staff

OURS = {"Sec-Fetch-Site": "same-origin"}
ANY = {
    **dict.fromkeys(("enquiry", "refer", "slip"), "ABC-DEF-GHJ"),
    **dict.fromkeys(("resident", "change-resident", "merge-residents", "referral"), "1"),
    **dict.fromkeys(("copy-resident", "erase-resident"), "1"),
}
"""In place of the rows that addresses name: the form token is looked for before any row is."""


@pytest.fixture
def strict(db) -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_page_that_can_only_be_read_answers_405(strict, topics, method):
    only_read = [
        (route, name)
        for route, name in public_and_staff()
        if hasattr(get_resolver().resolve(example(route, name, ANY)).func, "refuse_method")
    ]
    got = {name: getattr(strict, method)(example(route, name, ANY)).status_code for route, name in only_read}

    assert got == dict.fromkeys(got, 405)
    assert {"home", "find", "hub", "topic", "sitemap", "robots", "hubs-geojson", "openreferral"} <= set(got)


def test_a_feed_still_says_so_in_json(strict, topics):
    response = strict.post("/hubs.geojson")

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert strict.options("/hubs.geojson").status_code == 204


def test_every_form_refuses_to_go_without_a_token(strict, people, topics):
    strict.force_login(people["administrator"])
    refused = {}
    for route, name in public_and_staff():
        if any(TABLE[name][who][1] in (200, 302, 422) for who in EVERYBODY):
            page = strict.post(example(route, name, ANY))
            refused[name] = (page.status_code, "open for too long" in page.content.decode())

    assert refused == dict.fromkeys(refused, (403, True))
    assert {"ask", "track", "log-visit", "staff-sign-in", "staff-password", "change-resident"} <= set(refused)


def test_what_was_typed_is_kept_and_can_be_sent(strict, topics):
    typed = {"question": '\nA "long" <b>story</b>', "topic": "housing"}
    response = strict.post("/ask/?from=here", typed, headers=OURS)
    page = response.content.decode()
    kept = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, re.DOTALL))

    assert response.status_code == 403
    assert {name: html.unescape(value) for name, value in kept.items()} == typed
    assert 'action="/ask/?from=here"' in page
    again = re.search('csrfmiddlewaretoken" value="(.*?)"', page)
    assert again is not None
    assert strict.post("/ask/", typed | {"csrfmiddlewaretoken": again[1]}).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_words_from_another_site_are_not_shown(strict, topics, headers):
    response = strict.post("/ask/", {"question": "words of theirs"}, headers=headers)

    assert response.status_code == 403
    assert "words of theirs" not in response.content.decode()


def test_no_password_is_kept(strict, people):
    response = strict.post("/staff/sign-in/", {"username": "desk", "password": "secret words"}, headers=OURS)

    assert "secret words" not in response.content.decode()
    assert "<textarea" not in response.content.decode()
