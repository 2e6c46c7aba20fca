"""Opens a diary at django-appointment: an officer who sees people, and clients who are signed in already.

Runs as a process of its own in django-appointment's virtual environment (`python -m
bench.django_appointment.diary 200`), and prints what browsers there would hold.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import time, timedelta
from typing import Any

MINUTES = 30


def begin(clients: int) -> dict[str, Any]:
    """Make the database with an officer's week; return their id and the service's, and cookies of clients."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.django_appointment.settings"
    logging.disable(logging.WARNING)
    import django

    django.setup()
    from appointment.models import Service, StaffMember, WorkingHours
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import transaction

    # It comes without migrations: whoever installs it makes them.
    call_command("migrate", run_syncdb=True, verbosity=0)
    with transaction.atomic():
        service = Service.objects.create(name="Housing", duration=timedelta(minutes=MINUTES), price=0)
        user = User.objects.create_user("officer", "officer@example.org", first_name="Amber", is_staff=True)
        officer = StaffMember.objects.create(user=user, slot_duration=MINUTES)
        officer.services_offered.add(service)
        for weekday in range(7):
            WorkingHours.objects.create(
                staff_member=officer, day_of_week=weekday, start_time=time(9), end_time=time(17)
            )
        cookies = [_signed_in(User, number) for number in range(clients)]
    return {"service": service.pk, "officer": officer.pk, "clients": cookies}


def _signed_in(user_model: Any, number: int) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    client = user_model.objects.create_user(f"client{number}", f"client{number}@example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(client.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = client.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    # Its package may print while it is loaded.
    said, sys.stdout = sys.stdout, sys.stderr
    json.dump(begin(int(sys.argv[1])), said)
