"""Slots follow hubs' hours at once: what `hubs` calls when they change."""

from __future__ import annotations

from django.utils import timezone

from appointments.actions import follow_hours
from appointments.models import Booking
from appointments.wording import when_words
from hubs.after_change import Hits


def publish_and_tell() -> Hits | None:
    """Publish slots as hubs' hours now say; return the bookings that lose their time by it, if any do."""
    lost = follow_hours(at=timezone.now())
    if not lost:
        return None
    many = len(lost) > 1
    count = f"{len(lost)} appointments" if many else "1 appointment"
    return Hits(
        each={str(booking.pk): _words(booking) for booking in lost},
        warning=f"{count} {'lose their' if many else 'loses its'} time. Nobody is cancelled by this.",
        told=(
            f"{count} lost {'their' if many else 'its'} time. A manager or an administrator can offer each "
            "another: Appointment plans, on the staff pages under Plans."
        ),
    )


def _words(booking: Booking) -> str:
    return f"{when_words(booking.slot.starts_at)}, {booking.hub.name_en}, {booking.shown_reference}"
