"""Where somebody is signed in at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from accounts.gates import LOCKED_AT, SEEN_AT, SIGNED_IN_AT
from accounts.models import User


@dataclass(frozen=True)
class OpenSession:
    """One browser. Its address and kind are not kept, so its times are what it is known by."""

    key: str
    signed_in_at: datetime
    seen_at: datetime
    is_locked: bool


def open_sessions(user: User, at: datetime) -> list[OpenSession]:
    """Return the person's sessions that still open a page, the one used last first.

    Reads every session there is: there are as many as people at work.
    """
    found = []
    for session in Session.objects.filter(expire_date__gt=at):
        data = session.get_decoded()
        if data.get(SESSION_KEY) != str(user.pk):
            continue
        seen_at = datetime.fromtimestamp(data.get(SEEN_AT, at.timestamp()), UTC)
        if at - seen_at <= timedelta(minutes=settings.STAFF_IDLE_MINUTES):
            began = datetime.fromtimestamp(data.get(SIGNED_IN_AT, seen_at.timestamp()), UTC)
            found.append(OpenSession(session.session_key, began, seen_at, LOCKED_AT in data))
    return sorted(found, key=lambda each: (each.seen_at, each.signed_in_at), reverse=True)
