"""A database as an older release left it, beside the tests' own, on the same kind of server."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from django.db import connection

from script import prepared_database
from script.steps import ROOT

FIRST_RELEASE = Path(__file__).parent / "first_release.json"
"""Its rows by table: the facts we ship with some edits, and four made-up accounts."""
MIGRATE_THEN = """
import django; django.setup()
from django.core.management import call_command
for target in (["sessions"], ["admin"], ["axes"], ["accounts", "0001"], ["hubs", "0003"]):
    call_command("migrate", *target, verbosity=0)
"""
"""Makes the tables of the first release."""


@dataclass(frozen=True)
class Table:
    """Rows of one table, as they were."""

    table: str
    columns: list[str]
    rows: list[list[Any]]

    @property
    def named(self) -> str:
        """The columns as a statement lists them; one of them is called "on"."""
        return ", ".join(f'"{each}"' for each in self.columns)


def tables() -> list[Table]:
    """The rows of the first release, in an order in which they can be put in."""
    return [Table(**each) for each in json.loads(FIRST_RELEASE.read_text(encoding="utf-8"))]


class OldDatabase:
    """Commands and statements for a database that is not the tests'."""

    def __init__(self, url: str, connect: Any) -> None:
        self._env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        self._connect = connect

    def manage(self, *words: str) -> str:
        """Run a management command of the portal as it is now; return what it printed."""
        return self.python("manage.py", *words)

    def python(self, *words: str) -> str:
        """Run Python with the portal's settings for this database; return what it printed."""
        ended = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self._env, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def ask(self, statement: str) -> list[tuple]:
        """Return the rows of a SELECT."""
        with closing(self._connect()) as opened, closing(opened.cursor()) as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def put_in(self, old: list[Table]) -> None:
        """Make the rows of these tables those of the older release, and nothing else."""
        with closing(self._connect()) as opened, closing(opened.cursor()) as cursor:
            for each in reversed(old):
                cursor.execute(f"DELETE FROM {each.table}")
            for each in old:
                holes = ", ".join([self.hole] * len(each.columns))
                into = f"INSERT INTO {each.table} ({each.named}) VALUES ({holes})"
                cursor.executemany(into, each.rows)
                if connection.vendor == "postgresql" and each.columns[0] == "id":
                    counter = f"pg_get_serial_sequence('{each.table}', 'id')"
                    cursor.execute(f"SELECT setval({counter}, max(id)) FROM {each.table}")
            opened.commit()

    @property
    def hole(self) -> str:
        """What stands for a value in a statement."""
        return "?" if connection.vendor == "sqlite" else "%s"


@contextmanager
def old_database(folder: Path, *, migrated: bool = False) -> Iterator[OldDatabase]:
    """An empty database: a file in `folder`, or one on the tests' PostgreSQL server, gone afterwards.

    Where it shall be `migrated` it is a copy of the one that all tests begin with; `migrate` has to run on it
    nevertheless, since there may be none to copy.
    """
    if connection.vendor == "sqlite":
        path = folder / "old.sqlite3"
        if migrated:
            prepared_database.copy_to(path)
        yield OldDatabase(f"sqlite:///{path}", lambda: sqlite3.connect(path))
        return
    own = connection.settings_dict
    where = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    name = f"old_{os.getpid()}"
    with closing(psycopg2.connect(dbname="postgres", **where)) as server:
        server.autocommit = True
        with closing(server.cursor()) as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            try:
                if migrated:
                    prepared_database.OnServer(own).copy_to(name)
                address = f"{own['USER']}:{quote(own['PASSWORD'])}@{own['HOST']}:{own['PORT']}"
                yield OldDatabase(
                    f"postgres://{address}/{name}", lambda: psycopg2.connect(dbname=name, **where)
                )
            finally:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
