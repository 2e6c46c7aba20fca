"""Every address × everybody × GET and POST. An address that is missing from `TABLE` fails the test."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from enquiries import actions as enquiries
from enquiries.actions.desk import Raised
from hubs.open_referral import record_id
from tests.conftest import MONDAY_NOON

EVERYBODY = ("nobody", "outsider", "desk", "other_desk", "officer", "manager", "administrator")
STAFF_ROLES = EVERYBODY[2:]

OPEN = dict.fromkeys(EVERYBODY, (200, 405))
FEED = OPEN
REDIRECTS = dict.fromkeys(EVERYBODY, (302, 405))
STAFF_PAGE = {"nobody": (302, 302), "outsider": (403, 403)} | dict.fromkeys(STAFF_ROLES, (200, 200))
FORM = dict.fromkeys(EVERYBODY, (200, 422))
UNKNOWN_KEY = dict.fromkeys(EVERYBODY, (404, 405))
"""A private link that was never given out; who holds a real one is tested beside the pages."""


def desk_page(desk, *, other_desk=None, manager=None) -> dict[str, tuple[int, int]]:
    """A page of the desk at Bow: its officer, the other hub's, and a manager who has chosen no hub."""
    return dict.fromkeys(EVERYBODY, (403, 403)) | {
        "nobody": (302, 302),
        "desk": desk,
        "other_desk": other_desk or desk,
        "manager": manager or desk,
    }


def page_for(**who) -> dict[str, tuple[int, int]]:
    """A staff page: who gets what, the signed-out are sent to sign in, everybody else gets 403."""
    return dict.fromkeys(EVERYBODY, (403, 403)) | {"nobody": (302, 302)} | who


OWN_ACCOUNT = {"nobody": (302, 302)} | dict.fromkeys(EVERYBODY[1:], (200, 422))
"""A form about one's own account: everybody who is signed in has one."""
SENT_ON = dict.fromkeys(EVERYBODY, (302, 302))
NOT_THERE = (404, 404)
PLANNERS = ("manager", "administrator")
CONSOLE = dict.fromkeys(EVERYBODY, (302, 302))
"""Everybody but the administrator is sent away from any console page; hers are checked apart."""

