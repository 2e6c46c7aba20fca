"""A clock that stands while others work: the CPU time of this process and of its database."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def working_clock() -> Callable[[], float]:
    """Return a clock in seconds, for the connection that is open now.

    SQLite works in this process. PostgreSQL has a process for each connection, whose time is added (Linux,
    /proc/<pid>/schedstat, nanoseconds); it is told to work alone, as on a server that others keep busy, since
    helpers end and take their count with them.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        spent = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return lambda: time.process_time() + int(spent.read_text().split()[0]) / 1e9
