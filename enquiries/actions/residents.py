"""Residents' records: made, changed, merged, looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from enquiries.errors import ChangedMeanwhile, NotAllowedNow
from enquiries.folding import phone_key, tidy
from enquiries.inserting import insert, write_down
from enquiries.models import Enquiry, RecordView, Resident, ResidentEvent, Visit
from enquiries.search import indexed, indexed_phone, indexed_postcode

from .enquiries import search_text_of

Kind = ResidentEvent.Kind

EDITED = (
    "name",
    "phone",
    "email",
    "address",
    "postcode",
    "language",
    "needs",
    "may_phone",
    "may_text",
    "may_email",
    "may_post",
    "contact_note",
)
"""The facts that staff may change about a resident."""


@transaction.atomic(savepoint=False)
def add_resident(*, by: User | None, at: datetime, **facts: object) -> Resident:
    """Make a resident's record; `facts` are those of `EDITED` that are known.

    Effects, in order: save the record, write its event. `by` is None for a resident who asks online.
    """
    facts = _tidied(facts)
    found_by = _found_by(*(str(facts.get(each, "")) for each in ("name", "email", "phone", "postcode")))
    resident = insert(Resident, created_at=at, created_by=by, **facts, **found_by)
    write_down(ResidentEvent, resident=resident, kind=Kind.CREATED, at=at, by=by)
    return resident


@transaction.atomic
def change_resident(
    *, resident: Resident, by: User, at: datetime, seen: int | None = None, **facts: object
) -> Resident:
    """Change what is known about a resident.

    Effects, in order: save the changed facts, also in what their enquiries are found by; write an event that
    names them, never their contents. Nothing is written when nothing differs. Raises `NotAllowedNow` for a
    record that was merged away or emptied, and `ChangedMeanwhile` when there is an event after `seen`, the
    last one that the officer saw.
    """
    fresh = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    if fresh.merged_into_id or fresh.anonymised_at:
        raise NotAllowedNow
    if seen is not None and fresh.events.filter(pk__gt=seen).exists():
        raise ChangedMeanwhile
    changed = {name: value for name, value in _tidied(facts).items() if getattr(fresh, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(fresh, name, value)
        _index(fresh)
        fresh.save(update_fields=[*changed, "phone_key", "search_text"])
        if "name" in changed:
            _index_enquiries(fresh)
        detail = ", ".join(changed)
        ResidentEvent.objects.create(resident=fresh, kind=Kind.CHANGED, detail=detail, at=at, by=by)
    return fresh


@transaction.atomic
def merge_residents(*, keep: Resident, other: Resident, by: User, at: datetime) -> Resident:
    """Make two records of one person into one; `keep` stays, and fills its blanks from `other`.

    Effects, in order: move visits and enquiries, fill blanks and take the stricter contact rules, mark
    `other` as merged, write an event on both. Raises `NotAllowedNow` for the same record twice or one
    merged or emptied already.
    """
    locked = Resident.objects.select_for_update(of=("self",)).in_bulk(sorted((keep.pk, other.pk)))
    if len(locked) != 2 or any(each.merged_into_id or each.anonymised_at for each in locked.values()):
        raise NotAllowedNow
    kept, gone = locked[keep.pk], locked[other.pk]
    Visit.objects.filter(resident=gone).update(resident=kept)
    Enquiry.objects.filter(resident=gone).update(resident=kept)
    Resident.objects.filter(merged_into=gone).update(merged_into=kept)
    for name in EDITED:
        if name.startswith("may_"):
            setattr(kept, name, getattr(kept, name) and getattr(gone, name))
        elif not getattr(kept, name):
            setattr(kept, name, getattr(gone, name))
    _index(kept)
    kept.save(update_fields=[*EDITED, "phone_key", "search_text"])
    _index_enquiries(kept)
    gone.merged_into, gone.merged_at, gone.merged_by = kept, at, by
    gone.save(update_fields=["merged_into", "merged_at", "merged_by"])
    ResidentEvent.objects.create(resident=kept, kind=Kind.MERGED, other=gone, at=at, by=by)
    ResidentEvent.objects.create(resident=gone, kind=Kind.MERGED_AWAY, other=kept, at=at, by=by)
    return kept


def note_view(*, resident: Resident, page: str, by: User, at: datetime) -> None:
    """Note that somebody looked at a resident's record. Effect: save the view."""
    RecordView.objects.create(resident=resident, page=page, by=by, at=at)


def note_views(*, residents: Iterable[Resident], page: str, by: User, at: datetime) -> None:
    """Note that somebody was shown several records, such as in a search. Effect: save the views at once."""
    RecordView.objects.bulk_create(RecordView(resident=each, page=page, by=by, at=at) for each in residents)


def _tidied(facts: dict[str, object]) -> dict[str, object]:
    unknown = set(facts) - set(EDITED)
    if unknown:
        raise TypeError(f"not facts about a resident: {sorted(unknown)}")
    return {name: tidy(value) if isinstance(value, str) else value for name, value in facts.items()}


def _index(resident: Resident) -> None:
    found_by = _found_by(resident.name, resident.email, resident.phone, resident.postcode)
    for name, value in found_by.items():
        setattr(resident, name, value)


def _found_by(name: str, email: str, phone: str, postcode: str) -> dict[str, str]:
    """Return the columns by which a resident of these facts is found."""
    searched = (indexed(name, email), indexed_postcode(postcode), indexed_phone(phone))
    return {"phone_key": phone_key(phone)[:40], "search_text": " ".join(filter(None, searched))}


def _index_enquiries(resident: Resident) -> None:
    for each in Enquiry.objects.filter(resident=resident).select_related("topic"):
        each.search_text = search_text_of(each.reference, each.topic, each.words, resident)
        each.save(update_fields=["search_text"])
