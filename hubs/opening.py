"""When a hub is open: now, until when, and from when next.

A period is half-open, `[opens, closes)`, in London wall time; several a day make a lunch break. What holds
on a date is, in this order: the hub's own dated hours, dated hours for all hubs, a bank holiday (closed),
the usual week.

**Midnight.** `closes` of 00:00 means midnight at the end of that day, so 00:00 to 00:00 is the whole day.
An opening past midnight is two periods, one on each date; it is reported as one opening.

**Clock changes.** A period starts and ends at the first moment of its date at which the clocks show that
time or a later one. When they go forward, a time they skip is the moment they change (01:30 on 28 March 2027
is 02:00 BST); when they go back, a time shown twice is the first of the two (01:30 on 25 October 2026 is
01:30 BST).

No clock, no database: the moment is an argument, rows are turned into these values by `hubs.directory`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from itertools import combinations
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
LOOK_AHEAD_DAYS = 60
"""How many days after today are searched for the next opening, or for the end of this one."""

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of opening on one date, London wall time; open at `opens`, no longer open at `closes`.

    Raises ValueError unless `closes` is later than `opens`, or 00:00 for the end of the day.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("A period is in London wall time and carries no time zone.")
        if not self.lasts_beyond(self.opens):
            raise ValueError("A period closes after it opens.")

    @property
    def to_midnight(self) -> bool:
        """Whether the period lasts to the end of its day."""
        return self.closes == _MIDNIGHT

    def lasts_beyond(self, reading: time) -> bool:
        """Whether the period ends later in the day than `reading`."""
        return self.to_midnight or self.closes > reading


class DayKind(Enum):
    """Which rule gave a day its hours."""

    WEEK = "week"
    """The usual week, which may well be closed, as on a Sunday."""
    SPECIAL = "special"
    """Dated hours with times of their own."""
    CLOSED = "closed"
    """Dated hours that say closed."""
    BANK_HOLIDAY = "bank holiday"
    """Closed, because nothing dated says otherwise."""


@dataclass(frozen=True, slots=True)
class DatedDay:
    """What was entered for one date: its periods (none means closed) and, for pages to show, the reason."""

    periods: tuple[Period, ...] = ()
    reason: object | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One London date with its opening periods in order, and why they are what they are."""

    on: date
    periods: tuple[Period, ...]
    kind: DayKind
    reason: object | None = None
    """The dated hours' own reason, or the bank holiday's English name."""

    @property
    def is_closed(self) -> bool:
        """Whether the hub does not open on this date at all."""
        return not self.periods


