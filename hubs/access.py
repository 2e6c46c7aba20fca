"""Who may come to a hub without an appointment.

The Town Hall hub is by appointment only; the other four take walk-ins. A topic offered at a hub may be
stricter than the hub itself, never looser.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Access(models.TextChoices):
    """How somebody may come in: a hub carries one, and so does each topic offered there."""

    WALK_IN = "walk_in", _("Walk in")
    APPOINTMENT_ONLY = "appointment_only", _("By appointment only")


def stricter(first: str, second: str) -> Access:
    """Return the access rule that holds where two meet: an appointment wins over a walk-in."""
    if Access.APPOINTMENT_ONLY in (first, second):
        return Access.APPOINTMENT_ONLY
    return Access.WALK_IN
