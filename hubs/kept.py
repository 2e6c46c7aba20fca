"""Values made from public content, kept in this process until the content changes or the minute ends.

Pages say whether a hub is open now, so nothing is kept beyond its minute. The content version is looked at no
more than once a second; if the database is away, what is there goes on being used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError

from hubs.models import ContentVersion

Value = TypeVar("Value")

CHECK_EVERY_SECONDS = 1.0
MOST_VALUES = 512
MOST_PARTS = 2048


class _Memory:
    def __init__(self) -> None:
        self.version = 0
        self.check_at = 0.0
        # One pair, so that a thread never takes the values of one minute for those of another.
        self.page: tuple[str, dict[Hashable, Any]] = ("", {})
        self.parts: dict[Hashable, str] = {}


_memory = _Memory()


def content_version() -> int:
    """Return the number that `hubs.actions.publish` counts up, at most a second old."""
    now = time.monotonic()
    if now >= _memory.check_at:
        _memory.check_at = now + CHECK_EVERY_SECONDS
        try:
            found = ContentVersion.objects.values_list("number", flat=True).first()
        except (DatabaseError, InterfaceError):
            return _memory.version
        _memory.version = found or 0
    return _memory.version


def stamp(at: datetime) -> str:
    """Return what a value made at the moment `at` depends on: the content version and the minute.

    Take it before reading the rows: an edit in between then makes the stamp old, never the rows.
    """
    return f"{content_version()}.{int(at.timestamp() // 60)}"


def kept(key: Hashable, at: datetime, make: Callable[[], Value]) -> Value:
    """Return the value of `key` at the moment `at`, made anew when content or minute has changed.

    Two threads may both make it; either result is as good. Values are shared, so nobody may change them.
    """
    current = stamp(at)
    made_for, values = _memory.page
    if made_for != current or len(values) >= MOST_VALUES:
        values = {}
        _memory.page = (current, values)
    if key not in values:
        values[key] = make()
    return values[key]


def kept_part(key: Hashable, make: Callable[[], str]) -> str:
    """Return a finished part of a page, made the first time it is asked for.

    `key` holds everything the part depends on, such as a `stamp`; nothing else ends it. When there are
    `MOST_PARTS`, all are forgotten: most belong to minutes gone by.
    """
    part = _memory.parts.get(key)
    if part is None:
        part = make()
        if len(_memory.parts) >= MOST_PARTS:
            _memory.parts = {}
        _memory.parts[key] = part
    return part


def forget() -> None:
    """Forget everything, as a fresh process would; for tests, whose content goes back in time."""
    _memory.__init__()  # type: ignore[misc]
