"""A replica for reports to read: a second database with what the first had at one moment."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture
def make_replica(settings, tmp_path) -> Iterator[Callable[[], None]]:
    """Make the replica: a second database with what the first has at that moment, and refusing writes."""
    name = f"{connection.settings_dict['NAME']}_replica" if _on_postgres() else str(tmp_path / "replica")
    settings.READING_DATABASE = "replica"

    def made() -> None:
        _copy(name)
        there = copy.deepcopy(connections.databases["default"]) | {"NAME": name}
        if _on_postgres():
            there["OPTIONS"]["options"] = "-c default_transaction_read_only=on"
        connections.databases["replica"] = there
        replica = connections["replica"]
        # As Django's own: a test's refuses every connection that was not there when the test began.
        replica.ensure_connection = lambda: _connect(replica)
        replica.ensure_connection()
        if not _on_postgres():
            connections["replica"].cursor().execute("PRAGMA query_only=ON")

    yield made
    if "replica" in connections.databases:
        connections["replica"].close()
        del connections["replica"], connections.databases["replica"]
    if _on_postgres():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _connect(replica: BaseDatabaseWrapper) -> None:
    if replica.connection is None:
        with replica.wrap_database_errors:
            replica.connect()


def _on_postgres() -> bool:
    return connection.vendor == "postgresql"


def _copy(name: str) -> None:
    if _on_postgres():
        first = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{first}"')
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(name)) as copied:
        connection.connection.backup(copied)


def take_away() -> None:
    """Make the replica fail as one that is gone does: it is there no more, and its connections end."""
    name = connections.databases["replica"]["NAME"]
    if _on_postgres():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        return
    connections["replica"].close()
    connections.databases["replica"]["NAME"] = connections["replica"].settings_dict["NAME"] = f"{name}/gone"


def bring_back() -> None:
    """Make the replica anew, as it would be once it has caught up."""
    name = connections.databases["replica"]["NAME"].removesuffix("/gone")
    _copy(name)
    connections.databases["replica"]["NAME"] = connections["replica"].settings_dict["NAME"] = name
