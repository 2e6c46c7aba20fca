"""The one way to change what was written down about accounts and about changes in the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def opened() -> Iterator[None]:
    """Let account events and the console's log be changed or deleted inside the block, one transaction.

    For retention alone. Outside of it the database refuses with an IntegrityError (migration 0004). It is
    closed again at the end of the block; a transaction that left it open could not be committed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_historyopened (id, closed_by) VALUES (1, 0)")
        yield
        cursor.execute("DELETE FROM accounts_historyopened")
