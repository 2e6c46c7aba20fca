"""A hub's opening hours as an iCalendar feed (RFC 5545) that people and waiting rooms can subscribe to.

The usual week is one repeating event for each opening period, ending a year from today; dates that differ are
taken out of it (`EXDATE`) and stand as events of their own, closures as all-day events. Nothing is said about
the past or about dates further ahead, whose bank holidays nobody has looked at yet.

The same facts give the same bytes all day long: identifiers are made from hub, date and times, and the stamp
is the London day, not the moment. So a subscriber's conditional request is answered 304.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.utils.translation import get_language, gettext
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from hubs.directory import ListedHub
from hubs.hours_ahead import (
    COMING_YEAR,
    WeeklyPeriod,
    differing_days,
    reason_text,
    weekly_periods,
)
from hubs.opening import LONDON, Day, Period
from hubs.unconfirmed import address_warning, hours_warning

_NAMESPACE = UUID("59fb672b-b9ed-4ae5-9d9a-289746f346bf")
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)


def hours_calendar(listed: ListedHub, *, page_url: str, today: date) -> bytes:
    """Return the calendar of one hub for the year from `today` (a London date), in the active language."""
    name = listed.hub.name.plain
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Residents' Hubs//Opening hours//{(get_language() or 'en').upper()}")
    calendar.calendar_name = gettext("%(hub)s: opening hours") % {"hub": name}
    calendar.add("x-wr-timezone", LONDON.key)
    calendar.add("refresh-interval", _DAY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    calendar.add_component(_london_time())
    for event in _events(listed, today):
        _describe(event, listed, page_url, today)
        calendar.add_component(event)
    return calendar.to_ical()


def _events(listed: ListedHub, today: date) -> Iterator[Event]:
    differing = differing_days(listed.schedule, today)
    for weekly in weekly_periods(listed.schedule):
        yield _weekly_event(listed, weekly, differing, today)
    for day in differing:
        if day.is_closed:
            yield _closed_event(listed, day)
        for period in day.periods:
            yield _special_event(listed, day, period)


def _weekly_event(listed: ListedHub, weekly: WeeklyPeriod, differing: tuple[Day, ...], today: date) -> Event:
    first = next(
        today + ahead * _DAY for ahead in range(7) if (today + ahead * _DAY).weekday() in weekly.weekdays
    )
    event = _open_event(listed, first, weekly.period, "week")
    until = datetime.combine(today + COMING_YEAR, time(0), tzinfo=LONDON) - timedelta(seconds=1)
    event.add(
        "rrule",
        vRecur(freq="WEEKLY", until=until.astimezone(UTC), byday=[_CODES[day] for day in weekly.weekdays]),
    )
    left_out = [
        datetime.combine(day.on, weekly.period.opens, tzinfo=LONDON)
        for day in differing
        if day.on.weekday() in weekly.weekdays
    ]
    if left_out:
        event.add("exdate", left_out)
    event.add("summary", gettext("%(hub)s open") % {"hub": listed.hub.name.plain})
    return event


def _special_event(listed: ListedHub, day: Day, period: Period) -> Event:
    event = _open_event(listed, day.on, period, day.on.isoformat())
    reason = reason_text(day)
    if reason:
        words = gettext("%(hub)s open at special times: %(reason)s")
    else:
        words = gettext("%(hub)s open at special times")
    event.add("summary", words % {"hub": listed.hub.name.plain, "reason": reason})
    return event


def _closed_event(listed: ListedHub, day: Day) -> Event:
    event = Event()
    event.add("uid", _uid(listed, day.on.isoformat(), "closed"))
    event.add("dtstart", day.on)
    event.add("dtend", day.on + _DAY)
    reason = reason_text(day)
    words = gettext("%(hub)s closed: %(reason)s") if reason else gettext("%(hub)s closed")
    event.add("summary", words % {"hub": listed.hub.name.plain, "reason": reason})
    return event


def _open_event(listed: ListedHub, on: date, period: Period, rule: str) -> Event:
    event = Event()
    event.add("uid", _uid(listed, rule, f"{period.opens:%H%M}-{period.closes:%H%M}"))
    event.add("dtstart", datetime.combine(on, period.opens, tzinfo=LONDON))
    last_day = on + _DAY if period.to_midnight else on
    event.add("dtend", datetime.combine(last_day, period.closes, tzinfo=LONDON))
    return event


def _describe(event: Event, listed: ListedHub, page_url: str, today: date) -> None:
    hub = listed.hub
    event.add("dtstamp", datetime.combine(today, time(0), tzinfo=LONDON).astimezone(UTC))
    # A hub's hours are nobody's appointment: they must not make the subscriber look busy.
    event.add("transp", "TRANSPARENT")
    event.add("location", f"{hub.street}, London {hub.postcode}")
    event.add("geo", (hub.latitude, hub.longitude))
    event.add("url", page_url)
    access = str(listed.access.label) if isinstance(event.start, datetime) else ""
    description = [access, hours_warning(hub), address_warning(hub), page_url]
    event.add("description", "\n".join(filter(None, description)))


def _uid(listed: ListedHub, *parts: str) -> str:
    return str(uuid5(_NAMESPACE, ":".join((listed.hub.slug, *parts))))


def _london_time() -> Timezone:
    """Return the rule for London clocks: last Sundays of March and October at 01:00 UTC (as since 1996)."""
    zone = Timezone()
    zone.add("tzid", LONDON.key)
    summer, winter = TimezoneDaylight(), TimezoneStandard()
    for change, name, start, month, before, after in (
        (summer, "BST", datetime(1996, 3, 31, 1), 3, 0, 1),  # noqa: DTZ001 - local by definition (RFC 5545)
        (winter, "GMT", datetime(1996, 10, 27, 2), 10, 1, 0),  # noqa: DTZ001
    ):
        change.add("tzname", name)
        change.add("dtstart", start)
        change.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        change.add("tzoffsetfrom", timedelta(hours=before))
        change.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(change)
    return zone
