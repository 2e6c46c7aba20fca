"""Who did something and when are one fact: both are known, or neither is."""

from __future__ import annotations

from django.db.models import CheckConstraint, Q


def both_or_neither(when: str, who: str, name: str) -> CheckConstraint:
    """Return the constraint that `when` and `who` are both given or both empty."""
    given = Q(**{f"{when}__isnull": False, f"{who}__isnull": False})
    empty = Q(**{f"{when}__isnull": True, f"{who}__isnull": True})
    return CheckConstraint(condition=given | empty, name=name)
