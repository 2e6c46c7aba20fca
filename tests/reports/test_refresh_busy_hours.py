"""From visits to the words on a hub's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from hubs.busy_hours import FEWEST_VISITS
from hubs.models import BusyHour
from tests.reports.october import NOVEMBER

pytestmark = pytest.mark.django_db

LAST_WEEK = NOVEMBER - timedelta(weeks=1)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


def said() -> dict[tuple[str, int, int], str]:
    return {
        (row.hub.slug, row.weekday, row.hour): row.level for row in BusyHour.objects.select_related("hub")
    }


def test_hours_that_the_hub_is_open_are_said_and_those_without_a_visit_are_quiet(borough, client):
    for minute in range(FEWEST_VISITS):
        borough.visit(LAST_WEEK.replace(hour=10, minute=minute % 60))
    borough.visit(LAST_WEEK.replace(hour=18))

    call_command("refresh_busy_hours", verbosity=0)

    found = said()
    # Monday to Friday, nine to five, at the one hub that had visits enough.
    assert len(found) == 5 * 8
    assert {hour for hour, level in found.items() if level == "busy"} == {("bow", 1, 10)}
    assert found["bow", 4, 16] == "quiet"
    assert "Busy 10:00" in client.get("/hubs/bow/").content.decode()


def test_a_hub_with_few_visits_is_silent_and_an_old_week_does_not_count(borough, capsys):
    for minute in range(FEWEST_VISITS):
        borough.visit(NOVEMBER - timedelta(weeks=13, minutes=minute))
    borough.visit(LAST_WEEK)

    call_command("refresh_busy_hours")

    assert said() == {}
    assert capsys.readouterr().out == "Busy hours: 0 hours of the week are said anew.\n"
