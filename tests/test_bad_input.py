"""Whatever is put into whichever field: never a fault of ours, and never shown as markup.

`FULL_TESTS=1` puts each naughty string into each field alone and makes up 10,000 more texts a page; without
it the strings are dealt out over the pages, into all fields of one at once, and a few more are made up.
`NAUGHTY_STRINGS=<file>` (tests/naughty.py) adds a list of more and puts each of all of them into every page.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.amounts import FULL
from tests.naughty import NAUGHTY, listed
from tests.test_access import TABLE, example, public_and_staff, story  # noqa: F401 - a fixture

MADE_UP = 10_000 if FULL else 4
WORDS = [*NAUGHTY, *listed()]
DEALT_TO = 1 if FULL or listed() else 8
LEAVING = {"staff-sign-out", "staff-lock", "staff-directory", "staff-directory-back"}
"""Addresses that end the session, or lead to another site."""
ACTORS = ["manager", "administrator", "nobody"]
"""A manager has every form of the desk and of the services."""
CONSOLE_FORMS = [
    "console/hubs/datedhours/add/",
    "console/hubs/notice/add/",
    "console/accounts/user/add/",
    "console/enquiries/servicequestion/add/",
]
if FULL:
    # With all their rows these two have hundreds of fields, and take as long as everything else together.
    CONSOLE_FORMS += ["console/hubs/hub/add/", "console/hubs/topic/add/"]
SEARCHES = ["console/hubs/hub/?q=", "console/accounts/user/?q=", "console/admin/logentry/?q="]
GET_FORMS = {"find": ["postcode", "topic"], "find-near-me": ["lat", "lon", "accuracy", "topic"]}

TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.text("<>&\"'%{}\\\x00\r\n\t;=+-@:/#", max_size=20),
    st.integers(-(2**70), 2**70).map(str),
)


class Fields(HTMLParser):
    """The names of everything in a page that a form sends."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in ("input", "textarea", "select", "button") and name and name != "csrfmiddlewaretoken":
            self.names.add(name)


@pytest.fixture
def site(settings, people, topics, postcodes, story):  # noqa: F811
    """A site where limits on tries do not end the test early."""
    settings.ONLINE_PER_ADDRESS_AN_HOUR = settings.ONLINE_OVERALL_AN_HOUR = 10**9
    settings.TRACK_PER_ADDRESS_A_MINUTE = settings.TRACK_OVERALL_A_MINUTE = 10**9
    settings.AXES_ENABLED = False
    return people, story


def pages_of(who: str, story) -> list[str]:  # noqa: F811
    """The addresses whose form somebody can send."""
    if who == "administrator":
        return ["/" + path for path in CONSOLE_FORMS]
    return [
        example(route, name, story)
        for route, name in public_and_staff()
        if name not in LEAVING
        and route.startswith("staff/") == (who != "nobody")
        and TABLE[name][who][1] not in (403, 404, 405)
    ]


def signed_in(people, who: str) -> Client:
    client = Client()
    if who != "nobody":
        client.force_login(people[who])
    return client


def send(client: Client, path: str, fields: list[tuple[str, str]]):
    body = urlencode(fields, errors="surrogatepass")
    return client.post(path, body, content_type="application/x-www-form-urlencoded")


def wrong(response, text: str) -> str:
    """What is wrong with an answer to this text: a fault of ours, or the text as markup."""
    if response.status_code >= 500:
        return str(response.status_code)
    shown = "<" in text and len(text) < 1_000 and text.encode("utf-8", "replace") in response.content
    return "shown as markup" if shown and text.strip("<") else ""


def names_in(client: Client, path: str) -> list[str]:
    return sorted(Fields(client.get(path).content.decode()).names) or ["name"]


@pytest.mark.parametrize("who", ACTORS)
def test_naughty_words_in_every_form_are_no_fault_of_ours(who, site):
    people, found = site[0], {}
    pages = pages_of(who, site[1])
    for number, path in enumerate(pages):
        client = signed_in(people, who)
        names = names_in(client, path)
        for text in WORDS[number % DEALT_TO :: DEALT_TO]:
            ways = [[(name, text) for name in names]]
            ways += [[(name, text)] for name in names] if FULL else []
            for fields in ways:
                if complaint := wrong(send(client, path, fields), text):
                    found[path, text[:40], len(fields)] = complaint
    assert found == {}
    assert len(pages) >= 2


@pytest.mark.parametrize("who", ACTORS)
def test_made_up_words_in_every_form_are_no_fault_of_ours(who, site):
    people, story = site  # noqa: F811
    for path in pages_of(who, story):
        client = signed_in(people, who)
        try_made_up_words(client, path, names_in(client, path))


def try_made_up_words(client: Client, path: str, names: list[str]) -> None:
    """Send a form with made-up words: one text in one field, another in all others."""

    @settings(
        max_examples=MADE_UP,
        deadline=None,
        database=None,
        derandomize=not FULL,
        suppress_health_check=list(HealthCheck),
    )
    @given(text=TEXTS, name=st.sampled_from(names), other=TEXTS)
    def sent(text: str, name: str, other: str) -> None:
        fields = [(each, text if each == name else other) for each in names]
        assert wrong(send(client, path, fields), text) == ""

    sent()


def test_naughty_words_in_addresses_are_no_fault_of_ours(site):
    people, _ = site
    found = {}
    staff = signed_in(people, "administrator")
    for text in WORDS[::DEALT_TO]:
        if len(text) > 2_000:
            continue
        quoted = urlencode({"": text}, errors="surrogatepass")[1:]
        asked = [
            *(f"/find/?{name}={quoted}" for name in GET_FORMS["find"]),
            "/find/near-me/?" + "&".join(f"{name}={quoted}" for name in GET_FORMS["find-near-me"]),
            f"/openreferral/services/?page={quoted}&per_page={quoted}&modified_after={quoted}",
            f"/hubs/{quoted.replace('%2F', '')}/",
            f"/track/{quoted.replace('%2F', '')}/",
            f"/staff/sign-in/?next={quoted}",
            *(f"/{search}{quoted}" for search in SEARCHES),
            f"/staff/residents/?page={quoted}",
        ]
        for address in asked:
            if complaint := wrong(staff.get(address), text):
                found[address[:80]] = complaint
    assert found == {}


def test_a_form_that_is_broken_is_found(site, monkeypatch):
    def falls_over(self):
        raise ValueError("broken")

    monkeypatch.setattr("enquiries.forms.online.AskForm.clean", falls_over)
    with pytest.raises(ValueError, match="broken"):
        send(Client(), "/ask/", [("question", "x")])
