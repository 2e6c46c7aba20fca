"""What can be refused about appointments, in the domain's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from enquiries.errors import TooManyTries


class SlotTaken(Exception):
    """The slot is full, withdrawn, or too near to be booked.

    `next_free` are up to three slots with a free desk, the soonest after the one that was wanted.
    """

    def __init__(self, next_free: Sequence[Any] = ()) -> None:
        super().__init__("no desk is free in this slot")
        self.next_free = list(next_free)


class TooManyBookings(Exception):
    """This e-mail address, phone number or person has as many appointments ahead as one may have.

    `contact` says which of them: "email", "phone" or "person", a name with a postcode. Under `key`, its hash,
    those appointments are counted.
    """

    def __init__(self, contact: str, key: str) -> None:
        super().__init__(f"too many appointments ahead under this {contact}")
        self.contact, self.key = contact, key


class TooManyHolds(TooManyTries):
    """This address on the internet holds as many desks as one may; `seconds` is how long to wait."""


class AlreadyBooked(Exception):
    """The form has made its booking already: `booking`."""

    def __init__(self, booking: Any) -> None:
        super().__init__("the form has made its booking")
        self.booking = booking


class AlreadyWaiting(Exception):
    """Somebody of this name and contact is on the waiting list for the same already."""


class HoldExpired(Exception):
    """The desk is no longer held, or was held for as long as it can be."""


class TooLate(Exception):
    """The appointment has begun: residents can no longer move or cancel it themselves."""


class NotAllowedNow(Exception):
    """The appointment is in a state that does not allow this step, such as arriving after cancelling."""


class HitsChanged(Exception):
    """Other bookings are hit than those that were listed; `hits` are those that would be hit now."""

    def __init__(self, hits: Sequence[Any]) -> None:
        super().__init__(f"{len(hits)} bookings are hit")
        self.hits = list(hits)


class PlansOverlap(Exception):
    """Another plan of the hub, `plan`, has some of these hours: its desks would be given out twice."""

    def __init__(self, plan: Any) -> None:
        super().__init__("the hours are planned already")
        self.plan = plan


class OfferGone(Exception):
    """The offered time was kept until `until` and is no longer."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__("the offer has ended")
        self.until = until
