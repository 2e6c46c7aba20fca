"""Backups of an SQLite database: SQLite's own online copy, never a copy of the file.

A file that is copied while it is written to misses what stands in the write-ahead log, and may be damaged.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from hubportal.backups.notes import BackupFault, Counts, differences, name_for

SUFFIX = ".sqlite3"
# Bytes 18 and 19 of the header are 2 in a database with a write-ahead log: https://www.sqlite.org/fileformat.html
_WRITE_VERSION, _WITH_LOG = slice(18, 20), b"\2\2"
_LOG_PARTS = ("-wal", "-shm")


class SqliteFile:
    """The portal's database file at `path`."""

    suffix = SUFFIX

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, to: Path) -> Counts:
        """Copy the database as it is at one moment, while others write; return the rows of each table then.

        The moment is that of the first statement: counts and copy are of one read transaction.
        """
        with _opened(self.path) as source, closing(sqlite3.connect(to)) as copy:
            source.execute("BEGIN")
            counts = _counts(source)
            source.backup(copy)
            # One file with nothing beside it, which also tells it from the copy of a file in use.
            copy.execute("PRAGMA journal_mode = DELETE")
        return counts

    def faults(self, backup: Path, expected: Counts) -> list[str]:
        """Return in words what is wrong with a backup: damage, rows without their parents, missing rows."""
        with backup.open("rb") as content:
            header = content.read(100)
        if header[_WRITE_VERSION] == _WITH_LOG:
            return ["it is the copy of a file that was in use: what stood in the write-ahead log is missing"]
        try:
            with _opened(backup) as copy:
                damage = [row[0] for row in copy.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
                orphans = [
                    f"{row[0]}: a row without its {row[2]}"
                    for row in copy.execute("PRAGMA foreign_key_check")
                ]
                return damage or orphans[:5] or differences(expected, _counts(copy))
        except sqlite3.DatabaseError as error:
            return [str(error)]

    def counts(self) -> Counts | None:
        """Return the rows of each table now; None where there is no database, or a damaged one."""
        try:
            with _opened(self.path) as now:
                return _counts(now) or None
        except sqlite3.DatabaseError:
            return {"(damaged)": 0} if self.path.exists() else None

    def partial(self) -> Path:
        """Return where a restored database is made ready: beside the real one, on the same disk."""
        return self.path.with_name(self.path.name + ".restoring")

    def put_in_place(self, backup: Path, at: datetime) -> str:
        """Put a checked backup where the database is; return where the old one went.

        The old file and its log go first, and the path is empty for a moment: a process that has them open
        finds out at its next request or commit (hubportal/sqlite) and waits for the new file. Put the new
        file over the old one and the old log would be played back into it.
        """
        with closing(sqlite3.connect(backup)) as ready:
            ready.execute("PRAGMA journal_mode = WAL")
        _sync(backup)
        old = self.path.with_name(name_for(at, f".replaced{SUFFIX}"))
        for part in ("", *_LOG_PARTS):
            found = self.path.with_name(self.path.name + part)
            if found.exists():
                found.rename(old.with_name(old.name + part))
        backup.rename(self.path)
        _sync(self.path.parent)
        return str(old)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for reading alone."""
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    ) as opened:
        opened.execute("PRAGMA busy_timeout = 30000")
        yield opened


def _counts(database: sqlite3.Connection) -> Counts:
    # The tables of the full-text index have no rows of their own to be counted.
    tables = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    return {
        # Tables of our own.
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # nosec B608
        for (name,) in tables.fetchall()
    }


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        raise BackupFault(f"{path.name}: {error.strerror}") from error
    finally:
        os.close(handle)
