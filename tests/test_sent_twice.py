"""Every form that is sent carries what makes it count once, or it says here why it is not tried again.

`hubportal.outage` sends a form again by itself after an outage only where it carries a token or stamp. All
others get 503 with everything that was typed, and the person decides.
"""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.urls import resolve

from hubportal.outage import FORM_TOKENS
from tests.test_access import story  # noqa: F401 - a fixture
from tests.test_bad_input import pages_of, signed_in, site  # noqa: F401 - a fixture

ASKS = "looks something up: nothing typed would be lost, and each try is counted against guessing"
STEP = "a step on what its sender has seen: who sends it again must see first whether it was taken"
RIGHTS = "hands out or deletes a person's data: never without somebody who looks"
SETTING = "a rule set once in a while; a second one like it is refused or seen in the list"
SESSION = "about being signed in: begins or ends a session, or proves who somebody is"
CALLS = "calls whoever is next: again by itself, it would call another person"

NOT_TRIED_AGAIN = {
    **dict.fromkeys(("track", "appointment-look-up", "enquiries", "residents", "find-appointment"), ASKS),
    **dict.fromkeys(("enquiry", "refer", "slip", "referral", "change-resident", "add-resident"), STEP),
    **dict.fromkeys(("copy-resident", "erase-resident"), RIGHTS),
    **dict.fromkeys(("add-appointment-plan", "close-appointment-day", "sign-off"), SETTING),
    **dict.fromkeys(
        ("staff-sign-in", "staff-sign-out", "staff-lock", "staff-password", "logout"),
        SESSION,
    ),
    **dict.fromkeys(("staff-set-up-second-step", "staff-remove-second-step", "staff-sessions"), SESSION),
    "call-next": CALLS,
    **dict.fromkeys(
        (
            "hubs_datedhours_add",
            "hubs_notice_add",
            "accounts_user_add",
            "enquiries_servicequestion_add",
        ),
        SETTING,
    ),
}
"""By the name of the address a form goes to."""


class SentForms(HTMLParser):
    """The forms of a page that are sent by POST: where to, and the names in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self._within: set[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "form":
            self._within = set()
            if (own.get("method") or "get").lower() == "post":
                self.found.append((own.get("action") or "", self._within))
        elif self._within is not None and (name := own.get("name")):
            self._within.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._within = None


@pytest.mark.parametrize(
    ("who", "fewest"), [("nobody", 5), ("desk", 14), ("manager", 16), ("administrator", 5)]
)
def test_every_form_counts_once_or_says_why_it_is_not_tried_again(who, fewest, site):  # noqa: F811
    people, story = site  # noqa: F811
    client, counted, bare = signed_in(people, who), set(), set()
    pages = pages_of(who, story) + (["/staff/sign-in/"] if who == "nobody" else [])
    for path in pages:
        for action, names in SentForms(client.get(path).content.decode()).found:
            name = resolve((action or path).partition("?")[0]).url_name
            (counted if names & set(FORM_TOKENS) else bare).add(name)

    assert bare - set(NOT_TRIED_AGAIN) == set()
    assert counted & set(NOT_TRIED_AGAIN) == set()
    assert len(counted | bare) >= fewest


def test_a_form_without_a_token_is_found():
    [(action, names)] = SentForms('<form method="post" action="/x/"><input name="words"></form>').found

    assert (action, names) == ("/x/", {"words"})
