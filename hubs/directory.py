"""The hubs as public pages show them: each with its hours, and whether it is open at a given moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from hubs import bank_holidays
from hubs.access import Access
from hubs.models import DatedHours, Hub, OpeningPeriod
from hubs.opening import DatedDay, Period, Schedule, Status, status_at

DATED_HOURS_AHEAD = timedelta(days=400)
"""How far ahead dated hours are read: beyond the furthest date any page or feed shows."""


@dataclass(frozen=True)
class ListedHub:
    """A hub with its opening rules and its status at one moment."""

    hub: Hub
    schedule: Schedule
    status: Status
    access: Access
    """The rule that holds here: the hub's own or, for one topic, the stricter of hub and offer."""

    @property
    def easting(self) -> int:
        """OSGB36 metres."""
        return self.hub.easting

    @property
    def northing(self) -> int:
        """OSGB36 metres."""
        return self.hub.northing

    @property
    def walk_in(self) -> bool:
        """Whether anybody may come in without an appointment."""
        return self.access == Access.WALK_IN


def listed_hubs(at: datetime, *, slug: str | None = None) -> list[ListedHub]:
    """Return current hubs in their order with hours and status at `at`; four queries however many hubs.

    `slug` narrows it to one hub; an unknown or retired one gives an empty list.
    """
    today = timezone.localdate(at)
    hubs = Hub.objects.current(today)
    if slug is not None:
        hubs = hubs.filter(slug=slug)
    found = list(hubs)
    schedules = _schedules(found, today)
    return [
        ListedHub(hub, schedules[hub.pk], status_at(schedules[hub.pk], at), Access(hub.access))
        for hub in found
    ]


def _schedules(hubs: list[Hub], today: date) -> dict[int, Schedule]:
    weeks: dict[int, dict[int, list[Period]]] = defaultdict(lambda: defaultdict(list))
    for row in OpeningPeriod.objects.filter(hub__in=hubs):
        weeks[row.hub_id][row.weekday].append(Period(row.opens, row.closes))
    # Yesterday counts too: a period that ends at midnight may run on into today.
    wanted = DatedHours.objects.filter(
        Q(hub__isnull=True) | Q(hub__in=hubs),
        on__range=(today - timedelta(days=1), today + DATED_HOURS_AHEAD),
    ).prefetch_related("periods")
    dated: dict[int | None, dict[date, DatedDay]] = defaultdict(dict)
    for exception in wanted:
        dated[exception.hub_id][exception.on] = _dated_day(exception)
    return {
        hub.pk: Schedule(
            week={weekday: tuple(periods) for weekday, periods in weeks[hub.pk].items()},
            dated=dated[hub.pk],
            dated_everywhere=dated[None],
            bank_holidays=bank_holidays.name_on,
        )
        for hub in hubs
    }


def _dated_day(row: DatedHours) -> DatedDay:
    periods: Iterable[Period] = () if row.closed else (Period(p.opens, p.closes) for p in row.periods.all())
    return DatedDay(periods=tuple(periods), reason=row)
