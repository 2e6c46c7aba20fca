"""New rows added with a statement that is put together once for each table.

Logging a visit adds three rows with fifty columns. To have Django put each INSERT together anew, and look at
each column of a row on its way in, costs several times what the database takes to add it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
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
    connection = connections[DEFAULT_DB_ALIAS]
    plan = _plan(model, connection)
    parameters, row_values, beside = _filled_in(plan, connection, values)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(plan.statement, parameters)
            # The row's own, whatever its triggers have added; none of ours leaves a row out.
            row_values[plan.key] = cursor.lastrowid
        else:
            cursor.execute(plan.returning, parameters)
            row_values[plan.key] = cursor.fetchone()[0]
    return made_of(model, DEFAULT_DB_ALIAS, row_values, beside)


def write_down(model: type[Model], **values: Any) -> None:
    """Add a row that nobody needs back, such as an event; in all else as `insert`."""
    connection = connections[DEFAULT_DB_ALIAS]
    plan = _plan(model, connection)
    parameters, _, _ = _filled_in(plan, connection, values)
    with connection.cursor() as cursor:
        cursor.execute(plan.statement, parameters)


@dataclass(frozen=True)
class _Plan:
    """All of a table that is the same for each of its rows."""

    model: str
    statement: str
    returning: str
    """The same, which also gives the new row's key."""
    columns: dict[str, tuple[int, str, Conversion | None]]
    """By each name that a column goes by: which parameter it is, its attribute, and what turns a value into
    the database's, if it has to be. A reference goes by its own name and by that of its id.
    """
    defaults: dict[str, Any]
    """By attribute, what a row has where nothing is said of it."""
    parameters: list[Any]
    """The same as the database takes it."""
    key: str


def _filled_in(
    plan: _Plan, connection: Any, values: dict[str, Any]
) -> tuple[list[Any], dict[str, Any], dict[str, Any]]:
    """Return a statement's parameters, the row's attributes, and by name the rows that it refers to."""
    parameters, row_values, beside = plan.parameters.copy(), plan.defaults.copy(), {}
    for name, value in values.items():
        try:
            place, attname, convert = plan.columns[name]
        except KeyError:
            raise TypeError(f"no column of {plan.model}: {name}") from None
        if name != attname:
            beside[name] = value
            value = value and value.pk
        row_values[attname] = value
        parameters[place] = value if convert is None else convert(value, connection)
    return parameters, row_values, beside


_plans: dict[tuple[type[Model], str], _Plan] = {}


def _plan(model: type[Model], connection: Any) -> _Plan:
    kept = _plans.get((model, connection.vendor))
    return kept or _plans.setdefault((model, connection.vendor), _planned(model, connection))


def _planned(model: type[Model], connection: Any) -> _Plan:
    options = model._meta
    fields = [each for each in options.concrete_fields if not (each.primary_key or each.generated)]
    names = ", ".join(f'"{each.column}"' for each in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names of our own models; every value is a parameter.
    into = f'INSERT INTO "{options.db_table}" ({names})'  # nosec B608
    columns, parameters = {}, []
    for place, field in enumerate(fields):
        convert, default = _conversion(field), field.get_default()
        parameters.append(default if convert is None else convert(default, connection))
        for name in {field.name, field.attname}:
            columns[name] = place, field.attname, convert
    statement = f"{into} VALUES ({places})"
    return _Plan(
        model=model.__name__,
        statement=statement,
        returning=f'{statement} RETURNING "{options.pk.column}"',
        columns=columns,
        defaults={each.attname: each.get_default() for each in fields},
        parameters=parameters,
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
