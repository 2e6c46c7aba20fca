"""What residents may ask for: a copy of all that is kept of them, and to be forgotten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from enquiries import append_only
from enquiries.errors import NotAllowedNow
from enquiries.folding import tidy
from enquiries.models import RecordView, Resident, ResidentEvent, RightsRequest
from enquiries.retention import anonymise_person
from enquiries.subject_access import Part, everything_about

Kind = RightsRequest.Kind


@transaction.atomic
def give_copy(*, resident: Resident, reason: str, by: User, at: datetime) -> list[Part]:
    """Return all that is kept of a resident, to be given to them.

    Effects, in order: note the request with its reason, and that the record was looked at. Both are in the
    copy.
    """
    RightsRequest.objects.create(resident=resident, kind=Kind.COPY, reason=tidy(reason), at=at, by=by)
    RecordView.objects.create(resident=resident, page="copy", by=by, at=at)
    return everything_about(resident)


def erase(*, resident: Resident, reason: str, by: User, at: datetime) -> Resident:
    """Forget a resident, because they asked: empty their record and all that belongs to them, for good.

    Effects, in order: empty the personal fields of everything about them, write the record's event, note the
    request with its reason. Rows and all that reports count stay. Raises `StillOpen` while somebody has to
    act for them, and `NotAllowedNow` for a record that is empty or merged into another.
    """
    with append_only.opened():
        fresh = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
        if fresh.anonymised_at or fresh.merged_into_id:
            raise NotAllowedNow
        anonymise_person(fresh, at=at)
        ResidentEvent.objects.create(resident=fresh, kind=ResidentEvent.Kind.ERASED, at=at, by=by)
        RightsRequest.objects.create(resident=fresh, kind=Kind.ERASURE, reason=tidy(reason), at=at, by=by)
    fresh.refresh_from_db()
    return fresh
