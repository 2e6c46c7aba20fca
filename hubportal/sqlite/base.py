"""The database engine for SQLite: Django's own, which also notices when the file is replaced or missing.

A process keeps a replaced file open and would go on writing into it, where nobody will ever look: every such
write would be acknowledged and lost. Django finds this module by its name, `base`, and the class by its own.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from threading import get_ident
from typing import Any, Self
from urllib.parse import quote

from django.conf import settings
from django.db import OperationalError
from django.db.backends.sqlite3 import base as sqlite3

FileIdentity = tuple[int, int]

_ATTEMPTS = 5
_STATEMENTS_KEPT, _LONGEST_KEPT = 1_000, 5_000
_may_make_files = True


def never_make_files() -> None:
    """From now on this process opens databases that are there and makes none: what a web server wants.

    SQLite would otherwise make an empty one where the real one is missing or just being restored.
    """
    global _may_make_files
    _may_make_files = False


@lru_cache(maxsize=_STATEMENTS_KEPT)
def _with_places(query: str) -> str:
    return query.replace("%s", "?")


class CursorWrapper(sqlite3.SQLiteCursorWrapper):
    """Django's cursor, with a shorter way to put a statement into SQLite's words."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """Return a statement with SQLite's places for parameters."""
        # Without a doubled per cent sign each "%s" is a place; to look for that with a regular expression, as
        # Django does, costs more than to read a person with hub and permissions.
        if param_names is None and "%%" not in query:
            return _with_places(query) if len(query) <= _LONGEST_KEPT else query.replace("%s", "?")
        return super().convert_query(query, param_names=param_names)


class CursorInTransaction(CursorWrapper):
    """Django's cursor and the wrapper around it in one, for statements inside a transaction.

    Between the two Django looks at each statement whether the connection is sound and anybody watches, which
    takes longer than most statements. Here that is done once, when the cursor is asked for.
    """

    db: DatabaseWrapper

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # As Django does: where closing fails too, what went wrong before is what somebody needs to see.
        with suppress(self.db.Database.Error):
            self.close()

    def execute(self, query: str, params: Any = None) -> Any:
        """Run a statement; errors are Django's."""
        self.db.validate_no_broken_transaction()
        with self.db.wrap_database_errors:
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run a statement for each of several sets of parameters; errors are Django's."""
        self.db.validate_no_broken_transaction()
        with self.db.wrap_database_errors:
            return super().executemany(query, param_list)

    def __next__(self) -> Any:
        with self.db.wrap_database_errors:
            return super().__next__()

    def fetchone(self) -> Any:
        """Return the next row or None; errors are Django's."""
        with self.db.wrap_database_errors:
            return super().fetchone()

    def fetchmany(self, size: int | None = 1) -> Any:
        """Return the next rows; errors are Django's."""
        with self.db.wrap_database_errors:
            return super().fetchmany(size)

    def fetchall(self) -> Any:
        """Return all rows that are left; errors are Django's."""
        with self.db.wrap_database_errors:
            return super().fetchall()


class DatabaseWrapper(sqlite3.DatabaseWrapper):
    """A connection to one SQLite file."""

    file_identity: FileIdentity | None = None
    """Which file the connection has open; None for a database in memory."""

    _notes_statements = False
    """Whether Django notes all statements, as it does where DEBUG is set. Asked once: settings stay."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file that stands at the path; raises OperationalError if that keeps changing."""
        self._notes_statements = settings.DEBUG
        if self.is_in_memory_db():
            return super().get_new_connection(conn_params)
        if not _may_make_files:
            path = quote(str(conn_params["database"]))
            conn_params = conn_params | {"database": f"file:{path}?mode=rw"}
        for _ in range(_ATTEMPTS):
            before = self._identity_at_path()
            opened = super().get_new_connection(conn_params)
            self.file_identity = self._identity_at_path()
            # Compared after the first statements have run: SQLite opens the write-ahead log only with those.
            if self.file_identity is not None and before in (None, self.file_identity):
                return opened
            opened.close()
        raise OperationalError("the database file is being replaced")

    def cursor(self) -> Any:
        """Return a cursor; inside a transaction that nobody watches, the shorter one."""
        own = get_ident() == self._thread_ident  # type: ignore[attr-defined]
        watched = self.force_debug_cursor or self.execute_wrappers or self._notes_statements
        if self.connection is None or not self.in_atomic_block or watched or not own:
            return super().cursor()
        with self.wrap_database_errors:
            cursor = self.connection.cursor(factory=CursorInTransaction)
        cursor.db = self
        return cursor

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor of this connection; Django's way to ask for one."""
        return self.connection.cursor(factory=CursorWrapper)

    def is_usable(self) -> bool:
        """Whether the file that is open is still the one at the path; Django asks at each request."""
        return self.is_in_memory_db() or self._identity_at_path() == self.file_identity

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        # Replaced while the transaction ran: what it wrote is nowhere, so nobody may be told that it is kept.
        if self.connection is not None and not self.is_usable():
            raise OperationalError("the database file was replaced during the transaction")

    def _identity_at_path(self) -> FileIdentity | None:
        try:
            found = os.stat(self.settings_dict["NAME"])  # noqa: PTH116 - a quarter of what Path.stat costs
        except OSError:
            return None
        return found.st_dev, found.st_ino
