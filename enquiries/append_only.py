"""The one way to change what was written down for good: events, and who looked at whose record."""

from __future__ import annotations

from contextlib import AbstractContextManager

from accounts.append_only import opened_by


def opened() -> AbstractContextManager[None]:
    """Let events and record views be changed or deleted inside the block, which is one transaction.

    For retention, which must blank words of long ago, and for a demo that starts afresh; nothing else may.
    Outside of it the database refuses with an IntegrityError (migration 0002). It is closed again at the end
    of the block; a transaction that left it open could not be committed.
    """
    return opened_by("enquiries_historyopened")