TABLE: dict[str, dict[str, tuple[int, int]]] = {
    "robots": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    # Without a token there is no such page; with one, tests/hubportal/test_probes.py.
    "metrics": dict.fromkeys(EVERYBODY, (404, 405)),
    "borough-map": OPEN,
    "home": OPEN,
    "find": OPEN,
    "find-near-me": REDIRECTS,
    "find-too-far": OPEN,
    "hub-list": OPEN,
    "hub": OPEN,
    "topic-list": OPEN,
    "topic": OPEN,
    "ask": FORM,
    "ask-sent": UNKNOWN_KEY,
    "track": FORM,
    "track-link": UNKNOWN_KEY,
    "data-protection-complaint": FORM,
    "complaint-sent": UNKNOWN_KEY,
    "feedback": dict.fromkeys(EVERYBODY, (404, 404)),
    "appointments": OPEN,
    "appointment-days": dict.fromkeys(EVERYBODY, (200, 200)),
    "appointment-times": dict.fromkeys(EVERYBODY, (200, 200)),
    # Nobody has chosen a time: start again.
    **dict.fromkeys(("appointment-details", "appointment-check"), dict.fromkeys(EVERYBODY, (302, 302))),
    "appointment-look-up": FORM,
    **dict.fromkeys(("appointment-booked", "appointment-calendar", "appointment-move"), UNKNOWN_KEY),
    **dict.fromkeys(
        (
            "appointment",
            "appointment-move-day",
            "appointment-cancel",
            "appointment-offer",
            "appointment-wish",
        ),
        dict.fromkeys(EVERYBODY, (404, 404)),
    ),
    "accessibility": OPEN,
    "privacy": OPEN,
    "cookies": OPEN,
    "sitemap": OPEN,
    "hubs-geojson": FEED,
    "hub-hours": FEED,
    "openreferral": FEED,
    "openreferral-services": FEED,
    "openreferral-service": FEED,
    "openreferral-services-at-locations": FEED,
    "openreferral-service-at-location": FEED,
    "openreferral-taxonomies": FEED,
    "openreferral-taxonomy": FEED,
    "openreferral-taxonomy-terms": FEED,
    "openreferral-taxonomy-term": FEED,
    "openreferral-nothing": dict.fromkeys(EVERYBODY, (404, 405)),
    "staff-home": STAFF_PAGE,
    "log-visit": desk_page((200, 422)),
    "waiting-list": desk_page((200, 405)),
    "waiting-rows": desk_page((200, 405)),
    "waiting-summary": desk_page((200, 405)),
    "call-next": desk_page((405, 302), manager=(405, 422)),
    # No visit has this id; other hubs' visits are tested beside the pages.
    **dict.fromkeys(("call-visit", "hold-visit", "return-visit", "finish-visit"), desk_page((405, 404))),
    "leave-visit": desk_page((404, 404)),
    "waiting-display": desk_page((200, 405), other_desk=(404, 405)),
    "waiting-display-numbers": desk_page((200, 405), other_desk=(404, 405)),
    # Of the enquiry in `story`, about a sensitive topic, at Bow, and referred to the officer's service.
    "enquiries": page_for(**dict.fromkeys(("desk", "other_desk", "officer", "manager"), (200, 302))),
    "enquiry": page_for(desk=(200, 422), other_desk=NOT_THERE, officer=(200, 403), manager=(200, 422)),
    "refer": page_for(desk=(200, 422), other_desk=NOT_THERE, manager=(200, 422)),
    "slip": page_for(desk=(200, 422), other_desk=NOT_THERE, officer=(200, 422), manager=(200, 422)),
    "referrals": page_for(officer=(200, 405), manager=(200, 405)),
    "referral": page_for(officer=(200, 422), manager=(200, 422)),
    "residents": page_for(**dict.fromkeys(("desk", "other_desk", "manager"), (200, 302))),
    "add-resident": page_for(**dict.fromkeys(("desk", "other_desk", "manager"), (200, 422))),
    "resident": page_for(desk=(200, 405), other_desk=(404, 405), manager=(200, 405)),
    "change-resident": page_for(desk=(200, 422), other_desk=NOT_THERE, manager=(200, 422)),
    "merge-residents": page_for(desk=(422, 422), other_desk=NOT_THERE, manager=(422, 422)),
    **dict.fromkeys(("copy-resident", "erase-resident"), page_for(manager=(200, 422))),
    "complaints": page_for(manager=(200, 405)),
    # No complaint has this reference; real ones are tested beside the pages.
    "complaint": page_for(manager=(404, 404)),
    "record-views": page_for(manager=(200, 405)),
    "appointment-list": desk_page((200, 405)),
    "find-appointment": desk_page((200, 302)),
    "book-appointment": desk_page((200, 422)),
    "appointment-waiting": desk_page((200, 405)),
    # No booking has this reference, no wish this id; other hubs' are tested beside the pages.
    **dict.fromkeys(("booking", "booking-slip"), desk_page((404, 405))),
    **dict.fromkeys(
        (
            "arrive-booking",
            "take-back-arrival",
            "late-booking",
            "take-back-late",
            "miss-booking",
            "finish-booking",
            "move-booking",
            "take-another-time",
            "leave-appointment-waiting",
            "take-appointment-offer",
            "decline-appointment-offer",
        ),
        desk_page((405, 404)),
    ),
    "cancel-booking": desk_page((404, 404)),
    "appointment-plans": page_for(**dict.fromkeys(PLANNERS, (200, 405))),
    "add-appointment-plan": page_for(**dict.fromkeys(PLANNERS, (200, 422))),
    "change-appointment-plan": page_for(**dict.fromkeys(PLANNERS, (404, 404))),
    "close-appointment-day": page_for(**dict.fromkeys(PLANNERS, (200, 422))),
    "reopen-appointment-day": page_for(**dict.fromkeys(PLANNERS, (405, 404))),
    "offer-other-appointments": page_for(**dict.fromkeys(PLANNERS, (405, 302))),
    "reports": page_for(manager=(302, 405)),
    **dict.fromkeys(("report-month", "report-range"), page_for(manager=(200, 405))),
    **dict.fromkeys(("report-figures-csv", "report-figures-xlsx"), page_for(manager=(200, 405))),
    # No measure is asked for; the rows of one are tested beside the pages.
    "report-rows": page_for(manager=(404, 405)),
    "report-export": page_for(manager=(404, 404)),
    "sign-off": page_for(manager=(200, 302)),
    # The month was signed off a line above.
    "amendments": page_for(manager=(200, 405)),
    **dict.fromkeys(("monthly-visits-csv", "monthly-visits-json"), FEED),
    "staff-sign-in": {"nobody": (200, 422)} | dict.fromkeys(EVERYBODY[1:], (302, 302)),
    # Nobody here has set up a second step or locked the screen; both are tested beside the pages.
    **dict.fromkeys(("staff-second-step", "staff-recovery-codes", "staff-locked"), SENT_ON),
    "staff-directory": UNKNOWN_KEY,  # off, until it is set up
    "staff-directory-back": UNKNOWN_KEY,
    "staff-lock": {"nobody": (302, 302)} | dict.fromkeys(EVERYBODY[1:], (405, 302)),
    "staff-account": {"nobody": (302, 302)} | dict.fromkeys(EVERYBODY[1:], (200, 405)),
    "staff-password": OWN_ACCOUNT,
    "staff-sessions": OWN_ACCOUNT,
    "staff-set-up-second-step": OWN_ACCOUNT,
    "staff-remove-second-step": OWN_ACCOUNT,
    "staff-people": page_for(manager=(200, 405), administrator=(200, 405)),
    "staff-change-account": page_for(administrator=(405, 404)),
    "staff-sign-out": {"nobody": (302, 302)} | dict.fromkeys(EVERYBODY[1:], (405, 302)),
}
"""By address name: who gets which status for GET and for an empty POST."""

