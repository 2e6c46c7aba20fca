"""A small borough full of visits, written straight into the tables, for reports to count.

What the actions would never write (a visit at 23:30 UTC in the night the clocks change) is the point of it.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from accounts.models import User
from appointments.models import Booking, Plan, Slot
from enquiries.londontime import hour_of_week, month_number, service_day
from enquiries.models import Cause, Enquiry, Feedback, Outcome, Referral, Resident, Visit
from hubs.models import Hub, Service, Topic

_numbers = itertools.count(1)


@dataclass
class Borough:
    """The look-up rows that everything refers to, and one officer who does everything."""

    hubs: list[Hub]
    topics: list[Topic]
    outcomes: dict[str, Outcome]
    causes: list[Cause]
    services: list[Service]
    by: User
    residents: list[Resident] = field(default_factory=list)

    def resident(self) -> Resident:
        """Add somebody who is known."""
        someone = Resident.objects.create(
            name=f"Resident {next(_numbers)}", created_at=_long_ago(), created_by=self.by
        )
        self.residents.append(someone)
        return someone

    def visit(self, at: datetime, **facts: Any) -> Visit:
        """Add a visit without enquiries; it waits for nobody unless `called_after` says how long."""
        hub = facts.pop("hub", self.hubs[0])
        called_after: timedelta | None = facts.pop("called_after", None)
        left: str = facts.pop("left", "")
        ticket = next(_numbers) if called_after is not None or left else None
        values = {
            "kind": Visit.Kind.WALK_IN,
            "hub_access": "walk_in",
            "called_at": None if called_after is None else at + called_after,
            "called_by": None if called_after is None else self.by,
            "state": Visit.State.LEFT if left else Visit.State.DONE,
            "left_at": at + timedelta(hours=1) if left else None,
            "left_reason": left,
        } | facts
        return Visit.objects.create(
            token=uuid.uuid4(),
            hub=hub,
            arrived_at=at,
            service_day=service_day(at),
            month=month_number(at),
            hour_of_week=hour_of_week(at),
            logged_at=at,
            logged_by=self.by,
            **({"ticket_number": ticket} | values),
        )

    def enquiry(self, at: datetime, **facts: Any) -> Enquiry:
        """Add an enquiry; in person with a visit of its own unless `visit` or `channel` says otherwise.

        `ends` is an outcome's group that closes it, at once or after `closed_after`; `first` says whether
        that was at first contact.
        """
        channel = facts.pop("channel", Enquiry.Channel.IN_PERSON)
        hub = facts.pop("hub", self.hubs[0])
        ends: str = facts.pop("ends", "")
        closed_at = at + facts.pop("closed_after", timedelta(0))
        first: bool = facts.pop("first", ends == Outcome.Group.RESOLVED)
        online = channel == Enquiry.Channel.ONLINE
        visit = facts.pop("visit", None)
        if channel == Enquiry.Channel.IN_PERSON and visit is None:
            visit = self.visit(at, hub=hub, resident=facts.get("resident"))
        number = next(_numbers)
        ending = (
            {"outcome": self.outcomes[ends], "closed_at": closed_at, "closed_by": self.by} if ends else {}
        )
        return Enquiry.objects.create(
            reference=f"{number:09d}",
            private_key=f"key{number}",
            token=uuid.uuid4() if online else None,
            visit=visit,
            hub=None if online else hub,
            channel=channel,
            topic=facts.pop("topic", self.topics[0]),
            status=Enquiry.Status.CLOSED if ends else facts.pop("status", Enquiry.Status.OPEN),
            first_contact=bool(ends) and first,
            opened_at=at,
            opened_by=None if online else self.by,
            month=month_number(at),
            **ending,
            **facts,
        )

    def referral(self, enquiry: Enquiry, at: datetime, **facts: Any) -> Referral:
        """Hand an enquiry to a service. `had_all` accepts it, `finished_after` or `returned` ends it."""
        had_all: bool | None = facts.pop("had_all", None)
        finished_after: timedelta | None = facts.pop("finished_after", None)
        returned: bool = facts.pop("returned", False)
        if finished_after is not None and had_all is None:
            had_all = True
        values: dict[str, Any] = {"status": Referral.Status.SENT}
        if had_all is not None:
            values = {"status": "accepted", "accepted_at": at, "accepted_by": self.by, "had_all": had_all}
        if returned:
            values |= {
                "status": "returned",
                "returned_at": at,
                "returned_by": self.by,
                "return_reason": "Not ours",
            }
        elif finished_after is not None:
            done = {"finished_at": at + finished_after, "finished_by": self.by, "sentence": "Done."}
            values |= {"status": "finished", "outcome": self.outcomes["resolved"], **done}
        return Referral.objects.create(
            enquiry=enquiry,
            service=facts.pop("service", self.services[0]),
            consent_wording="I agree.",
            consented_at=at,
            due_on=service_day(at),
            sent_at=at,
            sent_by=self.by,
            month=month_number(at),
            **values,
        )

    def feedback(self, enquiry: Enquiry, at: datetime, answer: str) -> Feedback:
        """Answer "Did we sort it out?" about an enquiry."""
        return Feedback.objects.create(enquiry=enquiry, answer=answer, given_at=at, month=month_number(at))

    def slot(self, at: datetime, **facts: Any) -> Slot:
        """Add a time for appointments, of a plan of its own; with two desks unless `desks` says otherwise."""
        hub, desks = facts.pop("hub", self.hubs[0]), facts.pop("desks", 2)
        withdrawn: bool = facts.pop("withdrawn", False)
        plan = Plan.objects.create(
            hub=hub,
            weekday=0,
            starts=time(9),
            ends=time(17),
            starts_on=service_day(at),
            changed_at=_long_ago(),
            changed_by=self.by,
        )
        return Slot.objects.create(
            hub=hub,
            plan=plan,
            starts_at=at,
            ends_at=at + timedelta(minutes=30),
            service_day=service_day(at),
            minutes=30,
            book_until=at,
            capacity=desks,
            withdrawn_at=_long_ago() if withdrawn else None,
            withdrawn_because="day" if withdrawn else "",
            **facts,
        )

    def booking(self, slot: Slot, *, ahead: timedelta = timedelta(0), **facts: Any) -> Booking:
        """Book a slot's next desk, so long before it begins; `status` is what became of it."""
        status: str = facts.pop("status", Booking.Status.BOOKED)
        number, at = next(_numbers), slot.starts_at
        desk = slot.bookings.exclude(status="cancelled").count() + 1
        values: dict[str, Any] = {}
        if status in ("arrived", "finished"):
            visit = self.visit(at, hub=slot.hub, kind=Visit.Kind.APPOINTMENT)
            values = {"arrived_at": at, "arrived_by": self.by, "visit": visit}
        if status == "finished":
            values |= {"finished_at": at, "finished_by": self.by}
        if status in ("missed", "cancelled"):
            values = {f"{status}_at": at, f"{status}_by": self.by}
        return Booking.objects.create(
            reference=f"B{number:08d}",
            private_key=f"booking{number}",
            token=uuid.uuid4(),
            hub=slot.hub,
            slot=slot,
            desk=desk,
            topic=facts.pop("topic", self.topics[0]),
            resident=facts.pop("resident", None) or self.resident(),
            language="en",
            channel=Booking.Channel.DESK,
            status=status,
            booked_at=at - ahead,
            booked_by=self.by,
            service_day=slot.service_day,
            month=month_number(at),
            lead_days=(slot.service_day - service_day(at - ahead)).days,
            **values,
            **facts,
        )


def _long_ago() -> datetime:
    return datetime.fromisoformat("2020-01-01T00:00+00:00")
