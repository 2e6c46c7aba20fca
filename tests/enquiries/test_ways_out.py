"""A hub by appointment only: no walk-in by page, action or database, and the ways out, counted apart."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from enquiries import actions
from enquiries.actions.desk import Raised
from enquiries.errors import WalkInRefused
from enquiries.models import Enquiry, TicketCounter, Visit
from hubs.access import Access
from tests.conftest import MONDAY_NOON
from tests.enquiries.desk_form import LOG, errors


@pytest.mark.parametrize("kind", ["walk_in", "", "nonsense"])
def test_no_walk_in_can_be_posted_at_the_town_hall(town_hall_desk, typed, kind):
    response = town_hall_desk.post(LOG, typed(kind=kind))

    assert (response.status_code, list(errors(response)), Visit.objects.count()) == (422, ["kind"], 0)


def test_a_refused_walk_in_is_told_the_ways_out(town_hall_desk, typed):
    response = town_hall_desk.post(LOG, typed(kind="walk_in"))

    assert errors(response) == {
        "kind": [
            "Town-Hall hub takes this by appointment only: "
            "give an appointment, signpost, or say why it is urgent"
        ]
    }


def test_no_walk_in_can_be_put_on_the_town_halls_waiting_list(town_hall_desk, typed):
    response = town_hall_desk.post(LOG, typed(kind="walk_in", then="wait"))

    assert (response.status_code, Visit.objects.count(), TicketCounter.objects.count()) == (422, 0, 0)


def test_the_action_refuses_a_walk_in_at_the_town_hall(hubs, topics, people):
    with pytest.raises(WalkInRefused):
        actions.log_visit(
            token=uuid.uuid4(),
            hub=hubs["town-hall"],
            raised=[Raised(topics["housing"])],
            by=people["desk"],
            at=MONDAY_NOON,
        )


def test_the_database_refuses_a_walk_in_at_the_town_hall(hubs, people):
    values = {
        "token": uuid.uuid4(),
        "hub": hubs["town-hall"],
        "hub_access": Access.APPOINTMENT_ONLY,
        "arrived_at": MONDAY_NOON,
        "service_day": MONDAY_NOON.date(),
        "month": 202611,
        "hour_of_week": 12,
        "logged_at": MONDAY_NOON,
        "logged_by": people["desk"],
    }
    with pytest.raises(IntegrityError, match="visit_walk_in_where_allowed"), transaction.atomic():
        Visit.objects.create(**values)
    Visit.objects.create(**values, kind=Visit.Kind.BOOKED)


def test_an_appointment_given_by_phone_is_counted_apart(town_hall_desk, typed):
    response = town_hall_desk.post(LOG, typed(kind="booked", outcome=None, agreed="Tuesday at 10:00"))

    visit, enquiry = Visit.objects.get(), Enquiry.objects.get()
    assert (response.status_code, visit.kind, enquiry.outcome.group) == (302, "booked", "appointment")


def test_somebody_sent_to_a_walk_in_hub_is_counted_apart(town_hall_desk, typed, hubs):
    response = town_hall_desk.post(LOG, typed(kind="signposted", outcome=None, signposted_to=hubs["bow"].pk))

    visit, enquiry = Visit.objects.get(), Enquiry.objects.get()
    assert (response.status_code, visit.signposted_to, enquiry.outcome.group) == (
        302,
        hubs["bow"],
        "signposted",
    )


def test_nobody_is_sent_to_a_hub_that_needs_an_appointment_too(town_hall_desk, typed, hubs, topics):
    fields = {"kind": "signposted", "outcome": None, "signposted_to": hubs["bow"].pk}
    response = town_hall_desk.post(LOG, typed(topic=topics["benefits"].pk, **fields))

    assert errors(response) == {"signposted_to": ["Bow hub takes this by appointment only too"]}


def test_an_urgent_case_has_a_reason_and_is_counted_apart(town_hall_desk, typed):
    refused = town_hall_desk.post(LOG, typed(kind="urgent"))
    town_hall_desk.post(LOG, typed(kind="urgent", urgent_reason="Homeless tonight"))

    visit = Visit.objects.get()
    assert errors(refused) == {"urgent_reason": ["Say why it is urgent"]}
    assert (visit.kind, visit.urgent_reason, visit.hub_access) == (
        "urgent",
        "Homeless tonight",
        Access.APPOINTMENT_ONLY,
    )


def test_an_urgent_case_may_wait_for_an_officer(town_hall_desk, typed):
    town_hall_desk.post(LOG, typed(kind="urgent", urgent_reason="No food", then="wait", outcome=None))

    assert Visit.objects.get().ticket == "W-001"


def test_the_town_halls_page_names_the_nearest_open_walk_in_hub_first(
    town_hall_desk, topics, people, time_machine
):
    time_machine.move_to(MONDAY_NOON)
    town_hall_desk.force_login(people["desk"])
    words = " ".join(town_hall_desk.get(LOG).content.decode().split())

    assert words.count("Nearest that is open.") == 1
    hours = "Open until 17:00. Hours not yet confirmed."
    assert f"<strong>Bow hub</strong>, 39 minutes’ walk. {hours} <strong>Nearest that is open." in words


def test_the_town_halls_page_says_when_no_hub_is_open(town_hall_desk, topics, people, time_machine):
    time_machine.move_to("2026-11-22T12:00:00+00:00")
    town_hall_desk.force_login(people["desk"])

    assert "No walk-in hub is open now." in town_hall_desk.get(LOG).content.decode()


def test_a_topic_by_appointment_is_refused_at_a_walk_in_hub_too(signed_in, typed, topics):
    refused = signed_in().post(LOG, typed(topic=topics["benefits"].pk))
    second = signed_in().post(
        LOG, typed(also_topic_2=topics["benefits"].pk, also_outcome_2=typed()["outcome"])
    )
    booked = signed_in().post(LOG, typed(topic=topics["benefits"].pk, kind="booked"))

    assert (list(errors(refused)), list(errors(second))) == (["kind"], ["kind"])
    assert (booked.status_code, Visit.objects.get().kind) == (302, "booked")
