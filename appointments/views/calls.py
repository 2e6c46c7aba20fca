"""Asking staff to call those who cannot be written to: nobody else tells them what changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest

from appointments.models import Booking, Wish
from appointments.without_a_time import can_be_told

CALL = "Please call them"


def ask_to_call(request: HttpRequest, changed: Iterable[Booking | Wish], asked: str = CALL) -> None:
    """Warn of those for whom something changed and who cannot be written to, with their references.

    `asked` is what the reader is asked to do. Nothing is said where all can be written to.
    """
    untold = [each.shown_reference for each in changed if not can_be_told(each)]
    if untold:
        messages.warning(request, f"{len(untold)} cannot be written to. {asked}: {', '.join(untold)}.")
