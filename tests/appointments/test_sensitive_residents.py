"""A resident with an appointment or a wish about a sensitive topic is not shown to another hub's desk."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from appointments import actions
from appointments.models import Booking, Wish
from enquiries import actions as desk
from enquiries.models import Resident
from enquiries.ties import ties
from tests.appointments.conftest import TUESDAY
from tests.conftest import MONDAY_NOON


@pytest.fixture
def sensitive(topics, hubs):
    topics["housing"].sensitive = True
    topics["housing"].save()
    return topics["housing"]


@pytest.fixture
def wish(plan, topics, hubs):
    def wished(**facts) -> Wish:
        return actions.join_waiting_list(
            token=uuid.uuid4(),
            hub=hubs["town-hall"],
            topic=topics["housing"],
            from_on=TUESDAY,
            to_on=TUESDAY + timedelta(days=7),
            by=None,
            at=MONDAY_NOON,
            language="en",
            name="Amber Example",
            **facts,
        )[0]

    return wished


@pytest.fixture(params=["booking", "wish"])
def made(request, book, wish):
    return {"booking": book, "wish": wish}[request.param]


def who_sees(resident: Resident, people) -> set[str]:
    """Return who finds a resident, of everybody."""
    return {name for name, who in people.items() if Resident.objects.visible_to(who).filter(pk=resident.pk)}


def test_bookings_and_wishes_are_ties():
    assert ties() == (Booking, Wish)


def test_only_its_own_desk_sees_a_sensitive_one(made, sensitive, people, hubs):
    resident = made().resident
    assert who_sees(resident, people) == {"manager"}

    people["desk"].home_hub = hubs["town-hall"]
    assert who_sees(resident, people) == {"manager", "desk"}


def test_every_desk_sees_one_that_is_not_sensitive(made, people):
    assert who_sees(made().resident, people) == {"manager", "desk", "other_desk"}


def test_who_booked_a_sensitive_one_for_another_hub_sees_it(book, sensitive, people):
    booking = book(by=people["other_desk"], channel="phone")
    assert who_sees(booking.resident, people) == {"manager", "other_desk"}


def test_one_of_a_merged_record_keeps_back_the_kept_record(made, sensitive, people):
    kept = desk.add_resident(by=people["manager"], at=MONDAY_NOON, name="Amber Example", language="en")
    assert who_sees(kept, people) == {"manager", "desk", "other_desk"}

    desk.merge_residents(keep=kept, other=made().resident, by=people["manager"], at=MONDAY_NOON)
    assert who_sees(kept, people) == {"manager"}


@pytest.mark.parametrize("page", ["", "change/"])
def test_another_desk_can_neither_open_nor_change_the_record(made, sensitive, signed_in, page):
    assert signed_in("desk").get(f"/staff/residents/{made().resident.pk}/{page}").status_code == 404
