"""How many queries each public page takes: a fixed number, the same for one hub as for three.

The first is the look at the content version; a page that is kept in memory takes that one alone, and at most
once a second.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import LocalePrefixPattern, URLPattern, get_resolver, reverse
from django.utils import translation

from hubs import kept
from hubs.access import Access
from hubs.models import (
    DatedHours,
    DatedPeriod,
    Facility,
    HubFacility,
    Notice,
    OpeningPeriod,
    Postcode,
    Topic,
    TopicCode,
    TopicOffer,
)
from tests.conftest import MONDAY_NOON, make_hub

pytestmark = pytest.mark.django_db

LISTED_HUBS = 4
"""Hubs, their weeks, dated hours and the periods of those."""
VERSION, NOTICES, TOPICS, TOPIC, OFFERS, FACILITIES, POSTCODE, PERIODS = 1, 1, 1, 1, 1, 1, 1, 1

QUERIES = {
    "home": VERSION + LISTED_HUBS + TOPICS + NOTICES,
    "find": VERSION + LISTED_HUBS + TOPICS + NOTICES + OFFERS + POSTCODE,
    "find-near-me": VERSION + POSTCODE,
    "find-too-far": VERSION + LISTED_HUBS + TOPICS + NOTICES,
    "hub-list": VERSION + LISTED_HUBS + NOTICES,
    # One more for the notices of the hub itself, and one for its busy hours.
    "hub": VERSION + LISTED_HUBS + FACILITIES + OFFERS + NOTICES + 2,
    "topic-list": VERSION + TOPICS + NOTICES,
    "topic": VERSION + TOPIC + LISTED_HUBS + OFFERS + NOTICES,
    "ask": VERSION + TOPICS + NOTICES,
    "track": VERSION + NOTICES,
    "accessibility": VERSION,
    "privacy": VERSION + PERIODS,
    "cookies": VERSION,
    "data-protection-complaint": VERSION + NOTICES,
}
FEEDS = {"hub-hours"}
"""Not pages; counted in test_feeds."""
PRIVATE = {"ask-sent", "track-link", "feedback", "complaint-sent"}
"""Pages of one resident; counted in tests/enquiries."""
STEPS = ("details", "check", "booked", "look-up", "calendar", "move", "move-day", "cancel", "offer", "days")
APPOINTMENTS = {"appointments", "appointment", "appointment-wish", "appointment-times"}
APPOINTMENTS |= {f"appointment-{step}" for step in STEPS}
"""Made for whoever asks, from the slots that are free at that moment; counted in tests/appointments."""
ADDRESSES = {
    "hub": ["hub-1"],
    "topic": ["topic-1"],
}
ASKED = {
    "find": "?postcode=E14+3HG&topic=topic-1",
    "find-near-me": "?latitude=51.496&longitude=-0.0118",
}


@pytest.fixture(autouse=True)
def _looked_at_once(monkeypatch):
    """However slow the machine, the content version is looked at once in a test."""
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)


def fill(number: int) -> None:
    """Make as many hubs, topics and everything else that pages list, each with as many of its own."""
    topics = [
        Topic.objects.create(slug=f"topic-{n}", position=n, name_en=f"Topic {n}", summary_en="Help")
        for n in range(1, number + 1)
    ]
    facilities = [
        Facility.objects.create(slug=f"facility-{n}", name_en=f"Facility {n}") for n in range(number)
    ]
    for n in range(1, number + 1):
        access = Access.APPOINTMENT_ONLY if n == 1 else Access.WALK_IN
        hub = make_hub(f"hub-{n}", n, easting=536000 + 500 * n, northing=181000, access=access)
        OpeningPeriod.objects.create(hub=hub, weekday=5, opens=time(9), closes=time(12))
        HubFacility.objects.bulk_create(HubFacility(hub=hub, facility=each) for each in facilities)
        TopicOffer.objects.bulk_create(TopicOffer(hub=hub, topic=each) for each in topics)
        _differ(hub, number)
        _tell(hub, number)
    TopicCode.objects.bulk_create(TopicCode(topic=topic, lgsl=n) for topic in topics for n in range(number))
    _tell(None, number)
    _differ(None, number)
    Postcode.objects.bulk_create(
        Postcode(f"E14 3H{letter}", 538113 + n, 179321, 51.495967, -0.011774, "E09000030")
        for n, letter in enumerate("GHJ"[:number])
    )


def _differ(hub, number: int) -> None:
    for day in range(number):
        on = (MONDAY_NOON + timedelta(days=7 + day)).date()
        special = DatedHours.objects.create(hub=hub, on=on, closed=False, reason_en="Late night")
        DatedPeriod.objects.create(dated_hours=special, opens=time(12), closes=time(20))


def _tell(hub, number: int) -> None:
    Notice.objects.bulk_create(
        Notice(
            hub=hub,
            text_en=f"Notice {n}",
            shows_from=MONDAY_NOON,
            shows_until=datetime(2027, 1, 1, tzinfo=UTC),
        )
        for n in range(number)
    )


def pages_in_both_languages() -> set[str]:
    (resolver,) = (
        each for each in get_resolver().url_patterns if isinstance(each.pattern, LocalePrefixPattern)
    )

    def names(patterns):
        for each in patterns:
            yield from [each.name] if isinstance(each, URLPattern) else names(each.url_patterns)

    return set(names(resolver.url_patterns))


def test_every_public_page_has_its_number():
    assert pages_in_both_languages() == set(QUERIES) | FEEDS | PRIVATE | APPOINTMENTS


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("name", QUERIES)
def test_a_page_takes_its_number_of_queries(name, number, language, django_assert_num_queries):
    fill(number)
    with translation.override(language):
        path = reverse(name, args=ADDRESSES.get(name)) + ASKED.get(name, "")
    browser = Client()
    with time_machine.travel(MONDAY_NOON, tick=False), django_assert_num_queries(QUERIES[name]):
        response = browser.get(path)

    assert response.status_code == (302 if name == "find-near-me" else 200)


@pytest.mark.parametrize("number", [1, 3])
def test_the_map_of_the_borough_takes_one_query_for_all_postcodes(number, django_assert_num_queries):
    fill(number)
    with django_assert_num_queries(VERSION + POSTCODE):
        assert Client().get("/borough-map.svg").status_code == 200