MONTH_PAGES = ("report-month", "sign-off", "amendments")
RANGE_PAGES = ("report-range", "report-rows", "report-export", "report-figures-csv", "report-figures-xlsx")

ARGUMENTS = {
    **dict.fromkeys(MONTH_PAGES, "2024-05"),
    **dict.fromkeys(RANGE_PAGES, ("2024-05", "2024-05")),
    **dict.fromkeys(("call-visit", "hold-visit", "return-visit", "finish-visit", "leave-visit"), "1"),
    **dict.fromkeys(("waiting-display", "waiting-display-numbers"), "bow"),
    **dict.fromkeys(("appointment-days", "appointment-wish"), "housing"),
    "appointment-times": ("housing", "2999-11-24"),
    **dict.fromkeys(
        ("appointment", "appointment-booked", "appointment-calendar", "appointment-move"), "never-given-out"
    ),
    **dict.fromkeys(("appointment-cancel", "appointment-offer"), "never-given-out"),
    "appointment-move-day": ("never-given-out", "2999-11-24"),
    **dict.fromkeys(("booking", "booking-slip"), "K7M3PQX9T"),
    **dict.fromkeys(("arrive-booking", "take-back-arrival", "late-booking", "take-back-late"), "K7M3PQX9T"),
    **dict.fromkeys(("miss-booking", "finish-booking", "move-booking", "cancel-booking"), "K7M3PQX9T"),
    "take-another-time": "K7M3PQX9T",
    **dict.fromkeys(("leave-appointment-waiting", "change-appointment-plan", "reopen-appointment-day"), "1"),
    **dict.fromkeys(("take-appointment-offer", "decline-appointment-offer"), "1"),
    "ask-sent": "never-given-out",
    "track-link": "never-given-out",
    "feedback": "never-given-out",
    "complaint-sent": "00000000-0000-4000-8000-000000000000",
    "complaint": "K7M3PQX9T",
    "staff-change-account": "9",
    "hub": "bow",
    "hub-hours": "bow",
    "topic": "housing",
    "openreferral-service": record_id("service", "housing"),
    "openreferral-service-at-location": record_id("service_at_location", "housing", "bow"),
    "openreferral-taxonomy": record_id("taxonomy", "lgsl"),
    "openreferral-taxonomy-term": record_id("taxonomy_term", "topic", "housing"),
    "openreferral-nothing": "nothing/here",
}


