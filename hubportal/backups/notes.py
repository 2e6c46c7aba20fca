"""What stands beside a backup: when it was made, how many rows each table had, its check sum; no names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

Counts = dict[str, int]

ALWAYS_KEPT = 3
"""So many of the newest backups are never rotated away, however old they are."""

_NAME = re.compile(r"hubs-(\d{8}T\d{6}Z)\.(?:sqlite3|dump)(?:\.age|\.gpg)?")
_STAMP = "%Y%m%dT%H%M%SZ"
_BLOCK = 1 << 20


class BackupFault(Exception):
    """A backup could not be made, is not to be trusted, or could not be put back; the text says why."""


@dataclass(frozen=True)
class Note:
    """What is known of one backup. `made_at` is an aware moment in ISO 8601, `engine` Django's vendor."""

    made_at: str
    engine: str
    tables: Counts
    sha256: str

    def write(self, backup: Path) -> None:
        """Save the note beside its backup, for the same eyes only."""
        path = path_of(backup)
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self), indent=1), "utf-8")

    @property
    def rows(self) -> int:
        """Return how many rows all tables have together."""
        return sum(self.tables.values())


def path_of(backup: Path) -> Path:
    """Return where the note of a backup stands."""
    return backup.with_name(backup.name + ".json")


def read(backup: Path) -> Note:
    """Return the note of a backup whose check sum fits. Raises `BackupFault`."""
    try:
        note = Note(**json.loads(path_of(backup).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupFault(
            f"{backup.name} has no note beside it ({path_of(backup).name}): it was not made by `backup`"
        ) from error
    if check_sum(backup) != note.sha256:
        raise BackupFault(f"{backup.name} is not what was written: its check sum differs")
    return note


def check_sum(file: Path) -> str:
    """Return the SHA-256 of a file. Raises `BackupFault` when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise BackupFault(f"{file.name}: {error.strerror}") from error
    return digest.hexdigest()


def name_for(at: datetime, suffix: str) -> str:
    """Return the name of a backup made at an aware moment, such as `hubs-20261122T143000Z.sqlite3`."""
    return f"hubs-{at.astimezone(UTC).strftime(_STAMP)}{suffix}"


def to_rotate(names: Iterable[str], at: datetime, keep: timedelta) -> list[str]:
    """Return which backups are older than `keep` at the moment `at`, the oldest first.

    The newest `ALWAYS_KEPT` are not among them, nor is any file of another name.
    """
    made = sorted((found[1], name) for name in names if (found := _NAME.fullmatch(name)))
    oldest_kept = (at.astimezone(UTC) - keep).strftime(_STAMP)
    return [name for stamp, name in made[:-ALWAYS_KEPT] if stamp < oldest_kept]


def differences(expected: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Return in words how the rows of tables differ from what a note says."""
    return [
        f"{table}: {found.get(table, 'no table')} rows, {expected.get(table, 'no table')} expected"
        for table in sorted(expected.keys() | found.keys())
        if expected.get(table) != found.get(table)
    ]
