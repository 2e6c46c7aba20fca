"""A day on which nothing is free: that it says so, why where that is known, and which days are near it."""

from __future__ import annotations

from datetime import date

import pytest

from appointments import actions
from appointments.models import Slot
from hubs import kept
from hubs.models import OpeningPeriod
from tests.appointments.booker import DAY, Booker, hidden
from tests.appointments.conftest import TUESDAY
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

FULL = "Every time on this day is taken."
SHUT = "The hub is closed on this day."
NOBODY = "We see nobody by appointment on this day."
NOTHING = "Nothing is free on this day."


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


def headline(page: Reading) -> str:
    (said,) = page.texts("hub-answer__headline")
    return said


def days(page: Reading) -> list[str]:
    return [str(each.get("href")).split("/")[-2] for each in page.all("hub-day")]


def test_a_full_day_says_so_and_offers_the_next_days(booker):
    Slot.objects.filter(service_day=TUESDAY).update(booked=2)
    page = Reading(booker.get(f"housing/{DAY}/"))

    assert (headline(page), days(page)) == (FULL, ["2026-12-01", "2026-12-08", "2026-12-15"])
    assert "The next free days:" in page.words
    assert "is Bow hub" in page.words


def test_the_days_offered_come_after_the_day_that_was_wanted(booker):
    page = Reading(booker.get("housing/2026-12-02/"))
    assert (headline(page), days(page)) == (NOTHING, ["2026-12-08", "2026-12-15"])


def test_where_no_day_after_it_is_free_those_before_it_are_offered(booker):
    page = Reading(booker.get("housing/2027-06-01/"))

    assert (headline(page), days(page)) == (NOTHING, ["2026-12-01", "2026-12-08", "2026-12-15"])
    assert "The last free days before it:" in page.words


@pytest.mark.parametrize("on", ["2026-12-25", "9999-12-31"])
def test_a_day_on_which_the_hub_is_closed_says_so(booker, hubs, on):
    OpeningPeriod.objects.filter(hub=hubs["town-hall"], weekday=date.fromisoformat(on).weekday()).delete()
    kept.forget()
    assert headline(Reading(booker.get(f"housing/{on}/"))) == SHUT


def test_a_day_that_was_closed_to_appointments_says_that_nobody_is_seen(booker, hubs, people):
    about = {"hub": hubs["town-hall"], "on": TUESDAY, "by": people["manager"]}
    actions.close_day(**about, at=MONDAY_NOON, seen_hits=[])
    assert headline(Reading(booker.get(f"housing/{DAY}/"))) == NOBODY
    actions.reopen_day(**about, at=MONDAY_NOON)
    assert Reading(booker.get(f"housing/{DAY}/")).all("hub-time") != []


def test_what_was_typed_travels_on_to_the_days_offered(booker):
    page = Reading(booker.post("housing/2026-12-02/", {"name": "Rahima", "language": "en"}))
    day = page.all("hub-day")[0]

    assert day.get("form") == page.one("#booking").get("id")
    times = booker.client.post(str(day.get("formaction")), hidden(page))
    assert hidden(Reading(times))["name"] == "Rahima"


def test_a_topic_about_which_nobody_is_seen_says_so(booker):
    assert "We give no appointments for this topic." in Reading(booker.get("benefits/2026-12-02/")).words