@pytest.fixture
def story(people, topics, hubs) -> dict[str, str]:
    """A resident's enquiry about a sensitive topic, at Bow, referred to a service that the officer takes for;
    and a visit in the month that can be signed off.

    Returns what stands in the addresses of the pages about it.
    """
    service = topics["domestic-abuse"].service
    people["officer"].services.add(service)
    facts = {"by": people["desk"], "at": MONDAY_NOON}
    raised = [Raised(topics["housing"])]
    in_may = datetime(2024, 5, 15, 12, 0, tzinfo=UTC)
    enquiries.log_visit(token=uuid.uuid4(), hub=hubs["bow"], raised=raised, by=people["desk"], at=in_may)
    resident = enquiries.add_resident(name="Amber Example", **facts)
    raised = [Raised(topics["domestic-abuse"], words="Her story")]
    logged = enquiries.log_visit(
        token=uuid.uuid4(), hub=hubs["bow"], raised=raised, resident=resident, **facts
    )
    referral = enquiries.refer(
        enquiry=logged.enquiries[0], service=service, answers={}, consent_wording="I agree.", **facts
    )
    return {
        **dict.fromkeys(("enquiry", "refer", "slip"), referral.enquiry.reference),
        **dict.fromkeys(
            ("resident", "change-resident", "merge-residents", "copy-resident", "erase-resident"),
            str(resident.pk),
        ),
        "referral": str(referral.pk),
    }


def addresses(patterns=None, prefix="") -> Iterator[tuple[str, str]]:
    """Every address pattern and its name (or, in the console, its pattern)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.name or route


def public_and_staff() -> list[tuple[str, str]]:
    return [(route, name) for route, name in addresses() if not route.startswith("console/")]


def example(route: str, name: str, story: dict[str, str]) -> str:
    given = (ARGUMENTS | story).get(name, "")
    parts = iter([given] if isinstance(given, str) else given)
    return "/" + re.sub("<[^>]+>", lambda _: next(parts), route)


def test_every_address_is_in_the_table():
    assert {name for _, name in public_and_staff()} == set(TABLE)


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_gets_what_the_table_says(who, client, people, topics, postcodes, story):
    got, wanted = {}, {}
    for route, name in public_and_staff():
        for method, status in zip(("get", "post"), TABLE[name][who], strict=True):
            client.cookies.clear()
            if who != "nobody":
                client.force_login(people[who])
            wanted[f"{method} {name}"] = status
            got[f"{method} {name}"] = getattr(client, method)(example(route, name, story)).status_code
    assert got == wanted


@pytest.mark.parametrize("who", EVERYBODY[:-1])
def test_nobody_but_an_administrator_enters_the_console(who, client, people, topics):
    if who != "nobody":
        client.force_login(people[who])
    entered = {}
    for route, _name in addresses():
        if route.startswith("console/"):
            path = "/" + route.replace("<path:object_id>", "1").replace("<id>", "1")
            path = path.replace("<path:content_type_id>", "1").split("^")[0].replace("(?P<url>.*)$", "x")
            for method in ("get", "post"):
                response = getattr(client, method)(path)
                away = response.status_code == 403 or (
                    response.status_code == 302
                    and response.headers["Location"].startswith(("/staff/", "/console/"))
                )
                if not away:
                    entered[f"{method} {path}"] = response.status_code
    assert entered == {}


def test_an_administrator_enters_the_console(client, people, topics):
    client.force_login(people["administrator"])
    pages = [
        "",
        "hubs/hub/",
        "hubs/hub/add/",
        "hubs/datedhours/add/",
        "hubs/topic/",
        "hubs/notice/add/",
        "accounts/user/",
    ]

    assert {page: client.get(f"/console/{page}").status_code for page in pages} == dict.fromkeys(pages, 200)


def test_a_hub_a_topic_and_an_account_cannot_be_deleted(client, people, topics, hubs):
    client.force_login(people["administrator"])
    rows = {
        "hubs/hub": hubs["bow"].pk,
        "hubs/topic": topics["housing"].pk,
        "accounts/user": people["desk"].pk,
    }

    assert [
        client.post(f"/console/{each}/{pk}/delete/", {"post": "yes"}).status_code for each, pk in rows.items()
    ] == [
        403,
        403,
        403,
    ]
