"""Opening, answering and closing enquiries."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from enquiries.errors import ChangedMeanwhile, NotAllowedNow
from enquiries.folding import tidy
from enquiries.inserting import insert, write_down
from enquiries.londontime import month_number, service_day
from enquiries.models import Cause, Enquiry, EnquiryEvent, Feedback, Outcome, Resident, Visit
from enquiries.references import new_reference
from enquiries.search import indexed
from hubs.models import Hub, Topic

Status, Kind, Group = Enquiry.Status, EnquiryEvent.Kind, Outcome.Group

_ENDED_BY = ("outcome", "closed_at", "closed_by", "first_contact")


def open_enquiry(
    *,
    topic: Topic,
    channel: str,
    by: User | None,
    at: datetime,
    visit: Visit | None = None,
    hub: Hub | None = None,
    resident: Resident | None = None,
    words: str = "",
    language: str = "",
    outcome: Outcome | None = None,
    cause: Cause | None = None,
    agreed: str = "",
    **online: object,
) -> Enquiry:
    """Open an enquiry, and close it at once where `outcome` says that it ended there and then.

    Must run inside the caller's transaction: it belongs to a visit or an online form. Effects, in order: save
    the enquiry, write its event. `online` may give `token`, `reply_by` and `due_on`.
    """
    reference = new_reference()
    ended = {}
    if outcome is not None:
        # A fresh enquiry had no contact before this one.
        ended = _ending(outcome, by=by, at=at, opened_at=at, channel=channel, is_first_contact=True)
    enquiry = insert(
        Enquiry,
        reference=reference,
        private_key=secrets.token_urlsafe(32),
        topic=topic,
        channel=channel,
        visit=visit,
        hub=hub,
        resident=resident,
        words=tidy(words),
        language=language,
        cause=cause,
        agreed=tidy(agreed),
        search_text=search_text_of(reference, topic, words, resident),
        opened_at=at,
        opened_by=by,
        month=month_number(at),
        **online,
        **ended,
    )
    write_down(EnquiryEvent, enquiry=enquiry, kind=Kind.CLOSED if ended else Kind.OPENED, at=at, by=by)
    return enquiry


@transaction.atomic
def close(
    *,
    enquiry: Enquiry,
    outcome: Outcome,
    by: User,
    at: datetime,
    agreed: str = "",
    cause: Cause | None = None,
    seen: int | None = None,
) -> Enquiry:
    """Close an enquiry that is with the hub.

    Effects, in order: set status, outcome, who and when, whether it was resolved at first contact, and what
    was agreed; write the event.

    Raises `NotAllowedNow` when it is closed, or with a service, which has to finish or return it first, and
    `ChangedMeanwhile` when there is an event after `seen`, the last one that the officer saw.
    """
    fresh = _locked(enquiry, expected=(Status.OPEN,), seen=seen)
    seen_before = fresh.referrals.exists() or fresh.events.filter(kind=Kind.REOPENED).exists()
    ended = _ending(
        outcome,
        by=by,
        at=at,
        opened_at=fresh.opened_at,
        channel=fresh.channel,
        is_first_contact=not seen_before,
    )
    for name, value in ended.items():
        setattr(fresh, name, value)
    fresh.agreed = tidy(agreed) or fresh.agreed
    fresh.cause = cause or fresh.cause
    fresh.save(update_fields=[*ended, "agreed", "cause"])
    EnquiryEvent.objects.create(enquiry=fresh, kind=Kind.CLOSED, at=at, by=by)
    return fresh


@transaction.atomic
def reopen(*, enquiry: Enquiry, by: User, at: datetime, note: str) -> Enquiry:
    """Open a closed enquiry again, with the reason.

    Effects, in order: clear outcome, who and when; write the event. Raises `NotAllowedNow` unless closed.
    """
    fresh = _locked(enquiry, expected=(Status.CLOSED,))
    fresh.status = Status.OPEN
    fresh.outcome = fresh.closed_at = fresh.closed_by = None
    fresh.first_contact = False
    fresh.save(update_fields=["status", *_ENDED_BY])
    EnquiryEvent.objects.create(enquiry=fresh, kind=Kind.REOPENED, at=at, by=by, note=tidy(note))
    return fresh


@transaction.atomic
def take_back(*, enquiry: Enquiry, by: User, at: datetime) -> Enquiry:
    """Note that an enquiry never was, since its visit was noted by mistake: it counts nowhere from then on.

    Effects, in order: set status, forget the outcome, who and when; write the event. It stays so for good.
    Raises `NotAllowedNow` where it was handed to a service or its resident has said how it went: somebody
    was there.
    """
    fresh = _locked(enquiry, expected=(Status.OPEN, Status.CLOSED))
    if fresh.referrals.exists() or Feedback.objects.filter(enquiry=fresh).exists():
        raise NotAllowedNow
    fresh.status = Status.MISTAKE
    fresh.outcome = fresh.closed_at = fresh.closed_by = None
    fresh.first_contact = False
    fresh.save(update_fields=["status", *_ENDED_BY])
    EnquiryEvent.objects.create(enquiry=fresh, kind=Kind.TAKEN_BACK, at=at, by=by)
    return fresh


@transaction.atomic
def answer(
    *,
    enquiry: Enquiry,
    sentence: str,
    by: User,
    at: datetime,
    due_on: date | None = None,
    seen: int | None = None,
) -> Enquiry:
    """Tell the resident something without closing: what was agreed, and by when they will hear.

    Effects, in order: save the sentence and the date; write the event. Raises `NotAllowedNow` when closed,
    and `ChangedMeanwhile` when there is an event after `seen`, the last one that the officer saw.
    """
    fresh = _locked(enquiry, expected=Enquiry.LIVE, seen=seen)
    fresh.agreed, fresh.due_on = tidy(sentence), due_on or fresh.due_on
    fresh.save(update_fields=["agreed", "due_on"])
    EnquiryEvent.objects.create(enquiry=fresh, kind=Kind.ANSWERED, at=at, by=by, note=fresh.agreed)
    return fresh


@transaction.atomic
def add_note(*, enquiry: Enquiry, note: str, by: User, at: datetime) -> EnquiryEvent:
    """Add a note for colleagues. Effect: write the event."""
    return EnquiryEvent.objects.create(enquiry=enquiry, kind=Kind.NOTED, note=tidy(note), at=at, by=by)


@transaction.atomic
def correct_topic(*, enquiry: Enquiry, topic: Topic, by: User, at: datetime) -> Enquiry:
    """Put an enquiry under another topic. Effects, in order: save it; write the event with both names."""
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("topic", "resident")
    fresh = rows.get(pk=enquiry.pk)
    note = f"{fresh.topic.name_en} → {topic.name_en}"
    fresh.topic = topic
    fresh.search_text = search_text_of(fresh.reference, topic, fresh.words, fresh.resident)
    fresh.save(update_fields=["topic", "search_text"])
    EnquiryEvent.objects.create(enquiry=fresh, kind=Kind.CORRECTED, at=at, by=by, note=note)
    return fresh


@transaction.atomic
def name_resident(*, enquiry: Enquiry, resident: Resident, by: User, at: datetime) -> Enquiry:
    """Put an anonymous enquiry, and the visit it was raised in, under a resident's record.

    Effects, in order: save it on the enquiry and, where the visit is anonymous too, on the visit and its
    other anonymous enquiries; write an event on each enquiry. Raises `NotAllowedNow` where the enquiry has a
    resident already or the record was merged away.
    """
    fresh = Enquiry.objects.select_for_update(of=("self",)).select_related("topic").get(pk=enquiry.pk)
    if fresh.resident_id or Resident.objects.current().filter(pk=resident.pk).first() is None:
        raise NotAllowedNow
    together = [fresh]
    if fresh.visit_id and Visit.objects.filter(pk=fresh.visit_id, resident=None).update(resident=resident):
        others = Enquiry.objects.filter(visit=fresh.visit_id, resident=None).exclude(pk=fresh.pk)
        together += others.select_related("topic").order_by("pk")
    for each in together:
        each.resident = resident
        each.search_text = search_text_of(each.reference, each.topic, each.words, resident)
        each.save(update_fields=["resident", "search_text"])
        EnquiryEvent.objects.create(enquiry=each, kind=Kind.CORRECTED, at=at, by=by, note="Resident named")
    return fresh


def search_text_of(reference: str, topic: Topic, words: str, resident: Resident | None) -> str:
    """Return what a search finds an enquiry by: reference, topic in both languages, name and words."""
    return indexed(reference, topic.name_en, topic.name_bn, resident.name if resident else "", words)


def _ending(
    outcome: Outcome,
    *,
    by: User | None,
    at: datetime,
    opened_at: datetime,
    channel: str,
    is_first_contact: bool,
) -> dict[str, Any]:
    """What an enquiry has when it is closed that it had not before."""
    # A visit or a call ends with its day; an online question waits for its first contact, the answer.
    in_it = channel == Enquiry.Channel.ONLINE or service_day(at) == service_day(opened_at)
    return {
        "status": Status.CLOSED,
        "outcome": outcome,
        "closed_at": at,
        "closed_by": by,
        "first_contact": outcome.group == Group.RESOLVED and in_it and is_first_contact,
    }


def _locked(enquiry: Enquiry, *, expected: tuple[str, ...], seen: int | None = None) -> Enquiry:
    fresh = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if fresh.status not in expected:
        raise NotAllowedNow
    # Notes and slips change nothing that somebody else could overwrite.
    if seen is not None and fresh.events.filter(pk__gt=seen).exclude(kind__in=EnquiryEvent.BESIDE).exists():
        raise ChangedMeanwhile
    return fresh
