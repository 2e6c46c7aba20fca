"""What becomes of a confirmation and of its form once the appointment is no longer to be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import actions
from appointments.models import Booking, Slot
from tests.appointments.booker import Booker, hidden
from tests.appointments.conftest import counters_hold
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

SOON = MONDAY_NOON + timedelta(minutes=1)


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


def test_a_cancelled_appointment_is_not_confirmed(booker):
    booking = booker.book()
    actions.cancel(booking=booking, by=None, at=SOON)
    response = booker.get(f"booked/{booking.private_key}/")

    assert response.headers["Location"] == f"/appointments/b/{booking.private_key}/"


def test_an_appointment_whose_time_was_withdrawn_is_not_confirmed(booker, slots):
    booking = booker.book()
    Slot.objects.filter(pk=booking.slot_id).update(withdrawn_at=SOON, withdrawn_because="day")
    response = booker.get(f"booked/{booking.private_key}/")

    assert response.headers["Location"] == f"/appointments/b/{booking.private_key}/"


def test_the_confirmation_leads_to_moving_and_cancelling(booker):
    booking = booker.book()
    page = Reading(booker.get(f"booked/{booking.private_key}/"))

    assert f"/appointments/b/{booking.private_key}/" in page.links()


def test_the_form_of_a_cancelled_appointment_books_another(booker, slots):
    details = booker.choose(0)
    booker.send(booker.check(details))
    actions.cancel(booking=Booking.objects.get(), by=None, at=SOON)
    again = booker.post("details/", hidden(Reading(details)) | {"slot": str(slots[1].pk)})
    assert again.status_code == 200
    done = booker.send(booker.check(again))

    assert (done.status_code, done.headers["Location"].endswith("/?first=yes")) == (302, False)
    assert sorted(Booking.objects.values_list("status", "slot")) == [
        ("booked", slots[1].pk),
        ("cancelled", slots[0].pk),
    ]
    assert counters_hold()


def test_sending_the_form_of_a_cancelled_appointment_again_asks_first(booker, slots):
    checked = booker.check(booker.choose(0))
    booker.send(checked)
    actions.cancel(booking=Booking.objects.get(), by=None, at=SOON)
    asked = booker.send(checked)
    assert (asked.status_code, Booking.objects.live().count()) == (200, 0)
    assert Reading(asked).texts("h1") == ["Check your appointment"]
    done = booker.send(asked)

    assert (done.status_code, Booking.objects.live().get().slot) == (302, slots[0])
    assert counters_hold()
