"""Appointments on a resident's page, which `enquiries` shows without knowing them."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from appointments.finding import appointments_of
from enquiries.models import Resident
from enquiries.record_parts import Part

_TEMPLATE = "appointments/staff/_of_resident.html"


def appointments_part(resident: Resident, user: User, on: date) -> Part | None:
    """Return a resident's appointments; None for somebody who does not work with appointments."""
    if not user.has_perm("appointments.work_bookings"):
        return None
    return Part(_TEMPLATE, appointments_of(resident, user, on))
