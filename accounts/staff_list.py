"""Staff accounts as managers read them: those that are on first, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts.models import Phone, User

WARNED_DAYS = 7
"""So many days before an account becomes dormant, it is marked."""


@dataclass(frozen=True)
class StaffRow:
    """One account. `state` is a word for people, `is_on` whether it can sign in."""

    user: User
    roles: str
    is_on: bool
    state: str


def staff_list(at: datetime) -> list[StaffRow]:
    """Return every account, in the order of names, those that can sign in first. Two statements."""
    phones = Phone.objects.filter(user=OuterRef("pk"), confirmed=True)
    staff = (
        User.objects.select_related("home_hub")
        .prefetch_related("groups")
        .annotate(has_second_step=Exists(phones))
        .order_by("first_name", "last_name", "username")
    )
    rows = [_row(user, at) for user in staff]
    return sorted(rows, key=lambda row: not row.is_on)


def _row(user: User, at: datetime) -> StaffRow:
    is_on = user.is_active and not user.is_dormant(at)
    soon = is_on and user.is_dormant(at + timedelta(days=WARNED_DAYS))
    if is_on:
        left = settings.STAFF_DORMANT_DAYS - (at - user.last_used_at).days
        state = f"On, will be switched off in {left} days" if soon else "On"
    else:
        state = "Off" if not user.is_dormant(at) else f"Off, not used for {settings.STAFF_DORMANT_DAYS} days"
    roles = ", ".join(sorted(group.name for group in user.groups.all()))
    return StaffRow(user, roles, is_on, state)
