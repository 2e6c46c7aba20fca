"""New rows added with a statement that is put together once for each table.

Logging a visit adds three rows with fifty columns. To have Django put each INSERT together anew, and look at
each column of a row on its way in, costs several times what the database takes to add it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connections, router
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
)

from accounts.prepared import made_of

Row = TypeVar("Row", bound=Model)

Conversion = Callable[[Any, Any], Any]
"""Turns a value into what the database of a connection takes; moments must know their time zone."""


def insert(model: type[Row], **values: Any) -> Row:
    """Add a row and return it, as `objects.create` does; columns that are not named get their defaults.

    No signals, and no values that a field makes up as it is saved (`auto_now`, a callable default): no table
    of ours that comes here has such. Raises TypeError for what is no column, and IntegrityError for what the
    database refuses.
    """
    alias = router.db_for_write(model)
    connection = connections[alias]
    if not connection.features.can_return_columns_from_insert:  # SQLite before 3.35
        return model._default_manager.using(alias).create(**values)
    plan = _plan(model)
    row_values, beside = plan.defaults.copy(), {}
    for name, value in values.items():
        attname = plan.references.get(name)
        if attname is None:
            row_values[name] = value
        else:
            beside[name], row_values[attname] = value, value and value.pk
    if len(row_values) > len(plan.defaults):
        raise TypeError(f"no columns of {model.__name__}: {row_values.keys() - plan.defaults.keys()}")
    row_values[plan.key] = plan.add(connection, row_values)
    return made_of(model, alias, row_values, beside)


@dataclass(frozen=True)
class _Plan:
    """All of a table that is the same for each of its rows."""

    statement: str
    columns: tuple[tuple[str, Conversion | None], ...]
    """The attribute of each parameter, and what turns its value into the database's, if it has to be."""
    defaults: dict[str, Any]
    """By attribute, what a row has where nothing is said of it."""
    references: dict[str, str]
    """The attribute that holds the id, by the name of the reference to another row."""
    key: str

    def add(self, connection: Any, values: Mapping[str, Any]) -> Any:
        """Send the statement with a value for each attribute, and return the id of the new row."""
        parameters = [
            values[name] if convert is None else convert(values[name], connection)
            for name, convert in self.columns
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.statement, parameters)
            return cursor.fetchone()[0]


@cache
def _plan(model: type[Model]) -> _Plan:
    options = model._meta
    fields = [each for each in options.concrete_fields if not (each.primary_key or each.generated)]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names of our own models; every value is a parameter.
    into = f'INSERT INTO "{options.db_table}" ({columns})'  # nosec B608
    return _Plan(
        statement=f'{into} VALUES ({places}) RETURNING "{options.pk.column}"',
        columns=tuple((each.attname, _conversion(each)) for each in fields),
        defaults={each.attname: each.get_default() for each in fields},
        references={each.name: each.attname for each in fields if isinstance(each, ForeignKey)},
        key=options.pk.attname,
    )


def _conversion(field: Field) -> Conversion | None:
    if isinstance(field, (CharField, TextField, IntegerField, BooleanField, ForeignKey)):
        return None  # every database takes these as they are
    if isinstance(field, DateTimeField):
        return _aware_moment
    return field.get_db_prep_save


_last_moment: dict[str, tuple[datetime, Any]] = {}
"""By kind of database, the moment that came last: all rows of one action are mostly of the same."""


def _aware_moment(value: datetime | None, connection: Any) -> Any:
    if value is None:
        return None
    last = _last_moment.get(connection.vendor)
    if last is None or last[0] is not value:
        last = _last_moment[connection.vendor] = (value, connection.ops.adapt_datetimefield_value(value))
    return last[1]
