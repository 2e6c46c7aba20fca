"""Time between two columns of a row, worked out by the database where the row is stored.

A column that the database keeps up itself can never disagree with the two moments beside it. Both moments are
taken to the thousandth of a second, which is as fine as SQLite's date functions are.
"""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, Func


class _Between(Func):
    arity = 2
    postgresql = ""
    sqlite = ""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """Return it as PostgreSQL says it."""
        return self._said(self.postgresql, compiler)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """Return it as SQLite says it."""
        milliseconds = "CAST(ROUND((julianday(%(end)s) - julianday(%(start)s)) * 86400000) AS integer)"
        return self._said(self.sqlite.replace("{milliseconds}", milliseconds), compiler)

    def _said(self, template: str, compiler: Any) -> tuple[str, tuple[Any, ...]]:
        # Both are plain columns, which stand in the statement as they are.
        start, end = (compiler.compile(each)[0] for each in self.get_source_expressions())
        return template % {"start": start, "end": end}, ()


class MinutesBegun(_Between):
    """Whole minutes begun from the first column to the second: 7 minutes 20 seconds are 8; never below 0.

    Counted so, "10 or fewer" means ten minutes and not a second longer. NULL while either is NULL.
    """

    postgresql = (
        "CASE WHEN %(end)s <= %(start)s THEN 0 ELSE"
        " CAST(CEIL(ROUND(EXTRACT(EPOCH FROM %(end)s - %(start)s) * 1000) / 60000) AS integer) END"
    )
    sqlite = "CASE WHEN %(end)s <= %(start)s THEN 0 ELSE ({milliseconds} + 59999) / 60000 END"


class DaysBetween(_Between):
    """Whole days of 24 hours from the first column to the second, NULL while either is NULL."""

    postgresql = "CAST(FLOOR(EXTRACT(EPOCH FROM %(end)s - %(start)s) / 86400) AS integer)"
    sqlite = "{milliseconds} / 86400000"


class DaysAfter(Func):
    """A moment so many days of 24 hours after a column: `DaysAfter("closed_at", days=14)`.

    On SQLite, to the end of the thousandth of a second.
    """

    arity = 1
    output_field = DateTimeField()

    def __init__(self, column: Any, *, days: int) -> None:
        super().__init__(column)
        self.days = int(days)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """Return it as PostgreSQL says it."""
        column, values = compiler.compile(self.get_source_expressions()[0])
        return f"{column} + INTERVAL '{self.days} days'", tuple(values)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """Return it as SQLite says it, which compares moments as text, as Django stores them."""
        column, values = compiler.compile(self.get_source_expressions()[0])
        moment = f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {column}, '+{self.days} days')"
        return f"{moment} || '999'", tuple(values)
