"""Hours as feeds tell them: the usual week in groups, and the dates of the coming year that differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext

from hubs.models import DatedHours
from hubs.opening import Day, DayKind, Period, Schedule, merged

COMING_YEAR = timedelta(days=366)
"""How far ahead feeds speak, today included: a year, even one with 29 February in it."""

_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class WeeklyPeriod:
    """The same opening period on one or more weekdays (Monday 0) of the usual week."""

    period: Period
    weekdays: tuple[int, ...]


def weekly_periods(schedule: Schedule) -> tuple[WeeklyPeriod, ...]:
    """Return the usual week by opening time; a lunch break makes two entries for the same weekdays."""
    weekdays: dict[Period, list[int]] = defaultdict(list)
    for weekday in range(7):
        for period in merged(schedule.week.get(weekday, ())):
            weekdays[period].append(weekday)
    in_order = sorted(weekdays.items(), key=lambda item: (item[0].opens, item[1]))
    return tuple(WeeklyPeriod(period, tuple(days)) for period, days in in_order)


def differing_days(schedule: Schedule, today: date) -> tuple[Day, ...]:
    """Return the days of the coming year that are not as the usual week says.

    A closure or bank holiday on a weekday that is closed anyway does not differ.
    """
    return tuple(
        day
        for day in schedule.days(today, COMING_YEAR.days)
        if day.kind is not DayKind.WEEK and (day.periods or schedule.week.get(day.on.weekday()))
    )


def week_texts(schedule: Schedule) -> list[str]:
    """Return the usual week as short texts, "Mo-Fr 09:00-17:00", as OpenStreetMap writes opening hours."""
    return [f"{_day_runs(each.weekdays)} {_span(each.period)}" for each in weekly_periods(schedule)]


def hours_text(day: Day) -> str:
    """Return one day's hours as a short text, "09:00-12:00,13:00-17:00", or "closed"."""
    return ",".join(_span(period) for period in day.periods) or "closed"


def reason_text(day: Day) -> str:
    """Return why a day differs, as plain text in the active language; empty where nobody said why."""
    if isinstance(day.reason, DatedHours):
        return day.reason.reason.plain
    return gettext(str(day.reason)) if day.reason else ""


def _day_runs(weekdays: tuple[int, ...]) -> str:
    # Weekdays that follow each other keep the same distance from their place in the list.
    runs = (
        [weekday for _, weekday in run]
        for _, run in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0])
    )
    return ",".join(
        _CODES[run[0]] if len(run) == 1 else f"{_CODES[run[0]]}-{_CODES[run[-1]]}" for run in runs
    )


def _span(period: Period) -> str:
    closes = "24:00" if period.to_midnight else f"{period.closes:%H:%M}"
    return f"{period.opens:%H:%M}-{closes}"
