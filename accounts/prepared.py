"""A row read by its id with a query that is put together once.

Django puts a query together anew each time, which for a person with hub and permissions costs several times
what the database takes. Every staff page begins with this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)

_PLACE_OF_ID = -(2**31)
"""Stands where the id goes while the statement is put together; no row has it."""
_MOST = 2**63 - 1


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

    def one(self, pk: int) -> Row | None:
        """Return the row with this id, or None. One statement; nothing else is asked later."""
        if not 0 < pk <= _MOST:
            return None
        connection = connections[self._queryset.db]
        statement = self._statement(connection.vendor)
        parameters = [pk if each == _PLACE_OF_ID else each for each in statement.parameters]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            found = cursor.fetchone()
        return None if found is None else self._row(statement, connection, list(found))

    def _row(self, statement: _Statement, connection: Any, found: list[Any]) -> Row:
        for place, (converters, expression) in statement.converters.items():
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        row = self._queryset.model.from_db(connection.alias, statement.fields, found[statement.columns])
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
