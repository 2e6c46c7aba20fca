"""All cells of a month, as they are kept when it is signed off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count

from .counting import FULL, Statement, count_live
from .models import FrozenFigure, FrozenMonth
from .months import Month
from .rows import IN_PERSON, Scope, counted
from .tally import AXES, CELL, Tally, place


def cells_of(month: Month, *, at: datetime) -> Tally:
    """Count a month from its rows along every axis and for each hub, topic and channel."""
    tallies = {month.number: Tally()}
    axes = {cube.name: (*AXES.get(cube.name, ()), CELL) for statement in FULL for cube in statement.cubes}
    for statement in FULL:
        count_live(statement, [month], Scope(), at=at, axes=axes, into=tallies)
        if statement.cubes[0].kind == "visit":
            _count_visits_by_topic(statement, month, tallies[month.number])
    return tallies[month.number]


def frozen_figures(frozen: FrozenMonth, tally: Tally) -> Iterator[FrozenFigure]:
    """Yield the rows that keep a tally."""
    for (cube, (axis, hub, topic, channel)), counts in sorted(tally.cells.items(), key=str):
        yield FrozenFigure(
            month=frozen,
            cube=cube,
            axis=axis,
            hub_id=hub,
            topic_id=topic,
            channel=channel,
            counts=[[list(values), rows] for values, rows in sorted(counts.items(), key=str)],
        )


def _count_visits_by_topic(statement: Statement, month: Month, tally: Tally) -> None:
    """Count each visit once for each of its topics, which is what a report on one topic reads."""
    rows = counted(statement.cubes[0], Scope(), [month]).filter(enquiries__isnull=False)
    columns = statement.columns
    found = rows.values_list("hub", "enquiries__topic", *columns).annotate(n=Count("pk", distinct=True))
    for hub, topic, *values, number in found:
        cell = dict(zip(columns, values, strict=True))
        for cube in statement.cubes:
            where = place(CELL, hub, topic, IN_PERSON)
            tally.add(cube, where, tuple(cell[column] for column in cube.columns), number)
