"""What besides visits and enquiries shows that a resident came to somebody about a topic.

Apps above this one add their tables when they are loaded, so that nothing here needs to know them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from accounts.models import User

_TIES: list[type[models.Model]] = []


def add_tie(table: type[models.Model]) -> None:
    """Let a table keep residents out of sight: it has `resident`, `topic`, and a queryset's `visible_to`."""
    if table not in _TIES:
        _TIES.append(table)


def ties() -> tuple[type[models.Model], ...]:
    """Return the tables that were added."""
    return tuple(_TIES)


def nothing_kept_back(user: User) -> Q:
    """Residents of whom no tie is about a sensitive topic, or one can be seen by this person."""
    kept_back, seen = Q(pk__in=[]), Q(pk__in=[])
    for table in _TIES:
        rows: Any = table._default_manager
        kept_back |= _any_of(rows.filter(topic__sensitive=True))
        seen |= _any_of(rows.visible_to(user))
    return ~kept_back | seen


def _any_of(rows: models.QuerySet[Any]) -> Q:
    """Whether a resident has one of these rows, also by a record that was merged into theirs."""
    own, merged = rows.filter(resident=OuterRef("pk")), rows.filter(resident__merged_into=OuterRef("pk"))
    return Q(Exists(own)) | Q(Exists(merged))
