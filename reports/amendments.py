"""What has changed in a month since it was signed off: the frozen figures do not say it, this list does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from enquiries.models import Enquiry, EnquiryEvent, Visit

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
)
"""Steps that can change a figure. Notes, answers and slips cannot."""


@dataclass(frozen=True)
class Amendment:
    """One change to a row of a signed-off month."""

    at: datetime
    by: User | None
    """None: the resident, online."""
    what: str
    enquiry: Enquiry | None = None
    visit: Visit | None = None


@dataclass(frozen=True)
class Drift:
    """What a measure was when the month was signed off, and what its rows come to now."""

    key: str
    name: str
    frozen: int
    now: int


def amendments(frozen: FrozenMonth, *, most: int = 500) -> list[Amendment]:
    """Return the changes to a month's rows since it was signed off, the latest first, at most `most`.

    They are: visits logged for it afterwards, and steps of its enquiries and of the referrals that were sent
    in it. A step is listed when it was written after counting began.
    """
    changes = [*_visits(frozen, most), *_steps(frozen, most)]
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
    late = Visit.objects.filter(month=frozen.month, pk__gt=frozen.last_visit)
    for visit in late.select_related("logged_by", "hub").order_by("-pk")[:most]:
        yield Amendment(visit.logged_at, visit.logged_by, f"Visit logged at {visit.hub.name_en}", visit=visit)


def _steps(frozen: FrozenMonth, most: int) -> Iterable[Amendment]:
    of_month = Q(enquiry__month=frozen.month) | Q(enquiry__referrals__month=frozen.month)
    late = EnquiryEvent.objects.filter(of_month, pk__gt=frozen.last_event, kind__in=_AMEND)
    steps = late.distinct().select_related("by", "enquiry__topic", "enquiry__hub").order_by("-pk")
    for step in steps[:most]:
        yield Amendment(step.at, step.by, step.get_kind_display(), enquiry=step.enquiry)
