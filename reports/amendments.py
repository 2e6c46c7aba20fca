"""What has changed in a month since it was signed off: the frozen figures do not say it, this list does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from appointments.models import Booking, BookingEvent
from enquiries.models import Enquiry, EnquiryEvent, ResidentEvent, Visit

from .counting import FULL, Signed, count_months
from .figures import Counts
from .measures import MEASURES
from .models import FrozenMonth
from .rows import Scope

Kind = EnquiryEvent.Kind
_AMEND = (
    Kind.OPENED,
    Kind.CLOSED,
    Kind.REOPENED,
    Kind.REFERRED,
    Kind.ACCEPTED,
    Kind.RETURNED,
    Kind.FINISHED,
    Kind.CORRECTED,
    Kind.TAKEN_BACK,
)
"""Steps that can change a figure. Notes, answers and slips cannot."""
_AMEND_BOOKINGS = (
    BookingEvent.Kind.ARRIVED,
    BookingEvent.Kind.TAKEN_BACK,
    BookingEvent.Kind.MISSED,
    BookingEvent.Kind.CANCELLED,
)


@dataclass(frozen=True)
class Amendment:
    """One change to a row of a signed-off month."""

    at: datetime
    by: User | None
    """None: the resident, online."""
    what: str
    enquiry: Enquiry | None = None
    visit: Visit | None = None
    booking: Booking | None = None


@dataclass(frozen=True)
class Drift:
    """What a measure was when the month was signed off, and what its rows come to now."""

    key: str
    name: str
    frozen: int
    now: int


def amendments(frozen: FrozenMonth, *, most: int = 500) -> list[Amendment]:
    """Return the changes to a month's rows since it was signed off, the latest first, at most `most`.

    They are: visits logged for it or called afterwards; steps of its enquiries, and of the referrals that
    were sent in it, that were written after counting began; what was noted of its appointments since; and
    records of its residents that were merged.
    """
    changes = [
        *_visits(frozen, most),
        *_steps(frozen, most),
        *_noted(frozen, most),
        *_merges(frozen, most),
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:most]


def drifts(frozen: FrozenMonth) -> list[Drift]:
    """Return the measures whose rows come to something else now than when the month was signed off.

    What can be checked (`measures.CHECKS`) is as of the sign-off, both times.
    """
    months = [frozen.when]
    then = count_months(months, Scope(), FULL, signed=Signed({frozen.month: frozen}), at=frozen.signed_at)
    now = count_months(months, Scope(), FULL, signed=Signed({}), at=frozen.signed_at)
    found = []
    for key, measure in MEASURES.items():
        counts = (Counts(each[frozen.month], frozen.when, frozen.when, Scope()) for each in (then, now))
        was, is_now = (each.count(key).count for each in counts)
        if was != is_now:
            found.append(Drift(key, measure.name, was, is_now))
    return found


def _visits(frozen: FrozenMonth, most: int) -> Iterable[Amendment]:
    late = Q(pk__gt=frozen.last_visit) | Q(called_at__gte=frozen.signed_at)
    visits = Visit.objects.filter(late, month=frozen.month).select_related("logged_by", "called_by", "hub")
    for visit in visits.order_by("-pk")[:most]:
        if visit.pk > frozen.last_visit:
            what = f"Visit logged at {visit.hub.name_en}"
            yield Amendment(visit.logged_at, visit.logged_by, what, visit=visit)
        elif visit.called_at:
            yield Amendment(visit.called_at, visit.called_by, f"Called at {visit.hub.name_en}", visit=visit)


def _steps(frozen: FrozenMonth, most: int) -> Iterable[Amendment]:
    of_month = Q(enquiry__month=frozen.month) | Q(enquiry__referrals__month=frozen.month)
    late = EnquiryEvent.objects.filter(of_month, pk__gt=frozen.last_event, kind__in=_AMEND)
    steps = late.distinct().select_related("by", "enquiry__topic", "enquiry__hub", "enquiry__visit")
    for step in steps.order_by("-pk")[:most]:
        visit = step.enquiry.visit
        # What was logged later stands at the time when it happened; here it counts when it was logged.
        written_at = visit.logged_at if visit and step.at < frozen.signed_at else step.at
        yield Amendment(written_at, step.by, step.get_kind_display(), enquiry=step.enquiry)


def _noted(frozen: FrozenMonth, most: int) -> Iterable[Amendment]:
    late = BookingEvent.objects.filter(
        booking__month=frozen.month, at__gte=frozen.signed_at, kind__in=_AMEND_BOOKINGS
    )
    for step in late.select_related("by", "booking").order_by("-pk")[:most]:
        what = f"Appointment: {step.get_kind_display().lower()}"
        yield Amendment(step.at, step.by, what, booking=step.booking)


def _merges(frozen: FrozenMonth, most: int) -> Iterable[Amendment]:
    """Two records made one: whether somebody came back can be told otherwise then."""
    of_month = Enquiry.objects.filter(resident=OuterRef("resident"), month=frozen.month)
    late = ResidentEvent.objects.filter(kind=ResidentEvent.Kind.MERGED, at__gte=frozen.signed_at)
    for merge in late.filter(Exists(of_month)).select_related("by").order_by("-pk")[:most]:
        yield Amendment(merge.at, merge.by, "Two records of one person merged")
