"""What is offered where, for the tests of the feeds, and how they ask for it."""

from datetime import date, time

import pytest
import time_machine
from django.test import Client

from hubs.models import (
    DatedHours,
    DatedPeriod,
    Facility,
    Hub,
    HubFacility,
    OpeningPeriod,
    Topic,
    TopicCode,
)
from tests.conftest import MONDAY_NOON


@pytest.fixture
def offered(topics, postcodes) -> dict[str, Topic]:
    """The cast's topics with codes, known and unknown facilities, a lunch break and a special day."""
    TopicCode.objects.create(topic=topics["housing"], lgsl=112)
    TopicCode.objects.create(topic=topics["housing"], lgsl=92)
    TopicCode.objects.create(topic=topics["benefits"], lgsl=69)
    bow = Hub.objects.get(slug="bow")
    OpeningPeriod.objects.filter(hub=bow, weekday=2).update(closes=time(12))
    OpeningPeriod.objects.create(hub=bow, weekday=2, opens=time(13), closes=time(20))
    early = DatedHours.objects.create(hub=bow, on=date(2026, 12, 24), closed=False, reason_en="Christmas Eve")
    DatedPeriod.objects.create(dated_hours=early, opens=time(9), closes=time(12))
    known = {
        "step-free-entrance": "yes",
        "hearing-loop": "no",
        "accessible-toilet": "unknown",
        "wi-fi": "yes",
    }
    for position, (slug, available) in enumerate(known.items()):
        facility = Facility.objects.create(
            slug=slug, position=position, name_en=slug.replace("-", " ").title()
        )
        HubFacility.objects.create(hub=bow, facility=facility, available=available)
    return topics


def get(path: str, **query: object):
    """Ask the API for a path on a plain working day."""
    with time_machine.travel(MONDAY_NOON, tick=False):
        return Client().get(f"/openreferral/{path}", query)


def found(path: str, **query: object) -> list[str]:
    """The names (of services) or "service @ hub" that a list answers."""
    response = get(path, **query)
    assert response.status_code == 200, response.content
    return [
        f"{each['service']['name']} @ {each['location']['name']}" if "location" in each else each["name"]
        for each in response.json()["contents"]
    ]
