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
from hubs.busy_hours import BusyDay, Level, busy_days
from hubs.kept import kept, stamp
from hubs.models import BusyHour, DatedHours, Hub, Notice, OpeningPeriod, Topic, TopicOffer
from hubs.opening import DatedDay, Period, Schedule, Status, status_at

DATED_HOURS_AHEAD = timedelta(days=400)
"""How far ahead dated hours are read: beyond the furthest date any page or feed shows."""


BUSY_HOURS_LAST = timedelta(weeks=4)
"""For how long after they were counted busy hours are shown."""


@dataclass(frozen=True)
class ListedHub:
    """A hub with its opening rules and its status at one moment."""

    hub: Hub
    schedule: Schedule
    status: Status
    stamp: str
    """What a finished part of a page that shows this hub depends on: content version and minute."""
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
    seen = stamp(at)
    today = timezone.localdate(at)
    hubs = Hub.objects.current(today)
    if slug is not None:
        hubs = hubs.filter(slug=slug)
    found = list(hubs)
    schedules = _schedules(found, today)
    return [
        ListedHub(hub, schedules[hub.pk], status_at(schedules[hub.pk], at), seen, Access(hub.access))
        for hub in found
    ]


def hubs_now(at: datetime) -> list[ListedHub]:
    """Return what `listed_hubs` does, kept until content changes or the minute ends."""
    return kept("hubs", at, lambda: listed_hubs(at))


def topics_now(at: datetime) -> list[Topic]:
    """Return current topics in their order, kept until content changes or the minute ends."""
    return kept("topics", at, lambda: list(Topic.objects.current(timezone.localdate(at))))


def offers_now(at: datetime, topic: Topic) -> dict[int, str]:
    """Return the access rule of `topic` by the id of each hub that offers it, kept likewise."""
    offers = TopicOffer.objects.filter(topic=topic).values_list("hub_id", "access")
    return kept(("offers", topic.pk), at, lambda: dict(offers))


def busy_days_of(listed: ListedHub, today: date) -> list[BusyDay]:
    """Return when this hub is usually busy and quiet; nothing where nobody has counted for a long time."""
    rows = BusyHour.objects.filter(hub=listed.hub, counted_on__gte=today - BUSY_HOURS_LAST)
    levels = {(row.weekday, row.hour): Level(row.level) for row in rows}
    return busy_days(levels, listed.schedule.week)


def notices_now(at: datetime) -> list[Notice]:
    """Return the notices that are on every page at the moment, kept likewise."""
    return kept("notices", at, lambda: list(Notice.objects.showing(at).for_every_page()))


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
