"""Rows that take long to make, made once for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def made_once(django_db_blocker: Any) -> Iterator[None]:
    """Keep what is made in the block for as long as a fixture of wider scope lives.

    Each test's own transaction begins and ends within this one. A file whose fixture uses it can hold no test
    that commits, and every test in it that uses the database has to ask for that fixture.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def settle() -> None:
    """Check once that the rows just made point at rows that are there, and have the database count them.

    PostgreSQL would join rows that nobody counted as if there were none. Each table by its name: without one
    it counts its own tables too, which all databases share, and another process would wait for those.
    """
    connection.check_constraints()
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def leave_as_made() -> None:
    """Say after a test that its changes will be rolled back, or every row would be checked again."""
    transaction.set_rollback(True)
