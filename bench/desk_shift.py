"""Begins a shift at a desk of the site that DATABASE_URL names, and prints what a browser there would hold.

Runs as a process of its own (`python -m bench.desk_shift hub walk-ins waiting`), with the site's environment:
somebody is signed in, as many wait as were asked for, and for each walk-in there is a form to send.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any
from urllib.parse import urlencode

LEFT_EMPTY = (
    *("serial", "typed_at", "resident", "words", "agreed", "cause", "language", "needs", "on_behalf_of"),
    *("arrived_time", "arrived_on"),
    *(f"also_{part}_{number}" for number in (2, 3, 4) for part in ("topic", "outcome", "words")),
)
"""What a browser sends of the form's optional part when nobody opens it; the page's script leaves it out."""


def begin(hub_slug: str, walk_ins: int, waiting: int) -> dict[str, Any]:
    """Return cookies and forms of an officer at a walk-in hub, with exactly `waiting` people in its room."""
    import django

    django.setup()
    from django.utils import timezone

    from accounts.models import User
    from enquiries.londontime import service_day
    from enquiries.lookups import lookups_at
    from enquiries.models import Outcome, Visit
    from hubs.models import Hub

    at = timezone.now()
    hub = Hub.objects.get(slug=hub_slug)
    officer = User.objects.filter(home_hub=hub, is_active=True).earliest("pk")
    known = lookups_at(service_day(at))
    topic = next(each for each in known.topics if (hub.pk, each.pk) not in known.by_appointment)
    Visit.objects.filter(hub=hub, state__in=("waiting", "held", "called")).update(state="done")
    _fill_room(hub, officer, topic, at, waiting)
    cookies, csrf = _signed_in(officer)
    answers = {"topic": topic.pk, "outcome": known.outcome_of(Outcome.Group.RESOLVED).pk, "then": "save"}
    sent = answers | {"csrfmiddlewaretoken": csrf}
    return {
        "cookies": cookies,
        "by_script": urlencode(sent),
        "by_browser": urlencode(dict.fromkeys(LEFT_EMPTY, "") | sent),
        "tokens": _tokens(officer, walk_ins),
    }


def _fill_room(hub: Any, officer: Any, topic: Any, at: Any, waiting: int) -> None:
    from enquiries import actions
    from enquiries.actions.desk import Raised

    for _ in range(waiting):
        actions.log_visit(
            token=uuid.uuid4(), hub=hub, raised=[Raised(topic)], by=officer, at=at, waiting=True
        )


def _signed_in(officer: Any) -> tuple[str, str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils.crypto import get_random_string

    from accounts.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.save()
    csrf = get_random_string(32)
    names = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: csrf}
    return "; ".join(f"{name}={value}" for name, value in names.items()), csrf


def _tokens(officer: Any, count: int) -> list[str]:
    from enquiries import form_tokens

    return [form_tokens.mint(f"visit:{officer.pk}") for _ in range(count)]


if __name__ == "__main__":
    json.dump(begin(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
