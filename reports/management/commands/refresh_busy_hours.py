"""Tell the public pages when each hub is usually busy, from the visits of the last weeks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from enquiries.londontime import service_day
from hubs.actions import say_busy_hours
from hubs.busy_hours import WEEKS, Level, hours_within, usual_levels
from hubs.directory import ListedHub, listed_hubs
from reports.busy_hours import visits_by_hour


class Command(BaseCommand):
    """Safe to run at any time and twice. Meant for every week; pages stop showing what is older than four."""

    help = f"Count the visits of the last {WEEKS} weeks by hub, weekday and hour, and store how busy each is."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        changed = say_busy_hours(_levels(at), counted_on=service_day(at))
        if options["verbosity"]:
            self.stdout.write(f"Busy hours: {changed} hours of the week are said anew.")


def _levels(at: datetime) -> dict[int, dict[tuple[int, int], Level]]:
    visits = visits_by_hour(at=at)
    return {
        each.hub.pk: usual_levels(_while_open(each, visits.get(each.hub.pk, {}))) for each in listed_hubs(at)
    }


def _while_open(listed: ListedHub, visits: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """Return the visits of every hour in which a hub usually opens, also of those in which nobody came."""
    return {
        (weekday, hour): visits.get((weekday, hour), 0)
        for weekday, periods in listed.schedule.week.items()
        for hour in hours_within(periods)
    }
