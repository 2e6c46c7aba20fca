"""Counting rows into a tally: from the rows themselves, or from the figures of months that were signed off.

Each statement reads one index from end to end of its months and never the rows. A report runs a fixed number
of them, outside any transaction: on SQLite one that may write would hold up every desk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Q, Sum

from .measures import (
    AHEAD,
    ANSWERS,
    ARRIVALS,
    BOOKED,
    CAUSES,
    CHECKS,
    DAYS,
    HOURS,
    LANGUAGES,
    OUTCOMES,
    REFERRED,
    SLOTS,
    WAITS,
    Cube,
)
from .models import FrozenFigure, FrozenMonth
from .months import Month
from .rows import AT_A_HUB, IN_PERSON, Scope, closed_before, counted
from .tally import AXES, CELL, WHOLE, Tally, place


@dataclass(frozen=True)
class Statement:
    """Cubes of one kind that one statement counts together."""

    cubes: tuple[Cube, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all its cubes, each once."""
        return tuple(dict.fromkeys(column for cube in self.cubes for column in cube.columns))


FULL = (
    Statement((OUTCOMES, CAUSES, LANGUAGES)),
    Statement((CHECKS,)),
    Statement((ARRIVALS, HOURS)),
    Statement((WAITS,)),
    Statement((REFERRED, DAYS)),
    Statement((ANSWERS,)),
    Statement((BOOKED, AHEAD)),
    Statement((SLOTS,)),
)
"""All that a report shows of its own months."""
HEADLINES = tuple(Statement((cube,)) for cube in (OUTCOMES, CHECKS, ARRIVALS, WAITS, REFERRED))
"""What it shows of the months that it compares with."""
TREND = tuple(Statement((cube,)) for cube in (OUTCOMES, ARRIVALS, REFERRED))
"""What it shows of each month of the trend."""


@dataclass(frozen=True)
class Signed:
    """Which months were signed off, by number, according to the database `using`."""

    months: dict[int, FrozenMonth]
    using: str = DEFAULT_DB_ALIAS

    @classmethod
    def read(cls, using: str = DEFAULT_DB_ALIAS) -> Signed:
        """Read them all; a month is one small row."""
        months = FrozenMonth.objects.using(using).select_related("signed_by")
        return cls({each.month: each for each in months}, using)

    @property
    def moments(self) -> dict[int, datetime]:
        """When each of them was signed off."""
        return {number: each.signed_at for number, each in self.months.items()}


def count_months(
    months: Sequence[Month],
    scope: Scope,
    statements: Sequence[Statement],
    *,
    signed: Signed,
    at: datetime,
    along: bool = False,
) -> dict[int, Tally]:
    """Return the tally of each month, by its number; `along` also counts along the axes of a report.

    Months that were signed off come from their frozen figures, in one statement; the others from the rows, in
    one for each of `statements`. All are read from the database that said which months were signed off: on
    one that lags, a month is signed off when its figures have arrived.
    """
    frozen = [each for each in months if each.number in signed.months]
    live = [each for each in months if each.number not in signed.months]
    tallies: dict[int, Tally] = defaultdict(Tally)
    if frozen:
        _read_frozen(frozen, scope, statements, signed, along, tallies)
    if live:
        axes = AXES if along else {}
        for statement in statements:
            count_live(statement, live, scope, at=at, axes=axes, into=tallies, using=signed.using)
    return tallies


def count_live(
    statement: Statement,
    months: Sequence[Month],
    scope: Scope,
    *,
    at: datetime,
    axes: dict[str, tuple[str, ...]],
    into: dict[int, Tally],
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Count rows of months into their tallies, over everything and along `axes`, by the names of cubes."""
    kind = statement.cubes[0].kind
    in_order = sorted(months)
    early = closed_before((), at, {})
    rows = counted(statement.cubes[0], scope, in_order, closed_before=early, using=using)
    placed = any(axes.get(cube.name) for cube in statement.cubes)
    where = _place_columns(kind) if placed else ()
    columns = ("service_day" if kind == "slot" else "month", *where, *statement.columns)
    # COUNT(*): PostgreSQL would fetch every row for COUNT(id), since the id is not in the index.
    sums = {"counted_days": Sum("days_taken")} if DAYS in statement.cubes else {}
    picks = [(cube, _picker(cube, statement.columns)) for cube in statement.cubes]
    for row in rows.values_list(*columns).annotate(counted_rows=Count("*"), **sums):
        when, *rest = row
        month = Month(when.year, when.month).number if isinstance(when, date) else when
        hub, topic, channel = _spot(kind, rest[: len(where)])
        values = rest[len(where) : len(where) + len(statement.columns)]
        amount = rest[len(where) + len(statement.columns) :]
        for cube, pick in picks:
            number = amount[0] if cube is not DAYS else (amount[1] or 0)
            for axis in (WHOLE, *axes.get(cube.name, ())):
                into[month].add(
                    cube, place(axis, hub, topic, channel), tuple(values[at] for at in pick), number
                )


def _place_columns(kind: str) -> tuple[str, ...]:
    if kind in AT_A_HUB:
        return ("hub", "topic") if kind == "booking" else ("hub",)
    to = "" if kind == "enquiry" else "enquiry__"
    return (f"{to}hub", f"{to}topic", f"{to}channel")


def _spot(kind: str, found: Sequence[Any]) -> tuple[int | None, int | None, str]:
    """Return hub, topic and channel of a row of counts, as far as they were asked for."""
    if kind in AT_A_HUB:
        hub, topic = (*found, None, None)[:2]
        return hub, topic, IN_PERSON
    hub, topic, channel = found or (None, None, "")
    return hub, topic, channel


def _picker(cube: Cube, columns: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(columns.index(column) for column in cube.columns)


def _read_frozen(
    months: Iterable[Month],
    scope: Scope,
    statements: Sequence[Statement],
    signed: Signed,
    along: bool,
    into: dict[int, Tally],
) -> None:
    cubes = {cube.name: cube for statement in statements for cube in statement.cubes}
    numbers = {signed.months[each.number].pk: each.number for each in months}
    figures = FrozenFigure.objects.using(signed.using).filter(month__in=list(numbers), cube__in=list(cubes))
    if scope:
        figures = _frozen_within(figures, scope)
    else:
        axes = {axis for name in cubes for axis in AXES.get(name, ())} if along else set()
        figures = figures.filter(axis__in=[WHOLE, *sorted(axes)])
    found = figures.values_list("month", "cube", "axis", "hub", "topic", "channel", "counts")
    for month, name, axis, hub, topic, channel, counts in found:
        tally, cube = into[numbers[month]], cubes[name]
        places = [place(axis, hub, topic, channel)]
        if axis == CELL:
            wanted = (WHOLE, *AXES.get(name, ())) if along else (WHOLE,)
            places = [place(each, hub, topic, channel) for each in wanted]
        for values, rows in counts:
            for where in places:
                tally.add(cube, where, tuple(values), rows)


def _frozen_within(figures: Any, scope: Scope) -> Any:
    figures = figures.filter(axis=CELL)
    if scope.hub:
        figures = figures.filter(hub=scope.hub)
    if scope.no_hub:
        figures = figures.filter(hub__isnull=True)
    if scope.channel:
        figures = figures.filter(channel=scope.channel)
    if scope.topic:
        return figures.filter(topic=scope.topic)
    # A visit is kept once for any topic and once for each of its own.
    visits = [cube.name for cube in (ARRIVALS, HOURS, WAITS)]
    return figures.filter(Q(topic__isnull=True) | ~Q(cube__in=visits))
