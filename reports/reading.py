"""From which database reports read.

The rule: what is only shown (reports, the rows behind a figure, files, the open data, busy hours) comes from
the replica where there is one, all of a page from the same. It lags by moments. What is kept or cannot be
taken back (signing off, what changed since, retention) comes from the first database, as does all else.
"""

from __future__ import annotations

from django.conf import settings


def reading() -> str:
    """Return the alias of the database that pages and files of reports are read from."""
    return str(settings.READING_DATABASE)
