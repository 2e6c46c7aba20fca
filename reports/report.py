"""The report on some months: headline figures, tables, the week by hours, and the trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from enquiries.models import Enquiry, Visit

from .counting import FULL, HEADLINES, TREND, Signed, count_months
from .figures import Compared, Counts, Figure, Table
from .measures import MEASURES
from .models import FrozenMonth
from .months import Month, months_from, months_in
from .reading import reading
from .rows import Scope
from .tables import Names, all_tables
from .tally import AXES, Tally

TREND_MONTHS = 24
HEADLINE_KEYS = (
    "visits",
    "enquiries",
    "referrals",
    "resolved",
    "verified",
    "waits",
    "within",
    "told_once",
    "unrecorded",
    "left",
)
_SHARES = ("verified", "within", "told_once", "unrecorded", "left")


@dataclass(frozen=True)
class TrendMonth:
    """One month of the trend."""

    month: Month
    signed_off: bool
    unfinished: bool
    """The running month: its figures are those so far."""
    figures: dict[str, Figure]
    """By the key of the measure: visits, enquiries, referrals, resolved."""


@dataclass(frozen=True)
class Report:
    """Everything that the pages of a month or a range say."""

    first: Month
    last: Month
    scope: Scope
    at: datetime
    counts: Counts
    """Makes any other figure of these months."""
    headlines: tuple[Compared, ...]
    tables: tuple[Table, ...]
    """hubs, topics, outcomes, channels, services, left, causes, avoidable_topics, satisfaction, languages,
    recording, kinds, appointments, slots."""
    hours: dict[int, Figure]
    """Visits by London hour since Monday 00:00, for hours with any."""
    trend: tuple[TrendMonth, ...]
    """The 24 months that end with the last."""
    signed: tuple[FrozenMonth, ...]
    """Those of the report's months that were signed off, in order."""

    @property
    def is_unfinished(self) -> bool:
        """Whether the last month has not ended in London: the figures are those so far."""
        return not self.last.is_over(self.at)

    @property
    def is_signed_off(self) -> bool:
        """Whether all months were signed off."""
        return len(self.signed) == months_in(self.first, self.last)

    def table(self, key: str) -> Table:
        """Return one of the tables."""
        return next(each for each in self.tables if each.key == key)

    def headline(self, key: str) -> Compared:
        """Return one of the headline figures."""
        return next(each for each in self.headlines if each.key == key)


def report(first: Month, last: Month, *, scope: Scope | None = None, at: datetime) -> Report:
    """Return the report on the months from `first` to `last`, both included, as of the moment `at`.

    Reads a fixed number of statements, whatever the months and the rows; run it outside any transaction.
    """
    scope = scope or Scope()
    signed = Signed.read(reading())
    months = list(months_from(first, last))
    span = len(months)
    now = count_months(months, scope, FULL, signed=signed, at=at, axes=AXES)
    before = [each.plus(-span) for each in months]
    year_ago = [each.plus(-12) for each in months]
    earlier = sorted({*before, *year_ago})
    then = count_months(earlier, scope, HEADLINES, signed=signed, at=at)
    trend = [last.plus(-back) for back in reversed(range(TREND_MONTHS))]
    lately = count_months(trend, scope, TREND, signed=signed, at=at)
    counts = _counts(months, now, scope)
    return Report(
        first=first,
        last=last,
        scope=scope,
        at=at,
        counts=counts,
        headlines=_headlines(counts, _counts(before, then, scope), _counts(year_ago, then, scope)),
        tables=all_tables(counts, Names.read(reading())),
        hours=_hours(counts),
        trend=tuple(_trend_month(each, lately, scope, signed, at) for each in trend),
        signed=tuple(signed.months[each.number] for each in months if each.number in signed.months),
    )


def first_month(using: str) -> Month | None:
    """Return the month of the earliest visit or enquiry; None while nobody has come or asked anything."""
    earliest = (Visit.objects.using(using).earliest_month(), Enquiry.objects.using(using).earliest_month())
    found = [Month.from_number(each) for each in earliest if each]
    return min(found) if found else None


def headline_figure(counts: Counts, key: str) -> Figure:
    """Return the figure that stands for a measure on the first screen."""
    if key == "waits":
        return counts.median_wait()
    return counts.share(key) if key in _SHARES else counts.count(key)


def _counts(months: Sequence[Month], tallies: dict[int, Tally], scope: Scope) -> Counts:
    whole = Tally()
    for month in months:
        if month.number in tallies:
            whole.include(tallies[month.number])
    return Counts(whole, months[0], months[-1], scope)


def _headlines(now: Counts, before: Counts, year_ago: Counts) -> tuple[Compared, ...]:
    return tuple(
        Compared(
            key,
            MEASURES[key].name,
            MEASURES[key].definition,
            *(headline_figure(counts, key) for counts in (now, before, year_ago)),
        )
        for key in HEADLINE_KEYS
    )


def _hours(counts: Counts) -> dict[int, Figure]:
    spread = counts.tally.spread(MEASURES["by_hour"], "hour_of_week")
    return {hour: counts.count("by_hour", hour_of_week=hour) for hour in sorted(spread)}


def _trend_month(
    month: Month, tallies: dict[int, Tally], scope: Scope, signed: Signed, at: datetime
) -> TrendMonth:
    counts = _counts([month], tallies, scope)
    keys = ("visits", "enquiries", "referrals", "resolved")
    return TrendMonth(
        month=month,
        signed_off=month.number in signed.months,
        unfinished=not month.is_over(at),
        figures={key: counts.count(key) for key in keys},
    )
