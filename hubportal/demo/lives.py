"""Visits, enquiries and referrals as the demo makes them up: whole lives, from arrival to the last answer.

A plan also knows what lies after today: `hubportal.demo.rows` writes down what has happened by a moment.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from enquiries.references import ALPHABET, LENGTH
from hubs.models import Hub

from .borough import Subject

_STEP = 3_141_592_653_589
"""Prime to 26, so that serial numbers times this are all different references that look drawn at random."""

_THREES = ["".join(reversed(each)) for each in itertools.product(ALPHABET, repeat=LENGTH // 3)]
"""A third of a reference, every way there is."""


@dataclass(slots=True)
class PlannedReferral:
    """One handing over to a service, up to its end."""

    service: int
    story: str
    sent_at: datetime
    sent_by: int
    due_on: date
    ended_at: datetime
    accepted_at: datetime | None = None
    had_all: bool = True
    returned_because: str = ""
    outcome: str = "service-done"
    sentence: str = ""


@dataclass(slots=True)
class PlannedEnquiry:
    """One topic raised, up to its last step."""

    number: int
    subject: Subject
    channel: str
    hub: int | None
    opened_at: datetime
    answered_at: datetime
    """When the desk had done what it could."""
    by: int
    """The desk."""
    ending: str = ""
    """An outcome's slug, "referred", "promised", or "waiting" for somebody who has not been seen yet."""
    person: int | None = None
    language: str = ""
    words: str = ""
    cause: int | None = None
    agreed: str = ""
    due_on: date | None = None
    closed_at: datetime | None = None
    """When the desk closed what it had promised or got back from a service."""
    referrals: list[PlannedReferral] = field(default_factory=list)
    feedback: tuple[str, str] | None = None

    @property
    def came_at(self) -> datetime:
        """When it was raised."""
        return self.opened_at

    @property
    def written(self) -> str:
        """The language, "en" or "bn", in which to write to them."""
        return "bn" if self.language in ("bn", "syl") else "en"


@dataclass(slots=True)
class PlannedVisit:
    """One arrival, up to when they went."""

    hub: Hub
    on: date
    kind: str
    arrived_at: datetime
    ends_at: datetime
    by: int
    number: int = 0
    token: UUID | None = None
    """Empty: `visit_token` of month and number."""
    has_ticket: bool = False
    called_at: datetime | None = None
    left_because: str = ""
    urgent_reason: str = ""
    signposted_to: int | None = None
    logged_late_at: datetime | None = None
    on_behalf_of: str = ""
    needs: str = ""
    seat: datetime | None = None
    """The start of the appointment they came for, where they had booked one."""
    booked_at: datetime | None = None
    booked_by: int | None = None
    """Who had booked: a resident by their place among the demo's people."""
    enquiries: list[PlannedEnquiry] = field(default_factory=list)

    @property
    def came_at(self) -> datetime:
        """When they arrived."""
        return self.arrived_at


@dataclass(frozen=True)
class Plan:
    """A London month: visits and messages, each in the order in which they were planned to come."""

    month: int
    visits: list[PlannedVisit]
    messages: list[PlannedEnquiry]

    @property
    def enquiries(self) -> Iterator[PlannedEnquiry]:
        """Every enquiry of the month."""
        for visit in self.visits:
            yield from visit.enquiries
        yield from self.messages


def visit_token(month: int, number: int) -> UUID:
    """Return the form token of a planned visit: later visits have higher ones, and no form makes such."""
    return UUID(f"de300000-{month // 100:04d}-8{month % 100:03d}-8000-{number:012d}")


def waiting_token(on: date, number: int) -> UUID:
    """Return the form token of somebody put on the waiting list of a day to show what it looks like."""
    return UUID(f"de300002-{on:%Y}-8{on.month:03d}-80{on.day:02d}-{number:012d}")


def message_token(month: int, number: int) -> UUID:
    """Return the form token of a planned online question."""
    return UUID(f"de300001-{month // 100:04d}-8{month % 100:03d}-8000-{number:012d}")


def private_key(month: int, number: int, name: str) -> str:
    """Return the key of a private link; they rise with time, as the rows do.

    An index of random keys costs twice as much to fill.
    """
    return f"{month}{number:05d}{sha256(name.encode()).hexdigest()[:32]}"


def reference(month: int, number: int) -> str:
    """Return the reference of a planned enquiry: all different, and the same each time."""
    serial = ((month // 100 * 12 + month % 100) * 100_000 + number) * _STEP % len(ALPHABET) ** LENGTH
    rest, first = divmod(serial, len(_THREES))
    last, second = divmod(rest, len(_THREES))
    return _THREES[first] + _THREES[second] + _THREES[last]
