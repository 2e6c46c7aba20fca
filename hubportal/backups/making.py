"""Making, checking and putting back a backup, on either database."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2

from hubportal.backups import notes, sealing
from hubportal.backups.notes import BackupFault, Counts, Note
from hubportal.backups.postgres_dumps import PostgresDatabase
from hubportal.backups.sqlite_files import SqliteFile

Database = SqliteFile | PostgresDatabase


@dataclass(frozen=True)
class Made:
    """A backup that was written and checked, and the names of older ones that were rotated away."""

    path: Path
    note: Note
    rotated: list[str]


def database_of(settings: dict[str, Any]) -> Database:
    """Return the database that an entry of Django's DATABASES names."""
    if "sqlite" in settings["ENGINE"]:
        return SqliteFile(Path(settings["NAME"]))
    return PostgresDatabase(settings)


def make(database: Database, folder: Path, *, at: datetime, recipient: str, keep: timedelta) -> Made:
    """Write a backup to `folder` and check it. Effects, in order: copy, check, encrypt, rename, rotate.

    Until it has been checked its name ends in `.partial`; nothing is rotated away before. Raises
    `BackupFault`.
    """
    final = folder / (notes.name_for(at, database.suffix) + sealing.suffix_for(recipient))
    plain, sealed = final.with_name(f"{final.name}.plain.partial"), final.with_name(f"{final.name}.partial")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (plain, sealed):
            path.unlink(missing_ok=True)
            _make_private(path)
        counts = database.write(plain)
        if faults := database.faults(plain, counts):
            raise BackupFault(f"the backup that was just written is bad: {'; '.join(faults)}")
        if recipient:
            sealing.seal(plain, sealed, recipient)
        else:
            plain.replace(sealed)
        note = Note(f"{at:%Y-%m-%dT%H:%M:%S%z}", database.suffix, counts, notes.check_sum(sealed))
        _sync(sealed)
        note.write(final)
        sealed.replace(final)
        _sync(folder)
    except OSError as error:
        raise BackupFault(f"{folder}: {error.strerror}") from error
    except (sqlite3.Error, psycopg2.Error) as error:
        raise BackupFault(str(error)) from error
    finally:
        for path in (plain, sealed):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return Made(final, note, _rotate(folder, at, keep))


def checked(database: Database, backup: Path, *, identity: str = "") -> tuple[Path, Note]:
    """Return a readable copy of a backup, ready to be put in place, and its note; raises `BackupFault`.

    The copy stands where the database wants it and is the caller's to remove.
    """
    note = notes.read(backup)
    if note.engine != database.suffix:
        raise BackupFault(f"{backup.name} is of another kind of database")
    ready = database.partial()
    ready.unlink(missing_ok=True)
    try:
        _unpack(backup, ready, identity)
        faults = database.faults(ready, note.tables)
    except BaseException:
        ready.unlink(missing_ok=True)
        raise
    if faults:
        ready.unlink(missing_ok=True)
        raise BackupFault(f"{backup.name} is bad: {'; '.join(faults)}")
    return ready, note


def lost_by(restoring: Note, now: Counts | None) -> list[str]:
    """Return in words which tables would have other numbers of rows after a restore."""
    return notes.differences(restoring.tables, now) if now else []


def _rotate(folder: Path, at: datetime, keep: timedelta) -> list[str]:
    names = notes.to_rotate((path.name for path in folder.iterdir()), at, keep)
    for name in names:
        (folder / name).unlink()
        with suppress(FileNotFoundError):
            notes.path_of(folder / name).unlink()
    return names


def _unpack(backup: Path, ready: Path, identity: str) -> None:
    _make_private(ready)
    if backup.suffix in (".age", ".gpg"):
        sealing.unseal(backup, ready, identity)
    else:
        shutil.copyfile(backup, ready)


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
