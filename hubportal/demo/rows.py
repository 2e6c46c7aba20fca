"""What has happened by a moment, written down as rows: the same ones that `enquiries.actions` would write.

tests/hubportal/test_demo.py holds the two together.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from appointments.models import Booking
from enquiries.folding import phone_key
from enquiries.londontime import hour_of_week, month_number, service_day
from enquiries.models import (
    Enquiry,
    EnquiryEvent,
    Feedback,
    RecordView,
    Referral,
    Resident,
    ResidentEvent,
    TicketCounter,
    Visit,
)
from enquiries.search import indexed, indexed_phone, indexed_postcode

from .borough import Borough, in_office
from .lives import (
    Plan,
    PlannedEnquiry,
    PlannedReferral,
    PlannedVisit,
    message_token,
    private_key,
    reference,
    visit_token,
)
from .people import Person
from .sheets import Driver, Sheet
from .steps import Step, steps_of
from .waiting_room import IN_THE_ROOM_SINCE

Kind, Status = EnquiryEvent.Kind, Enquiry.Status

_LEAD_TOLD_AT = 8 * 3600


class Rows:
    """Everything of the history on its way into the database, up to the moment `at`."""

    def __init__(self, borough: Borough, at: datetime) -> None:
        self.borough = borough
        self.at = at
        self.residents: dict[str, int] = dict(Resident.objects.values_list("name", "pk"))
        counters = TicketCounter.objects.values_list("hub_id", "day", "last")
        self.counted = {(hub, day): last for hub, day, last in counters}
        self.tickets: dict[tuple[int, date], int] = {}
        self.booked = set(Booking.objects.values_list("hub_id", "service_day").distinct())
        driver = Driver()
        self._resident = Sheet(
            driver, Resident, "name", "phone", "email", "postcode", "language", "needs", "may_phone",
            "contact_note", "phone_key", "search_text", "created_at", "created_by_id",
        )  # fmt: skip
        self._resident_event = Sheet(driver, ResidentEvent, "resident_id", "kind", "at", "by_id")
        self._view = Sheet(driver, RecordView, "resident_id", "at", "by_id", "page")
        self._visit = Sheet(
            driver, Visit, "token", "hub_id", "kind", "hub_access", "urgent_reason", "signposted_to_id",
            "resident_id", "on_behalf_of", "language", "needs", "arrived_at", "service_day", "month",
            "hour_of_week", "logged_at", "logged_by_id", "back_dated", "state", "ticket_number", "called_at",
            "called_by_id", "left_at", "left_reason", "expected_at",
        )  # fmt: skip
        self._enquiry = Sheet(
            driver, Enquiry, "reference", "private_key", "token", "visit_id", "hub_id", "channel", "topic_id",
            "resident_id", "words", "language", "reply_by", "status", "search_text", "outcome_id", "cause_id",
            "agreed", "due_on", "first_contact", "opened_at", "opened_by_id", "month", "closed_at",
            "closed_by_id",
        )  # fmt: skip
        self._event = Sheet(driver, EnquiryEvent, "enquiry_id", "kind", "note", "at", "by_id")
        self._referral = Sheet(
            driver, Referral, "enquiry_id", "service_id", "status", "story", "answers", "consent_wording",
            "consented_at", "due_on", "sent_at", "month", "sent_by_id", "accepted_at", "accepted_by_id",
            "had_all", "returned_at", "returned_by_id", "return_reason", "finished_at", "finished_by_id",
            "outcome_id", "sentence", "lead_told_at",
        )  # fmt: skip
        self._feedback = Sheet(driver, Feedback, "enquiry_id", "answer", "comment", "given_at", "month")

    def write(self, plan: Plan, first_day: date) -> int:
        """Add what of a month lies from `first_day` on and has ended by `at`; return how many visits."""
        # Whoever came after the first of those who are in the room now would be waiting behind them.
        latest = self.at - IN_THE_ROOM_SINCE
        visits = [
            each
            for each in plan.visits
            if each.on >= first_day
            and each.ends_at <= self.at
            and each.arrived_at < latest
            and not self._comes_by_the_diary(each)
        ]
        messages = [
            each for each in plan.messages if each.opened_at.date() >= first_day and each.opened_at <= self.at
        ]
        # In the order of time: a resident becomes known with the first of them.
        both: list[PlannedVisit | PlannedEnquiry] = [*visits, *messages]
        for each in sorted(both, key=lambda each: each.came_at):
            if isinstance(each, PlannedVisit):
                self.write_visit(plan.month, each)
            else:
                self._write_enquiry(plan.month, each, None)
        return len(visits)

    def write_visit(self, month: int, visit: PlannedVisit, state: str = Visit.State.DONE) -> None:
        """Add a visit with its enquiries."""
        person = visit.enquiries[0].person
        resident = None
        if person is not None:
            resident = self._known(self.borough.people[person], visit.booked_at or visit.arrived_at, visit.by)
        if resident is not None:
            self._view.add(resident, visit.arrived_at, visit.by, "resident")
        left = bool(visit.left_because)
        pk = self._visit.add(
            visit.token or visit_token(month, visit.number), visit.hub.pk, visit.kind, visit.hub.access,
            visit.urgent_reason, visit.signposted_to, resident, visit.on_behalf_of,
            visit.enquiries[0].language, visit.needs, visit.arrived_at, visit.on, month,
            hour_of_week(visit.arrived_at),
            visit.logged_late_at or visit.arrived_at, visit.by,
            visit.logged_late_at is not None, Visit.State.LEFT if left else state,
            self._ticket(visit) if visit.has_ticket else None, visit.called_at,
            visit.by if visit.called_at else None, visit.ends_at if left else None, visit.left_because,
            visit.seat,
        )  # fmt: skip
        for enquiry in visit.enquiries:
            self._write_enquiry(month, enquiry, pk)

    def finish(self) -> None:
        """Write what is left, and how far the tickets of each day were counted."""
        for sheet in (self._resident, self._resident_event, self._view, self._visit, self._enquiry):
            sheet.finish()
        for sheet in (self._event, self._referral, self._feedback):
            sheet.finish()
        new = Sheet(Driver(), TicketCounter, "hub_id", "day", "last")
        for (hub, day), last in self.tickets.items():
            if (hub, day) in self.counted:
                TicketCounter.objects.filter(hub=hub, day=day).update(last=last)
            else:
                new.add(hub, day, last)
        new.finish()

    def count_tickets_of(self, today: date) -> None:
        """Have every hub count tickets on a day, also where none was given: so the day is known as loaded."""
        for hub in self.borough.hubs:
            key = (hub.pk, today)
            self.tickets.setdefault(key, self.counted.get(key, 0))

    def _comes_by_the_diary(self, visit: PlannedVisit) -> bool:
        """Whether the day's appointments are those of `demo.appointments`, which makes their visits too."""
        if visit.seat is None:
            return False
        return visit.on == service_day(self.at) or (visit.hub.pk, visit.on) in self.booked

    def _ticket(self, visit: PlannedVisit) -> int:
        key = (visit.hub.pk, visit.on)
        self.tickets[key] = self.tickets.get(key, self.counted.get(key, 0)) + 1
        return self.tickets[key]

    def _known(self, person: Person, at: datetime, by: int | None) -> int:
        facts = person.facts
        if facts["name"] not in self.residents:
            found_by = (
                indexed(facts["name"], facts["email"]),
                indexed_postcode(facts["postcode"]),
                indexed_phone(facts["phone"]),
            )
            searched = " ".join(filter(None, found_by))
            pk = self._resident.add(
                facts["name"], facts["phone"], facts["email"], facts["postcode"], facts["language"],
                facts["needs"], facts["may_phone"], facts["contact_note"], phone_key(facts["phone"]),
                searched, at, by,
            )  # fmt: skip
            self._resident_event.add(pk, "created", at, by)
            self.residents[facts["name"]] = pk
        return self.residents[facts["name"]]

    # Enquiries ------------------------------------------------------------------------------------------

    def _write_enquiry(self, month: int, enquiry: PlannedEnquiry, visit: int | None) -> None:
        online = enquiry.channel == Enquiry.Channel.ONLINE
        opened_by = None if online else enquiry.by
        person = None if enquiry.person is None else self.borough.people[enquiry.person]
        resident = None if person is None else self._known(person, enquiry.opened_at, opened_by)
        steps = [step for step in steps_of(self.borough, enquiry) if step.at <= self.at]
        status, outcome, closed = self._standing(enquiry, steps)
        name = reference(month, enquiry.number)
        agreed = [step.note for step in steps if step.kind in (Kind.ANSWERED, Kind.FINISHED)]
        if online and closed:
            agreed = [enquiry.agreed]
        due_on = [each.due_on for each in enquiry.referrals if each.sent_at <= self.at]
        pk = self._enquiry.add(
            name, private_key(month, enquiry.number, name),
            message_token(month, enquiry.number) if online else None, visit, enquiry.hub, enquiry.channel,
            enquiry.subject.pk, resident, enquiry.words, enquiry.language,
            person.reply_by if person and online else "", status,
            self.borough.search_text(name, enquiry.subject, person.name if person else "", enquiry.words),
            None if outcome is None else self.borough.outcomes[outcome], enquiry.cause,
            agreed[-1] if agreed else "", due_on[-1] if due_on else enquiry.due_on,
            closed is not None and closed.kind == Kind.CLOSED and enquiry.ending == "resolved",
            enquiry.opened_at, opened_by, month, closed and closed.at, closed and closed.by,
        )  # fmt: skip
        for step in steps:
            self._event.add(pk, step.kind, step.note, step.at, step.by)
        for referral in enquiry.referrals:
            if referral.sent_at <= self.at:
                self._write_referral(pk, referral)
        if enquiry.feedback and closed is not None:
            given_at = closed.at + timedelta(hours=30)
            if given_at <= self.at:
                self._feedback.add(pk, *enquiry.feedback, given_at, month_number(given_at))

    def _standing(self, enquiry: PlannedEnquiry, steps: list[Step]) -> tuple[str, str | None, Step | None]:
        """Return status, the outcome's slug, and the step that closed it, after the last of the steps."""
        last = steps[-1]
        if last.kind == Kind.CLOSED:
            ending = enquiry.ending if enquiry.ending in self.borough.outcomes else "resolved"
            return Status.CLOSED, "resolved" if enquiry.closed_at else ending, last
        if last.kind == Kind.FINISHED:
            return Status.CLOSED, enquiry.referrals[-1].outcome, last
        return (Status.REFERRED if last.kind in (Kind.REFERRED, Kind.ACCEPTED) else Status.OPEN), None, None

    def _write_referral(self, enquiry: int, referral: PlannedReferral) -> None:
        officer = self.borough.officers[referral.service]
        accepted = referral.accepted_at if referral.accepted_at and referral.accepted_at <= self.at else None
        ended = referral.ended_at if referral.ended_at <= self.at else None
        returned = ended if referral.returned_because else None
        finished = None if referral.returned_because else ended
        status = Referral.Status.ACCEPTED if accepted else Referral.Status.SENT
        if ended:
            status = Referral.Status.RETURNED if returned else Referral.Status.FINISHED
        overdue_from = in_office(referral.due_on + timedelta(days=1), _LEAD_TOLD_AT)
        self._referral.add(
            enquiry, referral.service, status, referral.story, self.borough.answers.get(referral.service, []),
            self.borough.consents[referral.service], referral.sent_at,
            referral.due_on, referral.sent_at, month_number(referral.sent_at), referral.sent_by,
            accepted, officer if accepted else None,
            referral.had_all if accepted else None, returned, officer if returned else None,
            referral.returned_because if returned else "", finished, officer if finished else None,
            self.borough.outcomes[referral.outcome] if finished else None,
            referral.sentence if finished else "",
            overdue_from if overdue_from <= self.at and (ended is None or ended > overdue_from) else None,
        )  # fmt: skip
