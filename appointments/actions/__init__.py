"""Every change of state of plans, slots, bookings and the waiting list. One door each.

All are keyword-only, take who (`by`, None for the resident) and when (`at`), run in one transaction and list
their effects in order. Lock order: slots by their ids, hold, contact place, booking; then those of
`enquiries.actions`.
"""

from .another_time import offer_another, take_another
from .bookings import Booked, Cancelled, book, cancel, move
from .day import arrive, finish, mark_late, miss, take_back_arrival, take_back_late
from .desks import extend_hold, hold_slot, release_hold
from .messages import send_due, send_reminders
from .offers import give_back_expired, offer_freed_slot, pass_on_lapsed_offers
from .plans import (
    Published,
    close_day,
    day_hits,
    follow_hours,
    plan_hits,
    publish_slots,
    reopen_day,
    save_plan,
)
from .waiting import accept_offer, decline_offer, join_waiting_list, leave_waiting_list

__all__ = [
    "Booked",
    "Cancelled",
    "Published",
    "accept_offer",
    "arrive",
    "book",
    "cancel",
    "close_day",
    "day_hits",
    "decline_offer",
    "extend_hold",
    "finish",
    "follow_hours",
    "give_back_expired",
    "hold_slot",
    "join_waiting_list",
    "leave_waiting_list",
    "mark_late",
    "miss",
    "move",
    "offer_another",
    "offer_freed_slot",
    "pass_on_lapsed_offers",
    "plan_hits",
    "publish_slots",
    "release_hold",
    "reopen_day",
    "save_plan",
    "send_due",
    "send_reminders",
    "take_another",
    "take_back_arrival",
    "take_back_late",
]
