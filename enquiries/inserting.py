"""New rows added with a statement that is put together once for each table.

Logging a visit adds three rows with fifty columns. To have Django put each INSERT together anew costs as much
as all the rest of logging it.
"""

from __future__ import annotations

from functools import cache

from django.db import connections, router
from django.db.models import BooleanField, CharField, Field, ForeignKey, IntegerField, Model, TextField


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
    values = [
        getattr(row, name) if field is None else field.get_db_prep_save(getattr(row, name), connection)
        for name, field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, alias


@cache
def _statement(model: type[Model]) -> tuple[str, tuple[tuple[str, Field | None], ...]]:
    """Return the statement, and each column's attribute with the field that has to convert its value."""
    options = model._meta
    fields = [each for each in options.concrete_fields if not (each.primary_key or each.generated)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names of our own models; every value is a parameter.
    into = f'INSERT INTO "{options.db_table}" ({names})'  # nosec B608
    statement = f'{into} VALUES ({places}) RETURNING "{options.pk.column}"'
    return statement, tuple((field.attname, None if _is_plain(field) else field) for field in fields)


def _is_plain(field: Field) -> bool:
    """Whether every database takes the value as it is: text, numbers, true or false, ids."""
    return isinstance(field, (CharField, TextField, IntegerField, BooleanField, ForeignKey))
