"""Rows on their way into the database, many at once.

`bulk_create` makes an object and asks every field for each value, which costs more than the database's own
work. Here a row is a tuple; only times, dates, tokens and JSON are turned into what the driver takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection
from django.db.models import DateField, DateTimeField, Field, JSONField, Max, Model, UUIDField

_ROWS_AT_ONCE = 1_000
_VALUES_AT_ONCE = 30_000
"""SQLite takes 32,766 a statement since 3.32. It writes its full-text index out after each statement: many
small ones cost nearly twice as much."""

Adapter = Callable[[Any], Any]


class Driver:
    """What turns values into those that the database's driver takes. Shared, since moments come up again."""

    def __init__(self) -> None:
        operations = connection.ops
        slow = operations.adapt_datetimefield_value
        # On SQLite a moment is text. Django's own way to it costs thrice as much, for 285,000 of them.
        self.moment: Adapter = _as_text if connection.vendor == "sqlite" else slow
        self.day: Adapter = lru_cache(maxsize=2_000)(operations.adapt_datefield_value)

    def adapter_of(self, field: Field[Any, Any]) -> Adapter | None:
        """Return the adapter of a field's values; None where the driver takes them as they are."""
        if isinstance(field, DateTimeField):
            return self.moment
        if isinstance(field, DateField):
            return self.day
        if isinstance(field, UUIDField):
            return None if connection.features.has_native_uuid_field else _hex
        if isinstance(field, JSONField):
            return _once_for_each(lambda value: field.get_db_prep_save(value, connection))
        return None


@lru_cache(maxsize=5_000)
def _as_text(moment: datetime) -> str:
    # A visit's moments are those of its enquiries and of their events.
    return str(moment.astimezone(UTC))[: -len("+00:00")]


def _hex(token: UUID) -> str:
    return token.hex


def _once_for_each(adapt: Adapter) -> Adapter:
    """Adapt each object once: the same lists come up thousands of times, and lists cannot be looked up."""
    found: dict[int, tuple[Any, Any]] = {}

    def adapted(value: Any) -> Any:
        # The object is kept beside the result, or another one could get its id.
        if id(value) not in found:
            found[id(value)] = (value, adapt(value))
        return found[id(value)][1]

    return adapted


class Sheet:
    """New rows of one model. Columns that are not named take the model's own default; no save() is run."""

    def __init__(self, driver: Driver, model: type[Model], *columns: str) -> None:
        self.model = model
        self.next_id: int = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
        named = [fields.pop(name) for name in ("id", *columns)]
        self._defaults = tuple(
            field.get_db_prep_save(field.get_default(), connection) for field in fields.values()
        )
        adapters = ((at, driver.adapter_of(field)) for at, field in enumerate(named))
        self._adapters = [(at, adapt) for at, adapt in adapters if adapt]
        quote = connection.ops.quote_name
        names = ", ".join(quote(str(field.column)) for field in (*named, *fields.values()))
        table = quote(model._meta.db_table)
        self._into = f"INSERT INTO {table} ({names}) VALUES "  # nosec B608  # noqa: S608
        width = len(named) + len(fields)
        self._row = f"({', '.join(['%s'] * width)})"
        self._at_once = min(_ROWS_AT_ONCE, _VALUES_AT_ONCE // width)
        self._rows: list[tuple[Any, ...]] = []

    def add(self, *values: Any) -> int:
        """Add a row with `values` in the order of the columns; return its id."""
        pk = self.next_id
        self.next_id += 1
        self._rows.append((pk, *values, *self._defaults))
        if len(self._rows) == self._at_once:
            self._write()
        return pk

    def finish(self) -> None:
        """Write what is left, and let the database number on from here."""
        if self._rows:
            self._write()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)

    def _write(self) -> None:
        columns: list[Iterable[Any]] = list(zip(*self._rows, strict=True))
        for at, adapt in self._adapters:
            columns[at] = [None if value is None else adapt(value) for value in columns[at]]
        values = list(chain.from_iterable(zip(*columns, strict=True)))
        with connection.cursor() as cursor:
            cursor.execute(self._into + ", ".join([self._row] * len(self._rows)), values)
        self._rows = []
