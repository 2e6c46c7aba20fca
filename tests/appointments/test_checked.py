"""What is sent as the page to check showed it, and what becomes of it where that can no longer be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.checked import Checked
from appointments.models import Booking, ContactPlace, Hold, Slot
from hubs import kept
from hubs.models import Topic
from tests.appointments.booker import ANSWERS, Booker, hidden
from tests.appointments.conftest import counters_hold
from tests.conftest import MONDAY_NOON
from tests.reading import Reading


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


@pytest.fixture
def sent(booker):
    """The fields that the button of the page to check sends."""
    checked = booker.check(booker.choose(), words="Damp\nin the “box room” ভেজা", needs="Step-free")
    return hidden(Reading(checked)) | {"step": "send"}


def test_what_was_checked_is_booked_whatever_stands_beside_it(booker, sent):
    booker.post("check/", sent | {"name": "Somebody Else", "words": "Something else", "postcode": "?"})
    booking = Booking.objects.for_page().get()

    assert (booking.resident.name, booking.resident.postcode) == (ANSWERS["name"], "E14 3HG")
    assert (booking.words, booking.needs, booking.language) == (
        "Damp\nin the “box room” ভেজা",
        "Step-free",
        "en",
    )


def test_what_was_checked_and_what_is_typed_again_make_the_same_booking(booker, sent, slots):
    unsealed = {name: value for name, value in sent.items() if name != "checked"}
    booker.post("check/", unsealed)
    booker.client.cookies.clear()
    booker.clock.shift(timedelta(seconds=1))
    other = hidden(Reading(booker.check(booker.choose(1), words=sent["words"], needs=sent["needs"])))
    booker.post("check/", other | {"step": "send"})
    typed, sealed = Booking.objects.order_by("pk").select_related("resident", "slot")

    assert typed.slot != sealed.slot
    for name in ("hub_id", "topic_id", "language", "needs", "words", "interpreter", "channel", "month"):
        assert getattr(typed, name) == getattr(sealed, name), name
    for name in ("name", "phone", "email", "postcode", "may_phone", "may_text", "language", "search_text"):
        assert getattr(typed.resident, name) == getattr(sealed.resident, name), name


def test_a_seal_that_is_not_ours_counts_for_nothing(booker, sent):
    body, signature = sent["checked"].rsplit(":", 1)
    for forged in ("x", body, f"{body}:{signature[::-1]}", f"{body[:-4]}AAAA:{signature}"):
        assert Checked.read(forged) is None
    booker.post("check/", sent | {"checked": f"{body}:{signature[::-1]}", "name": "As Typed"})

    assert Booking.objects.for_page().get().resident.name == "As Typed"


def test_a_page_to_check_that_lay_open_for_a_day_is_shown_again(booker):
    checked = booker.check(booker.choose(day="2026-12-01"))
    booker.clock.shift(timedelta(hours=24))
    response = booker.send(checked)

    assert (response.status_code, Booking.objects.count()) == (422, 0)
    assert "This page was open for a long time." in Reading(response).words


def test_a_topic_that_ended_meanwhile_is_not_booked(booker, sent):
    Topic.objects.filter(slug="housing").update(retired_on=MONDAY_NOON.date())
    kept.forget()
    response = booker.post("check/", sent)

    assert (response.status_code, Booking.objects.count()) == (302, 0)


def test_a_time_that_was_lost_meanwhile_is_told_with_what_was_typed(booker, sent, slots, book):
    hold = Hold.objects.get(slot=slots[0])
    actions.release_hold(key=hold.key, at=MONDAY_NOON)
    while Slot.objects.get(pk=slots[0].pk).free:
        book()
    response = booker.post("check/", sent)

    assert response.status_code == 409
    assert ("name", ANSWERS["name"]) in hidden(Reading(response)).items()
    assert counters_hold()


def test_the_place_of_a_contact_lasts_until_the_slot_ends_even_if_that_was_changed_meanwhile(
    booker, sent, slots
):
    ends = slots[0].ends_at - timedelta(minutes=5)
    Slot.objects.filter(pk=slots[0].pk).update(ends_at=ends)
    booker.post("check/", sent)

    assert {place.until for place in ContactPlace.objects.all()} == {ends}


def test_what_was_checked_is_booked_in_few_statements(booker, sent):
    with CaptureQueriesContext(connection) as taken:
        assert booker.post("check/", sent).status_code == 302

    tables = [each["sql"] for each in taken if "appointments_slot" in each["sql"].split("FROM")[-1]]
    assert len([each for each in tables if each.startswith("SELECT")]) == 0
    assert len(taken) <= 20, [each["sql"] for each in taken]


def test_each_language_leads_to_its_own_confirmation(slots, clock):
    for number, prefix in enumerate(["", "/bn", ""]):
        booker = Booker(clock, prefix=prefix, address=f"192.0.2.{number}")
        done = booker.send(
            booker.check(booker.choose(number), name=f"N{number}", phone="", postcode="E1 1BJ")
        )
        assert done.headers["Location"].startswith(f"{prefix}/appointments/booked/")
        assert booker.client.get(done.headers["Location"]).status_code == 200
