"""Cells added up: how many rows there are for each combination of columns, over everything and along an axis.

Tallies add: those of two months together are the tally of both. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .measures import (
    AHEAD,
    ARRIVALS,
    BOOKED,
    CAUSES,
    DAYS,
    OUTCOMES,
    REFERRED,
    SLOTS,
    WAITS,
    Cube,
    Measure,
    meets,
)

WHOLE, HUB, TOPIC, CHANNEL, CELL = "whole", "hub", "topic", "channel", "cell"
Axes = Mapping[str, tuple[str, ...]]
"""Along which axes to count, by the name of the cube."""
NO_AXES: Axes = {}
AXES: Axes = {
    OUTCOMES.name: (HUB, TOPIC, CHANNEL),
    REFERRED.name: (HUB, TOPIC, CHANNEL),
    CAUSES.name: (TOPIC,),
    ARRIVALS.name: (HUB,),
    WAITS.name: (HUB,),
    BOOKED.name: (HUB,),
    AHEAD.name: (HUB,),
    SLOTS.name: (HUB,),
}
"""Along which axes a report shows each cube, besides over everything."""

Place = tuple[str, int | None, int | None, str]
"""Axis, hub, topic and channel; what the axis does not name is None or blank."""
EVERYWHERE: Place = (WHOLE, None, None, "")


def place(axis: str, hub: int | None, topic: int | None, channel: str) -> Place:
    """Return where on an axis a cell of this hub, topic and channel belongs."""
    whole = axis == CELL
    return (
        axis,
        hub if whole or axis == HUB else None,
        topic if whole or axis == TOPIC else None,
        channel if whole or axis == CHANNEL else "",
    )


class Tally:
    """Cells of cubes by where they are."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, Place], Counter[tuple[Any, ...]]] = {}
        self._kept: dict[tuple[str, Place, tuple[str, ...]], Counter[tuple[Any, ...]]] = {}

    def add(self, cube: Cube, where: Place, values: tuple[Any, ...], rows: int) -> None:
        """Add rows with these values of the cube's columns."""
        self._at(cube.name, where)[values] += rows

    def add_cells(self, cube: Cube, where: Place, cells: Sequence[tuple[tuple[Any, ...], int]]) -> None:
        """Add many cells of one cube at one place, no two with the same values."""
        there = self._at(cube.name, where)
        if there:
            for values, rows in cells:
                there[values] += rows
        else:
            dict.update(there, cells)

    def include(self, other: Tally) -> None:
        """Add all of another tally."""
        for (name, where), counts in other.cells.items():
            self._at(name, where).update(counts)

    def count(self, measure: Measure, where: Place = EVERYWHERE, **part: Any) -> int:
        """Return how many rows a measure has, of those with the values of `part`."""
        return self._grouped(measure, where, tuple(part))[tuple(part.values())]

    def spread(self, measure: Measure, column: str, where: Place = EVERYWHERE) -> Counter[Any]:
        """Return how many rows a measure has for each value of one column."""
        grouped = self._grouped(measure, where, (column,))
        return Counter({value: rows for (value,), rows in grouped.items()})

    def days(self, service: int | None = None) -> int:
        """Return the days that finished referrals took, added up; of one service or of all."""
        cells = self.cells.get((DAYS.name, EVERYWHERE), Counter())
        return sum(days for values, days in cells.items() if service is None or values == (service,))

    def median(self, measure: Measure, column: str, where: Place = EVERYWHERE) -> int | None:
        """Return the median of a column, the lower of two middles; None where there are no rows."""
        spread = sorted(self.spread(measure, column, where).items())
        half, seen = (sum(rows for _, rows in spread) + 1) // 2, 0
        for value, rows in spread:
            seen += rows
            if seen >= half:
                return int(value)
        return None

    def places(self, axis: str) -> Iterable[Place]:
        """Return the places of an axis at which anything was counted."""
        return {where for _, where in self.cells if where[0] == axis}

    def _at(self, name: str, where: Place) -> Counter[tuple[Any, ...]]:
        self._kept.clear()
        return self.cells.setdefault((name, where), Counter())

    def _grouped(self, measure: Measure, where: Place, by: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
        """Return the rows of a measure by the values of some columns; a page asks for each of them."""
        key = (measure.key, where, by)
        if key not in self._kept:
            column = measure.cube.columns.index
            tests = [(lookup.partition("__"), wanted) for lookup, wanted in measure.where.items()]
            checks = [(column(name), test, wanted) for (name, _, test), wanted in tests]
            picks = [column(name) for name in by]
            found: Counter[tuple[Any, ...]] = Counter()
            for values, rows in self.cells.get((measure.cube.name, where), {}).items():
                if all(meets(values[at], test, wanted) for at, test, wanted in checks):
                    found[tuple(values[at] for at in picks)] += rows
            self._kept[key] = found
        return self._kept[key]
