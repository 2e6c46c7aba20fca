"""Rows by the million into an empty database: as text, with no index to keep and no trigger to run meanwhile.

For the bench's own databases alone: what guards the tables is made again at the end, but not held against the
rows that came in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

ROWS_AT_ONCE = 20_000


class Table:
    """New rows of one model. Columns that are not named take the model's own default; no save() is run.

    Values are numbers, text and None: moments as "2026-11-22 12:00:00" in UTC, tokens as 32 hexadecimal
    digits, yes and no as 1 and 0, JSON as text.
    """

    def __init__(self, model: Any, *columns: str) -> None:
        self.model, self.last_id = model, 0
        fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
        named = [fields.pop(name) for name in ("id", *columns)]
        self._rest = tuple(_plain(field.get_default()) for field in fields.values())
        self._names = [str(field.column) for field in (*named, *fields.values())]
        self._name = model._meta.db_table
        self._rows: list[tuple[Any, ...]] = []

    def add(self, *values: Any) -> int:
        """Add a row with `values` in the order of the columns; return its id."""
        self.last_id += 1
        self._rows.append((self.last_id, *values, *self._rest))
        if len(self._rows) == ROWS_AT_ONCE:
            self.write()
        return self.last_id

    def write(self) -> None:
        """Write what is left, and let the database number on from here."""
        rows, self._rows = self._rows, []
        if not rows:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.copy_from(StringIO(_lines(rows)), self._name, columns=self._names)
            else:
                names, marks = ", ".join(self._names), ", ".join(["%s"] * len(self._names))
                cursor.executemany(f"INSERT INTO {self._name} ({names}) VALUES ({marks})", rows)
            for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _lines(rows: list[tuple[Any, ...]]) -> str:
    """Rows as COPY reads them. No text of the bench holds a tab, a backslash or a line's end."""
    return "".join(
        "\t".join(["\\N" if value is None else str(value) for value in row]) + "\n" for row in rows
    )


@contextmanager
def unguarded(models: list[Any]) -> Iterator[None]:
    """Leave out indexes, triggers and references of tables while they are filled, then make them again."""
    names = [model._meta.db_table for model in models]
    fill = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    with fill(names):
        yield


@contextmanager
def _on_sqlite(names: list[str]) -> Iterator[None]:
    marks = ", ".join(["%s"] * len(names))
    with (
        connection.cursor() as cursor,
        _set(cursor, foreign_keys="OFF", synchronous="OFF", cache_size=-400000),
    ):
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master"
            f" WHERE tbl_name IN ({marks}) AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            names,
        )
        guards = cursor.fetchall()
        for kind, name, _ in guards:
            cursor.execute(f"DROP {kind} {name}")
        yield
        for _, _, sql in guards:
            cursor.execute(sql)


@contextmanager
def _set(cursor: Any, **pragmas: Any) -> Iterator[None]:
    before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas}
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name}={value}")
    yield
    for name, value in before.items():
        cursor.execute(f"PRAGMA {name}={value}")


@contextmanager
def _on_postgres(names: list[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET statement_timeout = 0")  # the portal's limit is for pages
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid::regclass::text = ANY(%s) AND NOT indisunique",
            [names],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _, sql in indexes:
            cursor.execute(sql)
        cursor.execute("RESET session_replication_role")
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("RESET statement_timeout")
