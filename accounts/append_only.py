"""The one way to change what was written down for good.

Tables that only grow are guarded by triggers, those of an app by one key: a table of the app that is empty
but while something is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction


def opened() -> AbstractContextManager[None]:
    """Let account events and the console's log be changed or deleted inside the block, one transaction.

    For retention alone. Outside of it the database refuses with an IntegrityError (migration 0004).
    """
    return opened_by("accounts_historyopened")


@contextmanager
def opened_by(key: str) -> Iterator[None]:
    """Open the tables that look for a row in the table `key`, for the block, which is one transaction.

    It is closed again at the end of the block; a transaction that left it open could not be committed.
    """
    name = connection.ops.quote_name(key)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {name} (id, closed_by) VALUES (1, 0)")  # noqa: S608  # nosec B608
        yield
        cursor.execute(f"DELETE FROM {name}")  # noqa: S608  # nosec B608
