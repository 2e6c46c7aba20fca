"""Begins a shift at django-helpdesk: a member of staff is signed in, and there are tickets to list.

Runs as a process of its own in django-helpdesk's virtual environment (`python -m bench.helpdesk.shift 1000`),
and prints what a browser there would hold.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any
from urllib.parse import urlencode


def begin(tickets: int) -> dict[str, Any]:
    """Make the database with so many open tickets; return cookies, a ticket to send and where the list is."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.helpdesk.settings"
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.urls import reverse
    from helpdesk.models import Queue, Ticket
    from helpdesk.query import query_to_base64

    call_command("migrate", verbosity=0)
    officer = User.objects.create_superuser("officer", "officer@example.org", "not-signed-in-to")
    queue = Queue.objects.create(title="Housing", slug="housing", allow_public_submission=True)
    for number in range(tickets):
        Ticket.objects.create(
            title=f"Ticket {number}", queue=queue, description="A leak", assigned_to=officer
        )
    cookies, csrf = _signed_in(officer)
    shown = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": ""}
    ticket = {"csrfmiddlewaretoken": csrf, "queue": queue.pk, "priority": 3, "body": "A leak"}
    return {
        "cookies": cookies,
        "ticket": urlencode(ticket),
        "submit": reverse("helpdesk:submit"),
        "page": reverse("helpdesk:list"),
        "rows": reverse("helpdesk:datatables_ticket_list", args=[query_to_base64(shown)]) + "?length=25",
    }


def _signed_in(officer: Any) -> tuple[str, str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils.crypto import get_random_string

    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.save()
    csrf = get_random_string(32)
    names = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: csrf}
    return "; ".join(f"{name}={value}" for name, value in names.items()), csrf


if __name__ == "__main__":
    json.dump(begin(int(sys.argv[1])), sys.stdout)
