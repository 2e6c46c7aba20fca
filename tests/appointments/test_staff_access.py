"""Who of the staff sees, moves and notes which appointments: at their own hub, elsewhere, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import actions
from appointments.models import Booking
from tests.appointments.conftest import TUESDAY
from tests.reading import Reading

LIST, WAITING = "/staff/appointments/", "/staff/appointments/waiting/"
MOVES = ("arrive", "late", "late/back", "missed", "finish", "move", "cancel")


def move(client, booking: Booking, step: str, **fields):
    return client.post(f"{LIST}{booking.reference}/{step}/", fields, follow=True)


@pytest.mark.parametrize("who", ["other_desk", "outsider", "officer", "administrator"])
def test_nobody_else_sees_or_moves_an_appointment(client, people, book, who):
    booking = book()
    client.force_login(people[who])
    refused = 404 if who == "other_desk" else 403
    answers = {client.post(f"{LIST}{booking.reference}/{step}/").status_code for step in MOVES}
    answers |= {client.get(f"{LIST}{booking.reference}/").status_code}
    answers |= {client.get(f"{page}?hub=town-hall").status_code for page in (LIST, WAITING)}
    booking.refresh_from_db()

    assert (answers, booking.status) == ({refused}, "booked")


@pytest.fixture
def elsewhere(client, people, clock, slots):
    """An officer of another hub, once the Town Hall's first appointments have begun."""
    clock.move_to(slots[0].starts_at + timedelta(minutes=5))
    client.force_login(people["other_desk"])
    return client


@pytest.mark.parametrize("topic", ["housing", "domestic-abuse"])
@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("home", ["cubitt-town", None])
def test_an_officer_sees_what_they_booked_for_another_hub_and_where_its_links_lead(
    elsewhere, people, hubs, book, slots, topics, topic, arrived, home
):
    people["other_desk"].home_hub = hubs.get(home)
    people["other_desk"].save()
    booking = book(by=people["other_desk"], channel="phone", topic=topics[topic])
    if arrived:
        actions.arrive(booking=booking, by=people["manager"], at=slots[0].starts_at)
    page = Reading(elsewhere.get(f"{LIST}{booking.reference}/"))
    own = [each for each in page.one("main").iter("a") if each.get("href", "").startswith("/staff/")]
    links = [each.get("href") for each in own + page.all("govuk-back-link")]

    assert page.status == 200
    assert {link: elsewhere.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    assert (home is None) == (f"{LIST}?day={TUESDAY}" not in links)


def test_an_officer_moves_and_cancels_what_they_booked_for_another_hub(elsewhere, people, book, slots):
    booking = book(by=people["other_desk"], channel="phone", slot=slots[1])
    moved, cancelled = move(elsewhere, booking, "move", slot=slots[2].pk), move(elsewhere, booking, "cancel")
    booking.refresh_from_db()

    assert (moved.status_code, cancelled.status_code) == (200, 200)
    assert (booking.slot, booking.status) == (slots[2], "cancelled")


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("home", ["cubitt-town", None])
def test_an_officer_notes_nothing_of_the_day_at_another_hub(
    elsewhere, people, hubs, book, slots, arrived, home
):
    people["other_desk"].home_hub = hubs.get(home)
    people["other_desk"].save()
    booking = book(by=people["other_desk"], channel="phone")
    if arrived:
        actions.arrive(booking=booking, by=people["manager"], at=slots[0].starts_at)
    steps = ("arrive", "arrive/back", "late", "late/back", "missed", "finish")
    answers = {elsewhere.post(f"{LIST}{booking.reference}/{step}/").status_code for step in steps}
    booking.refresh_from_db()

    assert (answers, booking.late_at) == ({404}, None)
    assert booking.status == ("arrived" if arrived else "booked")
