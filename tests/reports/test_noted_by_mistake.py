"""A visit that was noted by mistake counts nowhere, with all that it opened; its history stays."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from appointments import actions as appointments
from enquiries import actions as desk
from enquiries.actions.desk import Raised
from enquiries.errors import NotAllowedNow
from enquiries.models import Enquiry, Feedback, Visit
from enquiries.waiting_list import today_at
from reports.actions import sign_off
from reports.busy_hours import visits_by_hour
from reports.measures import MEASURES
from reports.months import Month
from reports.open_data import public_months
from reports.report import report
from reports.rows import Rows, Scope, rows_of
from tests.reports.borough import Borough
from tests.reports.october import NOVEMBER
from tests.reports.test_plain_sql import said_by

pytestmark = pytest.mark.django_db

OCTOBER = Month(2026, 10)
CAME_AT = datetime(2026, 10, 15, 10, 15, tzinfo=UTC)


def everything(borough: Borough, people: dict[str, Any]) -> dict[str, Any]:
    """All that is counted of October, wherever it is counted."""
    hub, topic = borough.hubs[0], borough.topics[0]
    found = report(OCTOBER, OCTOBER, at=NOVEMBER)
    return {
        "whole": said_by(found),
        "hub": said_by(report(OCTOBER, OCTOBER, scope=Scope(hub=hub), at=NOVEMBER)),
        "topic": said_by(report(OCTOBER, OCTOBER, scope=Scope(topic=topic), at=NOVEMBER)),
        "tables": [[figure.count for row in each.rows for figure in row.figures] for each in found.tables],
        "trend": [{key: each.count for key, each in month.figures.items()} for month in found.trend],
        "rows": {
            key: rows_of(Rows(OCTOBER, OCTOBER, MEASURES[key]), at=NOVEMBER).count() for key in MEASURES
        },
        "busy hours": visits_by_hour(at=NOVEMBER),
        "today": today_at(hub, people["manager"], CAME_AT),
    }


@pytest.fixture
def arrived(october: Borough, people):
    """Somebody whose appointment in October is noted as arrived."""
    booking = october.booking(october.slot(CAME_AT))
    return appointments.arrive(booking=booking, by=people["desk"], at=CAME_AT)


@pytest.fixture
def walk_in(october: Borough, people) -> Visit:
    """Somebody on October's waiting list, about two things, one of them settled at once."""
    raised = [Raised(october.topics[0]), Raised(october.topics[0], outcome=october.outcomes["resolved"])]
    return desk.log_visit(
        token=uuid.uuid4(), hub=october.hubs[0], raised=raised, by=people["desk"], at=CAME_AT, waiting=True
    ).visit


def leave(visit: Visit, people: dict[str, Any]) -> Visit:
    return desk.leave(visit=visit, reason=Visit.LeftReason.MISTAKE, by=people["desk"], at=CAME_AT)


def test_an_arrival_taken_back_counts_nowhere(october, people):
    booking = october.booking(october.slot(CAME_AT))
    before = everything(october, people)
    arrived = appointments.arrive(booking=booking, by=people["desk"], at=CAME_AT)
    between = everything(october, people)
    appointments.take_back_arrival(booking=arrived, by=people["desk"], at=CAME_AT)

    assert [name for name in before if between[name] == before[name]] == []
    assert everything(october, people) == before


def test_a_walk_in_noted_by_mistake_counts_nowhere(october, people, request):
    before = everything(october, people)
    visit = request.getfixturevalue("walk_in")
    assert everything(october, people)["whole"] != before["whole"]
    leave(visit, people)

    assert everything(october, people) == before
    assert {each.status for each in visit.enquiries.all()} == {"mistake"}


def test_a_month_is_signed_off_and_published_without_it(october, people, arrived):
    appointments.take_back_arrival(booking=arrived, by=people["desk"], at=CAME_AT)
    live = said_by(report(OCTOBER, OCTOBER, at=NOVEMBER))
    sign_off(month=OCTOBER, by=people["manager"], at=NOVEMBER)

    assert said_by(report(OCTOBER, OCTOBER, at=NOVEMBER)) == live
    assert [each.published.total for each in public_months(NOVEMBER)] == [live["visits"]]


