"""A row read by its id with a query that is put together once.

Django puts a query together anew each time, which for a person with hub and permissions costs several times
what the database takes, and then makes objects of what it reads. Every staff page begins with this one, and
mostly reads what it read the last time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)

_PLACE_OF_ID = -(2**31)
"""Stands where the id goes while the statement is put together; no row has it."""
_MOST = 2**63 - 1

_MOST_KEPT = 512
"""Rows of which the objects are kept; there are a few hundred members of staff."""


@dataclass(frozen=True)
class _Statement:
    sql: str
    parameters: tuple[Any, ...]
    columns: slice
    """Those of the row itself; others belong to rows that come with it and to annotations."""
    fields: list[str]
    related: list[Any]
    annotations: dict[str, int]
    converters: dict[int, Any]


class Prepared(Generic[Row]):
    """Reads one row of `queryset`, with all that it selects and annotates, by its primary key."""

    def __init__(self, queryset: QuerySet[Row]) -> None:
        self._queryset = queryset
        self._statements: dict[str, _Statement] = {}
        self._kept: dict[int, tuple[tuple[Any, ...], Row]] = {}

    def one(self, pk: int) -> Row | None:
        """Return the row with this id, or None. One statement; nothing else is asked later.

        The row is the caller's own to change. Where the database gives the same values as the last time, it
        is a copy of what was made of them then.
        """
        if not 0 < pk <= _MOST:
            return None
        connection = connections[self._queryset.db]
        statement = self._statement(connection.vendor)
        parameters = [pk if each == _PLACE_OF_ID else each for each in statement.parameters]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            found = cursor.fetchone()
        if found is None:
            return None
        values, row = self._kept.get(pk, ((), None))
        if row is None or values != found:
            row = self._row(statement, connection, list(found))
            if len(self._kept) >= _MOST_KEPT:
                self._kept = {}
            self._kept[pk] = (found, row)
        return _copied(row)

    def _row(self, statement: _Statement, connection: Any, found: list[Any]) -> Row:
        for place, (converters, expression) in statement.converters.items():
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        values = dict(zip(statement.fields, found[statement.columns], strict=True))
        row = made_of(self._queryset.model, connection.alias, values, {})
        for each in statement.related:
            each.populate(found, row)
        for name, place in statement.annotations.items():
            setattr(row, name, found[place])
        return row

    def _statement(self, vendor: str) -> _Statement:
        if vendor not in self._statements:
            query = self._queryset.filter(pk=_PLACE_OF_ID).query
            compiler = query.get_compiler(using=self._queryset.db)
            sql, parameters = compiler.as_sql()
            own = compiler.klass_info["select_fields"]
            columns = slice(own[0], own[-1] + 1)
            self._statements[vendor] = _Statement(
                sql,
                tuple(parameters),
                columns,
                [each[0].target.attname for each in compiler.select[columns]],
                get_related_populators(  # type: ignore[call-arg]  # the stubs are of a later Django
                    compiler.klass_info, compiler.select, self._queryset.db
                ),
                dict(compiler.annotation_col_map),
                compiler.get_converters([each[0] for each in compiler.select]),
            )
        return self._statements[vendor]


def made_of(model: type[Row], alias: str, values: dict[str, Any], beside: dict[str, Any]) -> Row:
    """Return a row that is in the database `alias`, of the values of its attributes; those left out are read
    when they are asked for. `beside` are rows that it refers to, by the name of the reference.

    What Django does with a row that it has read, without its look at each column and its signals.
    """
    row = model.__new__(model)
    row.__dict__.update(values)
    state = row._state = ModelState()
    state.adding, state.db = False, alias
    state.fields_cache.update(beside)
    return row


def _copied(row: Row, so_far: dict[int, Model] | None = None) -> Row:
    """Return a copy of a row with copies of the rows that came with it, which may know each other."""
    so_far = {} if so_far is None else so_far
    again = so_far[id(row)] = made_of(type(row), row._state.db or "", row.__dict__, {})
    for name, other in row._state.fields_cache.items():
        known = so_far.get(id(other), other)
        copied = _copied(other, so_far) if known is other and other is not None else known
        again._state.fields_cache[name] = copied
    return again
