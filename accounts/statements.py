"""What is asked of the database again and again, put into its words once.

Django puts a query together anew each time, which costs several times what the database takes to answer it.
Which rows are meant stays written in querysets: a statement is one of those, with places for what differs.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateTimeField, IntegerField, QuerySet, TextField, UUIDField
from django.db.models.sql import UpdateQuery

_LONG_AGO = datetime(1000, 1, 1, tzinfo=UTC)

_STAND_INS: dict[type, tuple[Callable[[int], Any], Any]] = {
    int: (lambda number: 30_000 + number, IntegerField()),  # a column may hold no more than 32,767
    str: (lambda number: f"stand-in {number}", TextField()),
    datetime: (lambda number: _LONG_AGO + timedelta(days=number), DateTimeField()),
    uuid.UUID: (lambda number: uuid.UUID(int=number), UUIDField()),
}
"""By kind of value, what stands in for the values while a statement is put together, and the field that turns
them into the database's.
"""


@dataclass(frozen=True)
class _Words:
    """A statement in the words of one database."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, str, Any], ...]
    """Which parameters differ each time: the name of the value, and its field."""
    converters: tuple[tuple[int, Any, Any], ...]
    """What turns which columns of a row into what Python calls them."""


class _Statement(ABC):
    """What a question and a change have in common.

    `kinds` are the values that differ, by name: `int`, `str`, `datetime` or `UUID`. `build` is called for
    each kind of database, with stand-ins by the same names, and must use each as it is. When first sent, it
    raises TypeError for one that is not used, and for what is made of one, such as the moment an hour later.
    """

    def __init__(self, build: Callable[..., Any], **kinds: type) -> None:
        self._build = build
        self._kinds: Mapping[str, type] = kinds
        self._words: dict[str, _Words] = {}

    def _send(self, cursor: Any, connection: Any, values: dict[str, Any]) -> _Words:
        words = self._words.get(connection.vendor)
        if words is None:
            words = self._words[connection.vendor] = self._put_together(connection)
        parameters = list(words.parameters)
        for place, name, field in words.places:
            parameters[place] = field.get_db_prep_value(values[name], connection)
        cursor.execute(words.sql, parameters)
        return words

    def _put_together(self, connection: Any) -> _Words:
        # Twice, with other stand-ins: what is the same in both is the statement's own.
        some, names = self._compiled(connection, 0)
        others, other_names = self._compiled(connection, len(self._kinds))
        sql, parameters = some.as_sql()
        places = []
        for place, pair in enumerate(zip(parameters, others.as_sql()[1], strict=True)):
            name = names.get(pair[0]) if pair[0] != pair[1] else None
            if name and name == other_names.get(pair[1]):
                places.append((place, name, _STAND_INS[self._kinds[name]][1]))
            elif pair[0] != pair[1]:
                raise TypeError(f"made of a value, which would not be made again: {pair[0]}")
        if missing := self._kinds.keys() - {name for _, name, _ in places}:
            raise TypeError(f"not in the statement: {sorted(missing)}")
        return _Words(sql, parameters, tuple(places), self._converters(some))

    def _compiled(self, connection: Any, first: int) -> tuple[Any, dict[Any, str]]:
        """Return the compiler of the statement with stand-ins from a number on, and their names."""
        stand_ins, names = {}, {}
        for number, (name, kind) in enumerate(self._kinds.items(), start=first):
            stand_in, field = _STAND_INS[kind]
            stand_ins[name] = stand_in(number)
            names[field.get_db_prep_value(stand_ins[name], connection)] = name
        return self._compiler(self._build(**stand_ins)), names

    @abstractmethod
    def _compiler(self, built: Any) -> Any:
        """Return what puts into words what `build` has returned."""

    def _converters(self, compiler: Any) -> tuple[tuple[int, Any, Any], ...]:
        return ()


class Question(_Statement):
    """Asks for the rows of the queryset that `build` returns, one of `values_list`."""

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows for these values."""
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            words = self._send(cursor, connection, values)
            found = cursor.fetchall()
        return [self._row(each, words, connection) for each in found] if words.converters else found

    @staticmethod
    def _row(found: tuple[Any, ...], words: _Words, connection: Any) -> tuple[Any, ...]:
        row = list(found)
        for place, converters, expression in words.converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        return tuple(row)

    def _compiler(self, built: QuerySet[Any]) -> Any:
        return built.query.get_compiler(using=DEFAULT_DB_ALIAS)

    def _converters(self, compiler: Any) -> tuple[tuple[int, Any, Any], ...]:
        found = compiler.get_converters([each[0] for each in compiler.select])
        return tuple((place, *each) for place, each in found.items())


class Change(_Statement):
    """Changes rows of one table; `build` returns the queryset of them, and their new values by name."""

    def make(self, **values: Any) -> int:
        """Make the change with these values; return how many rows it found."""
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            self._send(cursor, connection, values)
            return cursor.rowcount

    def _compiler(self, built: tuple[QuerySet[Any], dict[str, Any]]) -> Any:
        rows, becomes = built
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(becomes)
        return query.get_compiler(using=DEFAULT_DB_ALIAS)
