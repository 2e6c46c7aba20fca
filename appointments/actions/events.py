"""What happened to a booking, step by step."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from appointments.models import Booking, BookingEvent
from enquiries.inserting import write_down


def write_event(booking: Booking, kind: str, by: User | None, at: datetime) -> None:
    """Write down one step of a booking's life. Runs in the caller's transaction."""
    write_down(BookingEvent, booking=booking, kind=kind, slot_id=booking.slot_id, at=at, by=by)
