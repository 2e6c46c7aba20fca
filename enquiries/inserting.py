"""New rows added with a statement that is put together once for each table.

Logging a visit adds three rows with fifty columns. To have Django put each INSERT together anew costs as much
as all the rest of logging it.
"""

from __future__ import annotations

from functools import cache

from django.db import connections, router
from django.db.models import Field, Model


def insert(row: Model) -> None:
    """Add a row that is not in the database yet and give it its id, as `save(force_insert=True)` does.

    No signals, and no values that a field makes up when it is saved (`auto_now`): no table of ours has such.
    """
    model = type(row)
    alias = router.db_for_write(model)
    connection = connections[alias]
    if not connection.features.can_return_columns_from_insert:  # SQLite before 3.35
        row.save(force_insert=True)
        return
    statement, fields = _statement(model)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, alias


@cache
def _statement(model: type[Model]) -> tuple[str, tuple[Field, ...]]:
    options = model._meta
    fields = tuple(each for each in options.concrete_fields if not (each.primary_key or each.generated))
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    key = options.pk.column
    return f'INSERT INTO "{options.db_table}" ({names}) VALUES ({places}) RETURNING "{key}"', fields  # noqa: S608 - our own names
