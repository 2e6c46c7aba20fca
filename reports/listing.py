"""How the rows behind a figure are listed: which columns, what is read with them, and the newest first.

No column holds a name, a contact or anybody's words: the list leads to the pages that do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from appointments.models import Booking, Slot
from enquiries.models import Cause, Enquiry, Feedback, Outcome, Referral, Visit
from enquiries.models.residents import Language
from enquiries.templatetags.enquiries import moment_words
from hubs.models import Service
from hubs.models.hours import Weekday

from .rows import Rows
from .wording import count_words, days_words

NO_HUB_WORDS = "Online"


@dataclass(frozen=True)
class Listing:
    """How rows of one kind are listed. A line is made of cells in the order of `columns`."""

    name: str
    names: str
    columns: tuple[str, ...]
    prepare: Callable[[QuerySet[Any]], QuerySet[Any]]
    cells: Callable[[Any, str], Iterable[str]]
    root: str = "enquiries"
    """The name of the address below which the pages are that the rows lead to."""

    def prepared(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows in their order with all that a line shows."""
        return self.prepare(rows)

    def line(self, row: Any) -> list[str]:
        """Return the cells of one row, some of them links."""
        return list(self.cells(row, reverse(self.root)))

    def number_words(self, number: int) -> str:
        """Say how many rows there are: "238 enquiries"."""
        return f"{count_words(number)} {self.name if number == 1 else self.names}"

    def part_words(self, rows: Rows) -> str:
        """Say which part of its measure these rows are: "Resolved here", "Monday 10:00"; empty for all."""
        return ", ".join(filter(None, (_part_words(column, value) for column, value in rows.part)))


def _visits(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    return rows.select_related("hub").prefetch_related("enquiries__topic").order_by("-arrived_at", "-pk")


def _visit(visit: Visit, root: str) -> Iterable[str]:
    enquiries = list(visit.enquiries.all())
    yield moment_words(visit.arrived_at)
    yield visit.hub.name_en
    yield visit.get_kind_display()
    yield ", ".join(each.topic.name_en for each in enquiries)
    yield _left_or_waited(visit)
    yield _links(enquiries, root)


def _left_or_waited(visit: Visit) -> str:
    if visit.left_reason:
        return f"Left: {visit.get_left_reason_display()}"
    return "" if visit.wait_minutes is None else f"Called within {visit.wait_minutes} min"


def _enquiries(rows: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    return rows.select_related("hub", "topic", "outcome").order_by("-opened_at", "-pk")


def _enquiry(enquiry: Enquiry, root: str) -> Iterable[str]:
    yield _link(enquiry, root)
    yield moment_words(enquiry.opened_at)
    yield enquiry.hub.name_en if enquiry.hub else NO_HUB_WORDS
    yield enquiry.topic.name_en
    yield enquiry.get_channel_display()
    yield enquiry.outcome.name_en if enquiry.outcome else enquiry.get_status_display()


def _referrals(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("service", "enquiry__hub", "enquiry__topic").order_by("-sent_at", "-pk")


def _referral(referral: Referral, root: str) -> Iterable[str]:
    enquiry = referral.enquiry
    yield _link(enquiry, root)
    yield moment_words(referral.sent_at)
    yield enquiry.hub.name_en if enquiry.hub else NO_HUB_WORDS
    yield enquiry.topic.name_en
    yield referral.service.name_en
    yield referral.get_status_display()


def _answers(rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    return rows.select_related("enquiry__hub", "enquiry__topic").order_by("-given_at", "-pk")


def _answer(feedback: Feedback, root: str) -> Iterable[str]:
    enquiry = feedback.enquiry
    yield _link(enquiry, root)
    yield moment_words(feedback.given_at)
    yield enquiry.hub.name_en if enquiry.hub else NO_HUB_WORDS
    yield enquiry.topic.name_en
    yield feedback.get_answer_display()


def _bookings(rows: QuerySet[Booking]) -> QuerySet[Booking]:
    return rows.select_related("slot", "hub", "topic").order_by("-slot__starts_at", "-pk")


def _booking(booking: Booking, root: str) -> Iterable[str]:
    yield _link(booking, root)
    yield moment_words(booking.slot.starts_at)
    yield booking.hub.name_en
    yield booking.topic.name_en
    yield booking.get_channel_display()
    yield days_words(booking.lead_days)
    yield booking.get_status_display()


def _slots(rows: QuerySet[Slot]) -> QuerySet[Slot]:
    return rows.select_related("hub").order_by("-starts_at", "-pk")


def _slot(slot: Slot, root: str) -> Iterable[str]:
    day = f"{slot.service_day:%Y-%m-%d}"
    yield format_html(
        '<a class="govuk-link" href="{}?hub={}&amp;day={}">{}</a>',
        root, slot.hub.slug, day, moment_words(slot.starts_at),
    )  # fmt: skip
    yield slot.hub.name_en
    yield count_words(slot.capacity)
    yield count_words(slot.taken)  # type: ignore[attr-defined]


def _link(enquiry: Enquiry | Booking, root: str) -> SafeString:
    return format_html(
        '<a class="govuk-link hub-reference" href="{}{}/">{}</a>',
        root,
        enquiry.reference,
        enquiry.shown_reference,
    )


def _links(enquiries: Iterable[Enquiry], root: str) -> SafeString:
    return format_html_join(" ", "{}", ((_link(each, root),) for each in enquiries))


LISTINGS = {
    "visit": Listing(
        "visit", "visits", ("Arrived", "Hub", "How they came", "Topics", "Wait", "Enquiries"), _visits, _visit
    ),
    "enquiry": Listing(
        "enquiry",
        "enquiries",
        ("Enquiry", "Opened", "Hub", "Topic", "Channel", "How it is"),
        _enquiries,
        _enquiry,
    ),
    "referral": Listing(
        "referral",
        "referrals",
        ("Enquiry", "Sent", "Hub", "Topic", "Service", "How it is"),
        _referrals,
        _referral,
    ),
    "feedback": Listing(
        "answer", "answers", ("Enquiry", "Answered", "Hub", "Topic", "Answer"), _answers, _answer
    ),
    "booking": Listing(
        "appointment",
        "appointments",
        ("Appointment", "When", "Hub", "Topic", "Booked", "Days ahead", "How it is"),
        _bookings,
        _booking,
        "appointment-list",
    ),
    "slot": Listing("slot", "slots", ("When", "Hub", "Desks", "Taken"), _slots, _slot, "appointment-list"),
}
"""By the kind of row that a measure counts."""

_ROWS: dict[str, Any] = {"outcome": Outcome, "cause": Cause, "service": Service}
_CHOICES: dict[str, Any] = {
    "status": {**dict(Enquiry.Status.choices), **dict(Referral.Status.choices)},
    "language": {**dict(Language.choices), "": "Not recorded"},
    "kind": dict(Visit.Kind.choices),
    "left_reason": dict(Visit.LeftReason.choices),
    "answer": dict(Feedback.Answer.choices),
}


def _part_words(column: str, value: Any) -> str:
    if column == "hour_of_week" and value is not None:
        return f"{Weekday(value // 24 % 7).label} {value % 24:02d}:00 to {value % 24 + 1:02d}:00"
    if column in _ROWS:
        row = _ROWS[column].objects.filter(pk=value).first()
        return row.name_en if row else "Not recorded"
    return str(_CHOICES.get(column, {}).get(value, ""))