def _never(on: date) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that decides when one hub is open."""

    week: Mapping[int, tuple[Period, ...]]
    """Periods by weekday, Monday 0; a missing day is closed."""
    dated: Mapping[date, DatedDay]
    """The hub's own exceptions."""
    dated_everywhere: Mapping[date, DatedDay]
    """Exceptions for all hubs."""
    bank_holidays: Callable[[date], str | None] = _never
    """The bank holiday's name on a date, or None."""

    def day(self, on: date) -> Day:
        """Return the hours on a London date; periods that touch or overlap come merged."""
        entered = self.dated.get(on) or self.dated_everywhere.get(on)
        if entered is not None:
            kind = DayKind.SPECIAL if entered.periods else DayKind.CLOSED
            return Day(on, merged(entered.periods), kind, entered.reason)
        if (name := self.bank_holidays(on)) is not None:
            return Day(on, (), DayKind.BANK_HOLIDAY, name)
        return Day(on, merged(self.week.get(on.weekday(), ())), DayKind.WEEK)

    def days(self, start: date, count: int) -> tuple[Day, ...]:
        """Return `count` days from `start` on, fewer where the calendar ends (31 December 9999)."""
        return tuple(self._each_day(start, count))

    def _each_day(self, start: date, count: int) -> Iterator[Day]:
        for offset in range(min(count, (date.max - start).days + 1)):
            yield self.day(start + offset * _DAY)


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a hub is open at one moment, and what comes next. All times are aware, Europe/London.

    To compare two of them across the end of summer time, take them to UTC first: Python compares times in one
    zone by the clock on the wall.
    """

    is_open: bool
    day: Day
    """Today: the London date the moment falls on, with its hours."""
    closes_at: datetime | None
    """When open: the end of the opening, across midnight and adjoining periods. None when closed, and when it
    does not end within `LOOK_AHEAD_DAYS`."""
    opens_at: datetime | None
    """When closed: the next opening. None when open, and when there is none within `LOOK_AHEAD_DAYS`."""
    changes_at: datetime
    """Until when this answer holds: the opening or closing, or midnight, when "today" becomes another day."""

    @property
    def reason(self) -> object | None:
        """When closed on a date with hours of its own, or on a bank holiday: why. `day.kind` tells which."""
        return None if self.is_open else self.day.reason


@dataclass(frozen=True, slots=True)
class _Opening:
    """A stretch of time between two instants, UTC."""

    start: datetime
    end: datetime


def status_at(schedule: Schedule, at: datetime) -> Status:
    """Return whether the hub is open at the moment `at`, until when, or from when next.

    Raises ValueError for a naive `at`, which names no moment.
    """
    if at.utcoffset() is None:
        raise ValueError("A naive datetime does not say which moment it means.")
    now = at.astimezone(UTC)
    today = schedule.day(at.astimezone(LONDON).date())
    midnight = _end_of(today.on)
    opening = next((found for found in _openings(schedule, today.on) if found.end > now), None)
    if opening is None:
        return Status(False, today, None, None, _london(midnight))
    if opening.start > now:
        opens_at = _london(opening.start)
        return Status(False, today, None, opens_at, _london(min(opening.start, midnight)))
    ends_in_sight = opening.end < _end_of(_last_day(today.on))
    closes_at = _london(opening.end) if ends_in_sight else None
    return Status(True, today, closes_at, None, _london(min(opening.end, midnight)))


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return the periods of one day in order, those that touch or overlap made into one."""
    tidy: list[Period] = []
    for period in sorted(periods, key=lambda p: p.opens):
        last = tidy[-1] if tidy else None
        if last is None or not (last.lasts_beyond(period.opens) or last.closes == period.opens):
            tidy.append(period)
        elif not last.to_midnight and period.lasts_beyond(last.closes):
            tidy[-1] = Period(last.opens, period.closes)
    return tuple(tidy)


def overlaps(periods: Iterable[Period]) -> tuple[tuple[Period, Period], ...]:
    """Return every pair of periods of one day that share a moment, the earlier of the two first.

    Periods that only touch (09:00-12:00 and 12:00-17:00) do not overlap.
    """
    in_order = sorted(periods, key=lambda p: p.opens)
    return tuple((a, b) for a, b in combinations(in_order, 2) if a.lasts_beyond(b.opens))


def instants(on: date, period: Period) -> tuple[datetime, datetime]:
    """Return the moments (UTC) at which a period of a London date starts and ends."""
    opening = _instants(on, period)
    return opening.start, opening.end


def _openings(schedule: Schedule, start: date) -> Iterator[_Opening]:
    """Yield the openings from `start` on in order, joined where one runs on into the next."""
    current: _Opening | None = None
    for day in schedule._each_day(start, LOOK_AHEAD_DAYS + 1):
        for period in day.periods:
            opening = _instants(day.on, period)
            if opening.start == opening.end:
                continue  # it lies within the hour that the clocks skip
            if current is None:
                current = opening
            elif opening.start <= current.end:
                current = _Opening(current.start, opening.end)
            else:
                yield current
                current = opening
    if current is not None:
        yield current


def _instants(on: date, period: Period) -> _Opening:
    end = _end_of(on) if period.to_midnight else _first_showing(on, period.closes)
    return _Opening(_first_showing(on, period.opens), end)


# Five hubs keep much the same hours, and every page asks about the same few days.
@lru_cache(maxsize=4096)
def _first_showing(on: date, reading: time) -> datetime:
    """Return the first moment (UTC) of a date at which London clocks show `reading` or a later time."""
    wall = datetime.combine(on, reading.replace(fold=0), tzinfo=LONDON)
    moment = wall.astimezone(UTC)
    if moment.astimezone(LONDON).replace(fold=0) != wall:
        # Skipped. British clocks go forward on the hour and by an hour (Summer Time Act 1972).
        wall = wall.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        moment = wall.astimezone(UTC)
    return moment


def _end_of(on: date) -> datetime:
    """Return the moment (UTC) at which a London date ends; for the calendar's last date, its last moment."""
    return datetime.max.replace(tzinfo=UTC) if on == date.max else _first_showing(on + _DAY, _MIDNIGHT)


def _last_day(start: date) -> date:
    return start + min(LOOK_AHEAD_DAYS * _DAY, date.max - start)


def _london(moment: datetime) -> datetime:
    return moment.astimezone(LONDON)
