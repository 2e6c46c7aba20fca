"""The portal seen from inside, beside its web servers: forms to be sent, people signed in, rows counted.

Import it only where Django is set up for the database of the run.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from enquiries import form_tokens
from enquiries.models import Enquiry, EnquiryEvent, Resident, Visit
from enquiries.stamps import Stamp
from hubs.models import Topic

ASK, LOG = "/ask/", "/staff/visits/log/"
_READING = timedelta(seconds=30)


def question() -> tuple[str, dict[str, str]]:
    """Return a new online question: the token that makes it one enquiry, and its form ready to be sent."""
    stamp = Stamp(uuid.uuid4(), timezone.now() - _READING)
    form = {
        "stamp": stamp.signed(),
        "topic": _topic().slug,
        "words": f"The ceiling leaks. {stamp.token}",
        "name": "Amber Example",
        "reply_by": "phone",
        "phone": "07700 900123",
        "language": "en",
        "website": "",
        "step": "send",
    }
    return str(stamp.token), form


def visit(officer: User) -> tuple[str, dict[str, str]]:
    """Return the form of somebody who waits at the officer's hub, which draws a ticket."""
    token = form_tokens.mint(f"visit:{officer.pk}")
    return token, {"token": token, "topic": str(_topic().pk), "then": "wait"}


def desk_officer() -> User:
    """Return somebody at the desk of a hub that takes walk-ins."""
    return User.objects.get(username="desk.bow")


def signed_in(officer: User) -> str:
    """Return the session cookie of an officer who has just signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def lost(tokens: Iterable[str]) -> int:
    """Return how many acknowledged questions are not in the database."""
    kept = {
        str(token) for token in Enquiry.objects.filter(token__isnull=False).values_list("token", flat=True)
    }
    return len(set(tokens) - kept)


def loose_ends() -> int:
    """Return how many questions lack their event or resident, and how many of those lack their question."""
    asked = Enquiry.objects.filter(channel=Enquiry.Channel.ONLINE)
    whole = asked.filter(resident__isnull=False, events__isnull=False).distinct().count()
    events = EnquiryEvent.objects.filter(enquiry__channel=Enquiry.Channel.ONLINE).count()
    residents = Resident.objects.filter(name="Amber Example").count()
    return abs(asked.count() - whole) + abs(events - whole) + abs(residents - whole)


def damage() -> int:
    """Return how many faults the database finds in itself; PostgreSQL has no such look."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return sum(1 for [row] in cursor.fetchall() if row != "ok")


def tickets(officer: User) -> list[int]:
    """Return the numbers given out today at the officer's hub, in order."""
    return sorted(_drawn(officer).values_list("ticket_number", flat=True))


def tickets_drawn(officer: User) -> int:
    """Return how many numbers were given out today at the officer's hub."""
    return _drawn(officer).count()


def _drawn(officer: User) -> QuerySet[Visit]:
    return Visit.objects.filter(hub=officer.home_hub, ticket_number__isnull=False)


def questions() -> int:
    """Return how many questions there are."""
    return Enquiry.objects.filter(channel=Enquiry.Channel.ONLINE).count()


def questions_in(file: Path) -> set[str]:
    """Return the tokens of the questions in an SQLite file."""
    with sqlite3.connect(file) as reader:
        found = {
            row[0] for row in reader.execute("SELECT token FROM enquiries_enquiry WHERE token IS NOT NULL")
        }
    reader.close()
    return {str(uuid.UUID(token)) for token in found}


def empty_the_log() -> None:
    """Move what stands in SQLite's write-ahead log into the file."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def let_go() -> None:
    """Close this thread's connections, which may be to a server that is gone."""
    connections.close_all()


def _topic() -> Topic:
    global _asked_about
    if _asked_about is None:
        _asked_about = Topic.objects.filter(sensitive=False, retired_on=None).earliest("pk")
    return _asked_about


_asked_about: Topic | None = None
