"""A migrated, empty database kept between runs, so that each test process copies it instead of migrating.

    python -m script.prepared_database     makes SQLite's, unless it is there

PostgreSQL's is kept by the first run of the tests there.

Migrating takes some ten seconds a process. The copy is kept under a fingerprint of every migration and of the
locked packages, and `migrate` still runs on it: whatever it lacks is applied, so nothing can be out of date.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from script.steps import ROOT, VAR, VENV
from script.throwaway_postgres import server_programs

KEPT_IN = VAR / "prepared-databases"


def fingerprint() -> str:
    """Return a short hash of everything that a migrated database depends on."""
    digest = hashlib.sha256()
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements.txt"]:
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def prepared(suffix: str) -> Path:
    """Return where the prepared database of now is, or will be; `suffix` says of which kind."""
    return KEPT_IN / f"{fingerprint()}.{suffix}"


def copy_to(path: Path) -> bool:
    """Make the SQLite file at `path` a copy of the prepared one; False where there is none yet."""
    source = prepared("sqlite3")
    if source.exists():
        path.write_bytes(source.read_bytes())
    return source.exists()


class InMemory:
    """SQLite: the memory that Django's tests share, filled before Django opens it."""

    def __init__(self, address: str) -> None:
        self._held = sqlite3.connect(address, uri=True)

    def fill(self) -> None:
        """Copy the prepared database in, if there is one."""
        if (source := prepared("sqlite3")).exists():
            with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as kept:
                kept.backup(self._held)
            kept.close()

    def keep(self) -> None:
        """Keep what is there as the prepared database, unless one is kept already."""
        if not prepared("sqlite3").exists():
            with _written_whole(prepared("sqlite3")) as unfinished:
                copy = sqlite3.connect(unfinished)
                self._held.backup(copy)
                copy.close()
        self._held.close()


class OnServer:
    """PostgreSQL: a database that `CREATE DATABASE … TEMPLATE` copies, restored from a kept dump."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._programs = server_programs(VENV)

    def fill(self) -> None:
        """Have Django copy the prepared database, if there is one that the programs here can restore."""
        if not prepared("sql").exists():
            return
        name = f"prepared_{os.getpid()}"
        if self._run("psql", "--command", f"CREATE DATABASE {name}", "postgres") and self.copy_to(name):
            self._settings["TEST"]["TEMPLATE"] = name

    def copy_to(self, name: str) -> bool:
        """Fill the empty database `name` with the prepared one; False where that could not be done."""
        source = str(prepared("sql"))
        return self._run("psql", "-1", "-v", "ON_ERROR_STOP=1", "--file", source, name)

    def keep(self) -> None:
        """Keep what is there as the prepared database, unless one is kept already."""
        if prepared("sql").exists():
            return
        with _written_whole(prepared("sql")) as unfinished:
            if not self._run("pg_dump", "--no-owner", "--file", str(unfinished), self._settings["NAME"]):
                unfinished.unlink(missing_ok=True)

    def _run(self, program: str, *words: str) -> bool:
        """Run a program of the server's; False if it failed: then Django migrates, as without a copy."""
        if self._programs is None:
            return False
        own = self._settings
        env = os.environ | {
            "PGHOST": own["HOST"] or "",
            "PGPORT": str(own["PORT"]),
            "PGUSER": own["USER"],
            "PGPASSWORD": own["PASSWORD"],
        }
        command = [str(self._programs / program), *words]
        return subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0


@contextmanager
def _written_whole(path: Path) -> Iterator[Path]:
    """Give a place to write to, and move what was written to `path`; others there are out of date and go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    yield unfinished
    if unfinished.exists():
        unfinished.replace(path)
    for other in path.parent.iterdir():
        if not other.name.startswith(fingerprint()):
            other.unlink(missing_ok=True)


def prepare() -> None:
    """Migrate a database of the tests' kind and keep it, unless one is kept already."""
    if prepared("sqlite3").exists():
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.db import connection

    made = InMemory(connection.creation._get_test_db_name())  # type: ignore[attr-defined]  # SQLite's has it
    connection.creation.create_test_db(verbosity=0, serialize=False)
    made.keep()


if __name__ == "__main__":
    prepare()
