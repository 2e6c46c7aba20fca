"""Which columns rows have in a file: what everybody may read, and what tells of a person.

The latter never leave by default, and of a sensitive topic never at all: no name, no contact, no words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from appointments.models import Booking, Slot
from enquiries.models import Enquiry, Feedback, Referral, Resident, Visit
from hubs.opening import LONDON

from .cells import Cell

ROWS_READ_AT_ONCE = 900
"""The oldest SQLite that Django takes allows 999 values a query."""

_PERSON = ("name", "phone", "email", "postcode")


@dataclass(frozen=True)
class RowColumns:
    """The columns of one kind of row."""

    plain: tuple[str, ...]
    personal: tuple[str, ...]
    prepare: Callable[[QuerySet[Any]], QuerySet[Any]]
    plain_cells: Callable[[Any], list[Cell]]
    personal_cells: Callable[[Any], list[Cell]]

    def heading(self, *, personal: bool) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self.plain + self.personal if personal else self.plain

    def lines(self, months: Iterable[QuerySet[Any]], *, personal: bool) -> Iterator[list[Cell]]:
        """Yield the rows of each month as cells, in the order in which they were logged.

        The keys of a month are read first, then some rows at a time: the first leave at once, no statement
        sorts whole stories, and none stays open while a slow reader takes the file.
        """
        for rows in months:
            keys = list(rows.order_by("pk").values_list("pk", flat=True))
            for start in range(0, len(keys), ROWS_READ_AT_ONCE):
                some = rows.model.objects.using(rows.db).filter(
                    pk__in=keys[start : start + ROWS_READ_AT_ONCE]
                )
                for row in self.prepare(some).order_by("pk"):
                    yield self.plain_cells(row) + (self.personal_cells(row) if personal else [])


def _moment(at: datetime | None) -> str:
    return at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M") if at else ""


def _visits(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    return rows.select_related("hub", "resident").prefetch_related("enquiries__topic")


def _visit(visit: Visit) -> list[Cell]:
    topics = [each.topic.slug for each in visit.enquiries.all()]
    return [
        _moment(visit.arrived_at),
        visit.hub.slug,
        visit.kind,
        " ".join(topics),
        visit.language,
        visit.wait_minutes,
        visit.left_reason,
    ]


def _visitor(visit: Visit) -> list[Cell]:
    enquiries = list(visit.enquiries.all())
    hidden = any(each.topic.sensitive for each in enquiries)
    references = "" if hidden else " ".join(each.reference for each in enquiries)
    return [references, *_person(visit.resident, hidden=hidden)]


def _enquiries(rows: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    related = ("hub", "topic", "outcome", "cause", "resident")
    return rows.select_related(*related).defer("search_text", "agreed", "resident__search_text")


def _enquiry(enquiry: Enquiry) -> list[Cell]:
    return [
        _moment(enquiry.opened_at),
        *_whereabouts(enquiry),
        enquiry.channel,
        enquiry.status,
        enquiry.outcome.slug if enquiry.outcome else "",
        _yes_or_no(enquiry.first_contact),
        enquiry.cause.slug if enquiry.cause else "",
        enquiry.language,
        _moment(enquiry.closed_at),
    ]


def _referrals(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    related = ("service", "enquiry__hub", "enquiry__topic", "enquiry__resident")
    return rows.select_related(*related).defer("story", "answers", "enquiry__search_text")


def _referral(referral: Referral) -> list[Cell]:
    return [
        _moment(referral.sent_at),
        *_whereabouts(referral.enquiry),
        referral.service.slug,
        referral.status,
        _yes_or_no(referral.had_all),
        _moment(referral.accepted_at),
        _moment(referral.returned_at),
        _moment(referral.finished_at),
    ]


def _answers(rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    related = ("enquiry__hub", "enquiry__topic", "enquiry__resident")
    return rows.select_related(*related)


def _answer(feedback: Feedback) -> list[Cell]:
    return [_moment(feedback.given_at), *_whereabouts(feedback.enquiry), feedback.answer]


def _commented(feedback: Feedback) -> list[Cell]:
    hidden = feedback.enquiry.topic.sensitive
    return [*_told(feedback.enquiry), "" if hidden else feedback.comment]


def _bookings(rows: QuerySet[Booking]) -> QuerySet[Booking]:
    return rows.select_related("slot", "hub", "topic", "resident")


def _booking(booking: Booking) -> list[Cell]:
    return [
        _moment(booking.slot.starts_at),
        booking.hub.slug,
        booking.topic.slug,
        booking.status,
        booking.channel,
        _moment(booking.booked_at),
        booking.lead_days,
        booking.language,
        _yes_or_no(booking.interpreter),
    ]


def _booker(booking: Booking) -> list[Cell]:
    hidden = booking.topic.sensitive
    story = ["", ""] if hidden else [booking.reference, booking.words]
    return [story[0], *_person(booking.resident, hidden=hidden), story[1]]


def _slots(rows: QuerySet[Slot]) -> QuerySet[Slot]:
    live = Count("bookings", filter=~Q(bookings__status=Booking.Status.CANCELLED))
    return rows.select_related("hub").annotate(taken=live)


def _slot(slot: Slot) -> list[Cell]:
    return [_moment(slot.starts_at), slot.hub.slug, slot.minutes, slot.capacity, slot.taken]  # type: ignore[attr-defined]


def _nobody(row: Slot) -> list[Cell]:
    """Nothing about people: a slot is nobody's."""
    return []


def _whereabouts(enquiry: Enquiry) -> list[Cell]:
    return [enquiry.hub.slug if enquiry.hub else "", enquiry.topic.slug]


def _told(enquiry: Enquiry) -> list[Cell]:
    hidden = enquiry.topic.sensitive
    story = ["", ""] if hidden else [enquiry.reference, enquiry.words]
    return [story[0], *_person(enquiry.resident, hidden=hidden), story[1]]


def _person(resident: Resident | None, *, hidden: bool) -> Iterable[Cell]:
    if resident is None or hidden:
        return [""] * len(_PERSON)
    return [resident.name, resident.phone, resident.email, resident.postcode]


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _of_referral(referral: Referral) -> list[Cell]:
    return _told(referral.enquiry)


ROW_COLUMNS = {
    "visit": RowColumns(
        ("arrived", "hub", "kind", "topics", "language", "wait_minutes", "left_reason"),
        ("references", *_PERSON),
        _visits,
        _visit,
        _visitor,
    ),
    "enquiry": RowColumns(
        (
            *("opened", "hub", "topic", "channel", "status", "outcome"),
            *("first_contact", "cause", "language", "closed"),
        ),
        ("reference", *_PERSON, "words"),
        _enquiries,
        _enquiry,
        _told,
    ),
    "referral": RowColumns(
        ("sent", "hub", "topic", "service", "status", "told_once", "accepted", "returned", "finished"),
        ("reference", *_PERSON, "words"),
        _referrals,
        _referral,
        _of_referral,
    ),
    "feedback": RowColumns(
        ("given", "hub", "topic", "answer"),
        ("reference", *_PERSON, "words", "comment"),
        _answers,
        _answer,
        _commented,
    ),
    "booking": RowColumns(
        (
            *("appointment", "hub", "topic", "status", "booked_through", "booked"),
            *("days_ahead", "language", "interpreter"),
        ),
        ("reference", *_PERSON, "words"),
        _bookings,
        _booking,
        _booker,
    ),
    "slot": RowColumns(("starts", "hub", "minutes", "desks", "taken"), (), _slots, _slot, _nobody),
}
"""By the kind of row that a measure counts."""