def test_its_steps_stay_in_the_history(arrived, people):
    appointments.take_back_arrival(booking=arrived, by=people["desk"], at=CAME_AT)
    enquiry = Enquiry.objects.get(pk=arrived.enquiry.pk)

    assert [each.kind for each in enquiry.events.all()] == ["opened", "taken_back"]
    assert [each.kind for each in arrived.events.all()][-2:] == ["arrived", "taken_back"]


def test_an_enquiry_noted_by_mistake_stays_so(arrived, people, borough):
    appointments.take_back_arrival(booking=arrived, by=people["desk"], at=CAME_AT)
    enquiry, by = arrived.enquiry, {"by": people["desk"], "at": CAME_AT}
    for act, facts in (
        (desk.reopen, {"note": "After all"} | by),
        (desk.close, {"outcome": borough.outcomes["resolved"]} | by),
        (desk.answer, {"sentence": "Soon"} | by),
        (desk.refer, {"service": borough.services[1], "answers": {}, "consent_wording": "Yes"} | by),
        (desk.give_feedback, {"answer": "yes", "comment": "", "at": CAME_AT}),
    ):
        with pytest.raises(NotAllowedNow):
            act(enquiry=enquiry, **facts)

    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.outcome, enquiry.first_contact) == ("mistake", None, False)
    assert Feedback.objects.filter(enquiry=enquiry).count() == 0


def test_its_private_link_says_that_it_is_finished_and_asks_nothing(client, arrived, people):
    appointments.take_back_arrival(booking=arrived, by=people["desk"], at=CAME_AT)
    key = arrived.enquiry.private_key
    told = client.get(reverse("track-link", args=[key])).content.decode()

    assert "This is finished." in told
    assert reverse("feedback", args=[key]) not in told
    assert client.get(reverse("feedback", args=[key])).status_code == 404


@pytest.mark.parametrize("acted", ["referred and returned", "answered by the resident"])
def test_a_visit_on_which_somebody_has_acted_was_no_mistake(walk_in, borough, people, acted):
    enquiry = walk_in.enquiries.order_by("pk").first()
    if acted == "answered by the resident":
        desk.give_feedback(enquiry=enquiry, answer="yes", comment="", at=CAME_AT)
    else:
        facts = {"service": borough.services[1], "answers": {}, "consent_wording": "Yes"}
        referral = desk.refer(enquiry=enquiry, by=people["desk"], at=CAME_AT, **facts)
        desk.return_to_desk(referral=referral, reason="Not ours", by=people["officer"], at=CAME_AT)
    with pytest.raises(NotAllowedNow):
        leave(walk_in, people)

    walk_in.refresh_from_db()
    assert (walk_in.state, walk_in.left_reason) == (Visit.State.WAITING, "")
    assert walk_in.enquiries.filter(status="mistake").count() == 0


def test_somebody_noted_again_by_mistake_did_not_come_back(borough, people):
    someone, at = borough.resident(), CAME_AT - timedelta(days=7)
    borough.enquiry(at, ends="resolved", resident=someone)
    visit = borough.visit(CAME_AT, left="mistake", resident=someone)
    borough.enquiry(CAME_AT, visit=visit, resident=someone, status="mistake")

    verified = report(OCTOBER, OCTOBER, at=NOVEMBER).headline("verified").now
    assert (verified.base.count, verified.count) == (1, 1)


def test_the_table_of_reasons_for_leaving_has_none_for_mistakes(october):
    table = report(OCTOBER, OCTOBER, at=NOVEMBER).table("left")

    assert sum(row.figures[0].count for row in table.rows) == table.total.figures[0].count == 2
    assert [row.label for row in table.rows if "mistake" in row.label] == []
