"""What the page says that confirms a booking: whether a message comes, and what stands in for one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import actions
from appointments.models import Booking, Message, Slot
from tests.appointments.booker import Booker
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

BY_EMAIL = "We confirm this by e-mail."
BY_TEXT = "We confirm this by text message."
REMINDED = "We also remind you before you come."
NOTHING = "No e-mail and no text message will come. Write your reference down or print this page."
SENTENCES = (BY_EMAIL, BY_TEXT, REMINDED, NOTHING)


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


def said(booker: Booker, booking: Booking) -> list[str]:
    words = Reading(booker.get(f"booked/{booking.private_key}/")).words
    return [each for each in SENTENCES if each in words]


@pytest.mark.parametrize(
    ("contact", "sentences"),
    [
        ({}, [BY_TEXT, REMINDED]),
        ({"email": "rahima@example.com"}, [BY_EMAIL, REMINDED]),
        ({"phone": "020 7946 0123"}, [NOTHING]),
        ({"phone": ""}, [NOTHING]),
    ],
)
def test_it_says_by_which_way_a_message_comes(booker, contact, sentences):
    booking = booker.book(**contact)

    assert said(booker, booking) == sentences
    assert Message.objects.filter(booking=booking).exists() == (sentences != [NOTHING])


@pytest.mark.parametrize(
    ("safe", "sentences"),
    [([], [NOTHING]), (["phone", "post"], [NOTHING]), (["email"], [BY_EMAIL, REMINDED])],
)
def test_of_a_private_topic_it_says_so_of_the_safe_ways_alone(booker, safe, sentences):
    booking = booker.book(topic="domestic-abuse", email="rahima@example.com", safe=safe)
    assert said(booker, booking) == sentences


def test_no_reminder_is_announced_where_none_comes(booker, clock, slots):
    clock.move_to(slots[3].starts_at - timedelta(hours=11))
    assert said(booker, booker.book(3)) == [BY_TEXT]


@pytest.mark.parametrize("become", ["cancelled", "missed", "arrived", "withdrawn"])
def test_the_reference_stands_where_somebody_is_asked_to_say_it(booker, become, clock, people):
    booking = booker.book()
    path = f"b/{booking.private_key}/"
    if become == "cancelled":
        booker.post(f"{path}cancel/", {})
    elif become == "withdrawn":
        Slot.objects.update(withdrawn_at=MONDAY_NOON, withdrawn_because="day")
    else:
        clock.move_to(booking.slot.starts_at + timedelta(minutes=20))
        act = {"missed": actions.miss, "arrived": actions.arrive}[become]
        act(booking=booking, by=people["manager"], at=booking.slot.starts_at + timedelta(minutes=20))
    page = Reading(booker.get(path))

    assert page.words.count(booking.shown_reference) == 1
