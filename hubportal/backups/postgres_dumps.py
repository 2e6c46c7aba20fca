"""Backups of a PostgreSQL database: `pg_dump` of one moment, its rows counted in what was really written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from hubportal.backups.notes import BackupFault, Counts, differences

_COPY = re.compile(rb'COPY public\."?(\w+)"? \(.*\) FROM stdin;\n')
_END = b"\\.\n"
_MAINTENANCE = ("postgres", "template1")


class PostgresDatabase:
    """The portal's database; `settings` as in Django's DATABASES."""

    suffix = ".dump"

    def __init__(self, settings: dict[str, Any]) -> None:
        self.name = str(settings["NAME"])
        self._where = {
            "host": settings.get("HOST") or None,
            "port": settings.get("PORT") or None,
            "user": settings.get("USER") or None,
            "password": settings.get("PASSWORD") or None,
        }

    def write(self, to: Path) -> Counts:
        """Dump the database as of one moment, while others write; return the rows of each table then."""
        with self._connected(self.name) as source:
            source.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with source.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                [snapshot] = cursor.fetchone()
                counts = _counts(cursor)
                words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
                self._run("pg_dump", *words, f"--file={to}", self.name)
        return counts

    def faults(self, backup: Path, expected: Counts) -> list[str]:
        """Return in words what is wrong with a dump: it cannot be read to its end, or rows are missing."""
        command = [_program("pg_restore"), "--file=-", str(backup)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:  # noqa: S603
            found = _rows_copied(reading.stdout or ())
            said = reading.stderr.read().decode(errors="replace") if reading.stderr else ""
        if reading.returncode:
            return [said.strip()[-500:] or "pg_restore cannot read it"]
        return differences(expected, found)

    def counts(self) -> Counts | None:
        """Return the rows of each table now; None where there is no database or no table in it."""
        try:
            with self._connected(self.name) as now, now.cursor() as cursor:
                return _counts(cursor) or None
        except psycopg2.OperationalError:
            return None

    def partial(self) -> Path:
        """Return where an encrypted dump is unpacked to."""
        # Whoever writes there makes the file anew and for one user alone (O_EXCL, 0600).
        folder = os.environ.get("TMPDIR", "/var/tmp")  # noqa: S108  # nosec B108
        return Path(folder) / f"hubs-{os.getpid()}.restoring"

    def put_in_place(self, backup: Path, at: datetime) -> str:
        """Restore a checked dump beside the database and swap their names; return the old one's new name.

        Needs a role that may create databases. Connections to the old database are ended; the portal waits
        and connects again. Raises `BackupFault` where the old one cannot be put away; it goes on then.
        """
        beside, old = f"{self.name}_restoring", f"{self.name}_replaced_{at:%Y%m%d%H%M%S}"
        with self._connected(self._maintenance()) as server, server.cursor() as cursor:
            server.autocommit = True
            _do(cursor, "DROP DATABASE IF EXISTS {}", beside)
            _do(cursor, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", beside)
            words = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
            self._run("pg_restore", *words, f"--dbname={beside}", str(backup))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            if cursor.fetchone():
                _put_away(cursor, self.name, old)
            _do(cursor, "ALTER DATABASE {} RENAME TO {}", beside, self.name)
        return old

    def _maintenance(self) -> str:
        return next(name for name in _MAINTENANCE if name != self.name)

    @contextmanager
    def _connected(self, name: str) -> Iterator[Any]:
        with closing(psycopg2.connect(dbname=name, **self._where)) as connected:
            yield connected

    def _run(self, program: str, *words: str) -> None:
        given = {f"PG{name.upper()}": str(value) for name, value in self._where.items() if value}
        ended = subprocess.run(  # noqa: S603 - fixed words and paths, no shell
            [_program(program), *words],
            env=os.environ | given,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise BackupFault(f"{program}: {ended.stderr.strip()[-500:]}")


def _put_away(cursor: Any, name: str, old: str) -> None:
    """Give a database another name. Nobody may connect meanwhile, or it could not be renamed."""
    _do(cursor, "ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name)
    is_called = name
    try:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        _do(cursor, "ALTER DATABASE {} RENAME TO {}", name, old)
        is_called = old
    except psycopg2.Error as error:
        raise BackupFault(f"the old database could not be put away: {error}") from error
    finally:
        _do(cursor, "ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", is_called)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupFault(f"{name} is not installed: it comes with PostgreSQL's client")
    return found


def _rows_copied(dump: Iterable[bytes]) -> Counts:
    """Count the rows of each table in the statements that would restore it."""
    rows: Counts = {}
    table = ""
    for line in dump:
        if table and line != _END:
            rows[table] += 1
        elif table:
            table = ""
        elif start := _COPY.fullmatch(line):
            table = start[1].decode()
            rows[table] = 0
    return rows


def _counts(cursor: Any) -> Counts:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    counts = {}
    for (table,) in cursor.fetchall():
        _do(cursor, "SELECT count(*) FROM {}", table)
        [counts[table]] = cursor.fetchone()
    return counts


def _do(cursor: Any, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
