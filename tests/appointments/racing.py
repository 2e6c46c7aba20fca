"""Residents at their browsers, many at once, on a real web server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from appointments.models import Slot
from enquiries.stamps import Stamp
from tests.amounts import FULL
from tests.enquiries.racing import SECRET, Officer, Reply

SLOTS, TRIES = (20, 50) if FULL else (4, 25)
"""So many slots are wanted, each by so many at once."""

DETAILS = "/appointments/details/"


class Resident(Officer):
    """Somebody at a browser, not signed in."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies = {"csrftoken": SECRET}


@dataclass
class Form:
    """One form on its way through the pages, for somebody whom nobody else is."""

    port: int
    slot: Slot
    number: int
    topic: str = "housing"
    token: uuid.UUID = field(default_factory=uuid.uuid4)

    def send(self, step: str, **other: Any) -> Reply:
        """Press a button of the form."""
        # Handed out a minute ago: nobody fills a form in more quickly than in three seconds.
        stamp = Stamp(self.token, datetime.now(UTC) - timedelta(minutes=1)).signed()
        fields = {
            "stamp": stamp,
            "topic": self.topic,
            "slot": self.slot.pk,
            "name": f"Resident {self.number}",
            "postcode": "E1 1BJ",
            "language": "en",
            "step": step,
        }
        return Resident(self.port).post(DETAILS, fields | other)

    def go_through(self) -> Reply:
        """Take the time, and where that succeeds send the details; return the last answer."""
        held = self.send("details")
        return self.send("send") if held.status == 200 else held
