"""Time between two columns of a row, worked out by the database where the row is stored.

A column that the database keeps up itself can never disagree with the two moments beside it. Both moments are
taken to the thousandth of a second, which is as fine as SQLite's date functions are.
"""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, Func


class MinutesBegun(Func):
    """Whole minutes begun from the first column to the second: 7 minutes 20 seconds are 8; never below 0.

    Counted so, "10 or fewer" means ten minutes and not a second longer. NULL while either is NULL.
    """

    arity = 2
    template = (
        "CASE WHEN %(end)s <= %(start)s THEN 0 ELSE"
        " CAST(CEIL(ROUND(EXTRACT(EPOCH FROM %(end)s - %(start)s) * 1000) / 60000) AS integer) END"
    )
    sqlite = (
        "CASE WHEN %(end)s <= %(start)s THEN 0 ELSE"
        " (CAST(ROUND((julianday(%(end)s) - julianday(%(start)s)) * 86400000) AS integer) + 59999) / 60000 END"
    )

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        """Return the database's own way to say it; both arguments are plain columns."""
        start, end = (compiler.compile(each)[0] for each in self.get_source_expressions())
        template = self.sqlite if connection.vendor == "sqlite" else self.template
        return template % {"start": start, "end": end}, []


class DaysBetween(MinutesBegun):
    """Whole days of 24 hours from the first column to the second, NULL while either is NULL."""

    template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(end)s - %(start)s) / 86400) AS integer)"
    sqlite = "CAST(ROUND((julianday(%(end)s) - julianday(%(start)s)) * 86400000) AS integer) / 86400000"


class DaysAfter(Func):
    """A moment so many days of 24 hours after a column: `DaysAfter("closed_at", days=14)`.

    On SQLite, to the end of the thousandth of a second.
    """

    arity = 1
    output_field = DateTimeField()

    def __init__(self, column: Any, *, days: int) -> None:
        super().__init__(column)
        self.days = int(days)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        """Return the database's own way to say it. SQLite compares moments as text, as Django stores them."""
        column, params = compiler.compile(self.get_source_expressions()[0])
        if connection.vendor == "sqlite":
            return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {column}, '+{self.days} days') || '999'", params
        return f"{column} + INTERVAL '{self.days} days'", params
