"""Promises of time: plans, slots, bookings, the waiting list, and what residents are told."""

from .bookings import Booking, BookingEvent, ContactPlace, Hold
from .messages import Message
from .plans import ClosedDay, Plan, Slot
from .waiting import Wish

__all__ = [
    "Booking",
    "BookingEvent",
    "ClosedDay",
    "ContactPlace",
    "Hold",
    "Message",
    "Plan",
    "Slot",
    "Wish",
]
