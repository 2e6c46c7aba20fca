"""The steps of an enquiry's life, past and still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from enquiries.models import Enquiry, EnquiryEvent

from .borough import Borough
from .lives import PlannedEnquiry, PlannedReferral

Kind = EnquiryEvent.Kind


@dataclass(frozen=True, slots=True)
class Step:
    """One event in the life of an enquiry."""

    at: datetime
    kind: str
    by: int | None
    note: str = ""
    referral: PlannedReferral | None = None


def steps_of(borough: Borough, enquiry: PlannedEnquiry) -> Iterator[Step]:
    """Yield every step of an enquiry's life in order, also those still to come."""
    done = enquiry.ending not in ("referred", "promised", "waiting")
    online = enquiry.channel == Enquiry.Channel.ONLINE
    if done and enquiry.answered_at == enquiry.opened_at:
        yield Step(enquiry.opened_at, Kind.CLOSED, enquiry.by)
        return
    yield Step(enquiry.opened_at, Kind.OPENED, None if online else enquiry.by)
    if done:
        yield Step(enquiry.answered_at, Kind.CLOSED, enquiry.by)
    if enquiry.ending == "promised":
        yield Step(enquiry.answered_at, Kind.ANSWERED, enquiry.by, enquiry.agreed)
    for referral in enquiry.referrals:
        yield from _referral_steps(borough, referral)
    if enquiry.closed_at:
        yield Step(enquiry.closed_at, Kind.CLOSED, enquiry.by)


def _referral_steps(borough: Borough, referral: PlannedReferral) -> Iterator[Step]:
    officer = borough.officers[referral.service]
    yield Step(
        referral.sent_at, Kind.REFERRED, referral.sent_by, borough.services[referral.service], referral
    )
    if referral.accepted_at:
        yield Step(referral.accepted_at, Kind.ACCEPTED, officer, "", referral)
    if referral.returned_because:
        yield Step(referral.ended_at, Kind.RETURNED, officer, referral.returned_because, referral)
    else:
        yield Step(referral.ended_at, Kind.FINISHED, officer, referral.sentence, referral)
