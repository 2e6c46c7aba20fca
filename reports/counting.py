"""Counting rows into a tally: from the rows themselves, or from the figures of months that were signed off.

Each statement reads one index from end to end of its months and never the rows. A report runs a fixed number
of them, outside any transaction: on SQLite one that may write would hold up every desk.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Q, Sum, TextField
from django.db.models.functions import Cast

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
from .tally import CELL, CHANNEL, HUB, NO_AXES, TOPIC, WHOLE, Axes, Tally, place


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
    axes: Axes = NO_AXES,
) -> dict[int, Tally]:
    """Return the tally of each month, by its number; over everything, and along `axes` by the names of cubes.

    Months that were signed off come from their frozen figures, in one statement; the others from the rows, in
    one for each of `statements`. All are read from the database that said which months were signed off: on
    one that lags, a month is signed off when its figures have arrived.
    """
    frozen = [each for each in months if each.number in signed.months]
    live = [each for each in months if each.number not in signed.months]
    tallies: dict[int, Tally] = defaultdict(Tally)
    if frozen:
        _read_frozen(frozen, scope, statements, signed, axes, tallies)
    if live:
        for statement in statements:
            count_live(statement, live, scope, at=at, axes=axes, into=tallies, using=signed.using)
    return tallies


def count_live(
    statement: Statement,
    months: Sequence[Month],
    scope: Scope,
    *,
    at: datetime,
    axes: Axes,
    into: dict[int, Tally],
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Count rows of months into their tallies, over everything and along `axes`, by the names of cubes."""
    kind = statement.cubes[0].kind
    in_order = sorted(months)
    early = closed_before((), at, {})
    rows = counted(statement.cubes[0], scope, in_order, closed_before=early, using=using)
    onto = [
        (cube, _picker(cube, statement.columns), (WHOLE, *axes.get(cube.name, ())))
        for cube in statement.cubes
    ]
    spots = _spots(kind, {axis for _, _, wanted in onto for axis in wanted})
    to = "" if kind == "enquiry" or kind in AT_A_HUB else "enquiry__"
    where = tuple(f"{to}{name}" for name in spots)
    first, last = len(where), len(where) + len(statement.columns)
    columns = ("service_day" if kind == "slot" else "month", *where, *statement.columns)
    # COUNT(*): PostgreSQL would fetch every row for COUNT(id), since the id is not in the index.
    sums = {"counted_days": Sum("days_taken")} if DAYS in statement.cubes else {}
    for row in rows.values_list(*columns).annotate(counted_rows=Count("*"), **sums):
        when, *rest = row
        tally = into[Month(when.year, when.month).number if isinstance(when, date) else when]
        spot = dict(zip(spots, rest[:first], strict=True))
        hub, topic = spot.get("hub"), spot.get("topic")
        channel = IN_PERSON if kind in AT_A_HUB else spot.get("channel", "")
        values, amount = rest[first:last], rest[last:]
        for cube, pick, wanted in onto:
            number = amount[0] if cube is not DAYS else (amount[1] or 0)
            cell = tuple(values[column] for column in pick)
            for axis in wanted:
                tally.add(cube, place(axis, hub, topic, channel), cell, number)


def _spots(kind: str, axes: set[str]) -> tuple[str, ...]:
    """Return which of hub, topic and channel rows of a kind are counted by, for these axes."""
    known = {"visit": (HUB,), "slot": (HUB,), "booking": (HUB, TOPIC)}.get(kind, (HUB, TOPIC, CHANNEL))
    return known if CELL in axes else tuple(name for name in known if name in axes)


def _picker(cube: Cube, columns: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(columns.index(column) for column in cube.columns)


def _read_frozen(
    months: Iterable[Month],
    scope: Scope,
    statements: Sequence[Statement],
    signed: Signed,
    axes: Axes,
    into: dict[int, Tally],
) -> None:
    cubes = {cube.name: cube for statement in statements for cube in statement.cubes}
    numbers = {signed.months[each.number].pk: each.number for each in months}
    figures = FrozenFigure.objects.using(signed.using).filter(month__in=list(numbers), cube__in=list(cubes))
    if scope:
        figures = _frozen_within(figures, scope)
    else:
        wanted = Q(axis=WHOLE)
        for name in cubes:
            if axes.get(name):
                wanted |= Q(cube=name, axis__in=axes[name])
        named = {axis for name in cubes for axis in axes.get(name, ())}
        # By itself the alternative would be looked for in every row of the months: no index begins with it.
        figures = figures.filter(wanted, axis__in=[WHOLE, *sorted(named)])
    # As text, read all at once: one row at a time costs as much as the rest of this.
    kept = Cast("counts", TextField())
    found = list(figures.values_list("month", "cube", "axis", "hub", "topic", "channel", kept))
    read = json.loads(f"[{','.join(row[-1] for row in found)}]")
    for (month, name, axis, hub, topic, channel, _), counts in zip(found, read, strict=True):
        tally, cube = into[numbers[month]], cubes[name]
        onto = (WHOLE, *axes.get(name, ())) if axis == CELL else (axis,)
        cells = [(tuple(values), rows) for values, rows in counts]
        for each in onto:
            tally.add_cells(cube, place(each, hub, topic, channel), cells)


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
