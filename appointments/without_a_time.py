"""Those whose time we took away, with what was done for them since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appointments.models import Booking, Hold, Wish
from appointments.notifications import reach


@dataclass(frozen=True)
class WithoutATime:
    """A booking whose time was taken away."""

    booking: Booking
    offered: Hold | None
    """Another time that is kept for them."""
    can_be_told: bool
    """Whether they can be written to; somebody has to call them otherwise."""


def with_offers(bookings: Iterable[Booking]) -> list[WithoutATime]:
    """Return bookings that come with their residents, each with what is offered. One query for all."""
    rows = list(bookings)
    holds = Hold.objects.live().filter(booking__in=[each.pk for each in rows]).select_related("slot")
    offered = {hold.booking_id: hold for hold in holds}
    return [WithoutATime(each, offered.get(each.pk), can_be_told(each)) for each in rows]


def can_be_told(about: Booking | Wish) -> bool:
    """Whether there is a safe way to write to the resident who has a booking, or waits for one."""
    return reach(about.resident) is not None
