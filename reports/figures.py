"""What a report says: figures, each with its measure, its rows and what it is a share of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .measures import MEASURES, Measure
from .months import Month
from .rows import Part, Rows, Scope
from .tally import EVERYWHERE, Place, Tally

COUNT, SHARE, MINUTES, DAYS = "count", "share", "minutes", "days"


@dataclass(frozen=True)
class Figure:
    """One number of a report, and the rows it was counted from."""

    unit: str
    """count; share, a fraction from 0 to 1; minutes; days."""
    value: float | None
    """What is shown; None where there is nothing to divide by or to take the middle of."""
    count: int
    """How many rows `rows` selects: for a share its numerator, for minutes and days what they are of."""
    rows: Rows
    base: Figure | None = None
    """What a share is a share of."""

    @property
    def measure(self) -> Measure:
        """What was measured, with its name and definition."""
        return self.rows.measure


@dataclass(frozen=True)
class Compared:
    """A figure of the report's months beside those of earlier ones."""

    key: str
    name: str
    definition: str
    now: Figure
    before: Figure
    """The month before; for a range, as many months before."""
    year_ago: Figure
    """The same months a year before."""


@dataclass(frozen=True)
class TableRow:
    """A row of a table."""

    label: str
    figures: tuple[Figure, ...]
    note: str = ""
    """More words about the row, such as the service that owns a cause."""


@dataclass(frozen=True)
class Table:
    """Figures in rows, with one measure a column."""

    key: str
    title: str
    columns: tuple[str, ...]
    """What stands above each figure."""
    rows: tuple[TableRow, ...]
    total: TableRow | None = None
    """The whole that the rows are parts of, where they are."""


@dataclass(frozen=True)
class Counts:
    """A tally of some months within a scope: makes figures that know their rows."""

    tally: Tally
    first: Month
    last: Month
    scope: Scope

    def rows(self, key: str, scope: Scope | None = None, part: Part = ()) -> Rows:
        """Return the rows of a measure in these months."""
        return Rows(self.first, self.last, MEASURES[key], scope or self.scope, part)

    def count(self, key: str, where: Place = EVERYWHERE, scope: Scope | None = None, **part: Any) -> Figure:
        """Return how many rows a measure has; `scope` must say what `where` is in the tally."""
        rows = self.rows(key, scope, tuple(part.items()))
        number = self.tally.count(rows.measure, where, **part)
        return Figure(COUNT, number, number, rows)

    def share(self, key: str, where: Place = EVERYWHERE, scope: Scope | None = None, **part: Any) -> Figure:
        """Return a measure as a share of its base, or with `part` as a share of all its rows."""
        some = self.count(key, where, scope, **part)
        base = self.count(key if part else some.measure.base, where, scope)
        return Figure(SHARE, some.count / base.count if base.count else None, some.count, some.rows, base)

    def median_wait(self, where: Place = EVERYWHERE, scope: Scope | None = None) -> Figure:
        """Return the median wait in minutes begun."""
        waited = self.count("waits", where, scope)
        median = self.tally.median(waited.measure, "wait_minutes", where)
        return Figure(MINUTES, median, waited.count, waited.rows)

    def median_days_ahead(self, where: Place = EVERYWHERE, scope: Scope | None = None) -> Figure:
        """Return the median of the days from booking an appointment to its day."""
        booked = self.count("ahead", where, scope)
        median = self.tally.median(booked.measure, "lead_days", where)
        return Figure(DAYS, median, booked.count, booked.rows)

    def mean_days(self, service: int | None = None) -> Figure:
        """Return the mean days from sending to finishing a referral, of one service or of all."""
        part: dict[str, Any] = {} if service is None else {"service": service}
        finished = self.count("finished", **part)
        days = self.tally.days(service)
        return Figure(DAYS, days / finished.count if finished.count else None, finished.count, finished.rows)
