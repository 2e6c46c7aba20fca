"""Whatever is put into whichever field: never a fault of ours, and never shown as markup.

`FULL_TESTS=1` puts each naughty string into each field, among others in the other fields and the same in all,
and 10,000 made-up texts into each page; now and then a field is sent alone. Without it the strings are dealt
out over the pages, into all fields of one at once, and each form is sent with made-up texts a few times.
`NAUGHTY_STRINGS=<file>` (tests/naughty.py) adds a list of more and puts each of all of them into every page.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.amounts import FULL
from tests.later_pages import (  # noqa: F401 - fixtures
    Page,
    asked_online,
    book,
    clock,
    housing,
    later_pages,
    log,
    outcomes,
    plan,
    refer,
    slots,
)
from tests.made_up import dealt, made_up_texts
from tests.naughty import NAUGHTY, listed
from tests.test_access import TABLE, example, public_and_staff, story  # noqa: F401 - a fixture

MADE_UP_FORMS = None if FULL else 4
"""How often a page is sent with made-up texts; None: until each text has been in it."""
WORDS = [*NAUGHTY, *listed()]
DEALT_TO = 1 if FULL or listed() else 8
ALONE = 16
"""One of so many is sent in each field alone: what matters then is that the rest is missing."""
LEAVING = {"staff-sign-out", "staff-lock", "staff-directory", "staff-directory-back"}
"""Addresses that end the session, or lead to another site."""
ACTORS = ["desk", "manager", "administrator", "nobody"]
LOG = "/staff/visits/log/"
"""All that a manager of no hub of their own lacks of the desk's pages: so all that the desk sends here."""
CONSOLE_FORMS = [
    "console/hubs/datedhours/add/",
    "console/hubs/notice/add/",
    "console/accounts/user/add/",
    "console/enquiries/servicequestion/add/",
]
if FULL:
    # With all their rows these two have hundreds of fields, and take as long as everything else together.
    CONSOLE_FORMS += ["console/hubs/hub/add/", "console/hubs/topic/add/"]
NO_FIELDS = ["name"]
"""What is sent to a page that has a button and nothing else."""
SEARCHES = ["console/hubs/hub/?q=", "console/accounts/user/?q=", "console/admin/logentry/?q="]
GET_FORMS = {"find": ["postcode", "topic"], "find-near-me": ["lat", "lon", "accuracy", "topic"]}


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


def all_pages_of(who: str, story, later_pages) -> list[Page]:  # noqa: F811
    """Whatever `pages_of` finds and what appears later, with what must be sent for its form to be there."""
    found = [LOG] if who == "desk" else pages_of(who, story)
    return [(path, {}) for path in found] + later_pages.get(who, [])


def signed_in(people, who: str) -> Client:
    client = Client()
    if who != "nobody":
        client.force_login(people[who])
    return client


def send(client: Client, path: str, fields: list[tuple[str, str]]):
    body = urlencode(fields, errors="surrogatepass")
    return client.post(path, body, content_type="application/x-www-form-urlencoded")


def wrong(response, *texts: str) -> str:
    """What is wrong with an answer to these texts: a fault of ours, or one of them as markup."""
    if response.status_code >= 500:
        return str(response.status_code)
    for text in texts:
        shown = "<" in text and len(text) < 1_000 and text.encode("utf-8", "replace") in response.content
        if shown and text.strip("<"):
            return "shown as markup"
    return ""


def names_in(client: Client, path: str, before: dict[str, str]) -> list[str]:
    """The fields of a page, those included that it shows once it was sent with mistakes."""
    answers = client.get(path), client.post(path, before)
    return sorted(set().union(*(Fields(answer.content.decode()).names for answer in answers))) or NO_FIELDS


def forms_with(names: list[str], words: list[str]) -> Iterator[list[tuple[str, str]]]:
    """What is sent to one page: each word in all its fields, and where all is wanted in other company too."""
    yield from ([(name, word) for name in names] for word in words)
    if FULL:
        yield from dealt(names, words)
        for place, name in enumerate(names):
            yield from ([(name, word)] for word in words[place % ALONE :: ALONE])


@pytest.mark.parametrize("who", ACTORS)
def test_naughty_words_in_every_form_are_no_fault_of_ours(who, site, later_pages):  # noqa: F811
    people, found = site[0], {}
    pages = all_pages_of(who, site[1], later_pages)
    for number, (path, before) in enumerate(pages):
        client = signed_in(people, who)
        for fields in forms_with(names_in(client, path, before), WORDS[number % DEALT_TO :: DEALT_TO]):
            if complaint := wrong(send(client, path, [*fields, *before.items()]), *dict(fields).values()):
                found[path, repr(fields)[:200]] = complaint
    assert found == {}
    assert len(pages) >= 5


@pytest.mark.parametrize("who", ACTORS)
def test_made_up_words_in_every_form_are_no_fault_of_ours(who, site, later_pages):  # noqa: F811
    people, story = site  # noqa: F811
    found = {}
    for number, (path, before) in enumerate(all_pages_of(who, story, later_pages)):
        client = signed_in(people, who)
        names, texts = names_in(client, path, before), made_up_texts()
        # Each page begins elsewhere, so that a few forms a page do not all have the same texts.
        texts = texts[number * 20 :] + texts[: number * 20]
        forms = 4 if names == NO_FIELDS else MADE_UP_FORMS
        for fields in islice(dealt(names, texts, on=len(names)), forms):
            if complaint := wrong(send(client, path, [*fields, *before.items()]), *dict(fields).values()):
                found[path, repr(fields)] = complaint
    assert found == {}


def test_the_largest_form_of_the_desk_is_sent_whole(site, later_pages):  # noqa: F811
    names = names_in(signed_in(site[0], "desk"), LOG, {})

    assert {"words", "resident", "signposted_to", "also_words_2", "then", "agreed"} <= set(names)


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


def test_each_field_gets_each_word_and_each_word_is_sent():
    words = list("abcdefg")

    assert {pair for form in dealt(["one", "two"], words) for pair in form} == {
        (name, word) for name in ("one", "two") for word in words
    }
    assert {word for form in dealt(["one", "two"], words, on=2) for _, word in form} == set(words)


def test_a_text_that_is_shown_as_markup_is_found_in_whichever_field():
    assert wrong(HttpResponse("<p><b>hi</b></p>"), "x", "<b>hi</b>") == "shown as markup"
    assert wrong(HttpResponse("<p>&lt;b>hi</p>"), "x", "<b>hi</b>") == ""
