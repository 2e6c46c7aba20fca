"""Handing an enquiry to a service, and what the service does with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from enquiries.errors import AlreadyReferred, AlreadyTaken, ConsentMissing, MustHaveMissing, NotAllowedNow
from enquiries.folding import tidy
from enquiries.londontime import service_day
from enquiries.models import Enquiry, EnquiryEvent, Outcome, Referral, ServiceQuestion, ServiceTerms
from enquiries.working_days import due_date
from hubs import bank_holidays
from hubs.models import Service

Kind, Status = EnquiryEvent.Kind, Referral.Status


def refer(
    *,
    enquiry: Enquiry,
    service: Service,
    answers: Mapping[int, str],
    consent_wording: str,
    by: User,
    at: datetime,
    story: str | None = None,
) -> Referral:
    """Hand an enquiry to a service with the whole story.

    `answers` are by the id of the service's question; `story` replaces the enquiry's words in the snapshot.
    Effects, in order: save the referral with its due date, set the enquiry's status and the date the
    resident is told, write the event.

    Raises `MustHaveMissing` when a required answer is blank, `ConsentMissing` without the wording agreed to,
    `AlreadyReferred` when the service has it, `NotAllowedNow` when the enquiry is closed.
    """
    questions = questions_for(service, enquiry)
    missing = [each.pk for each in questions if each.required and not answers.get(each.pk, "").strip()]
    if missing:
        raise MustHaveMissing(missing)
    if not consent_wording.strip():
        raise ConsentMissing
    terms = ServiceTerms.objects.filter(service=service).first() or ServiceTerms(service=service)
    due_on = due_date(service_day(at), terms.working_days, bank_holidays.name_on)
    try:
        with transaction.atomic():
            fresh = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
            if fresh.status == Enquiry.Status.CLOSED:
                raise NotAllowedNow
            referral = Referral.objects.create(
                enquiry=fresh,
                service=service,
                story=tidy(fresh.words if story is None else story),
                answers=[
                    {"question": each.text_en, "answer": tidy(answers[each.pk])}
                    for each in questions
                    if answers.get(each.pk, "").strip()
                ],
                consent_wording=tidy(consent_wording),
                consented_at=at,
                due_on=due_on,
                sent_at=at,
                sent_by=by,
            )
            fresh.status, fresh.due_on = Enquiry.Status.REFERRED, due_on
            fresh.save(update_fields=["status", "due_on"])
            _event(referral, Kind.REFERRED, by=by, at=at, note=service.name_en)
    except IntegrityError as clash:
        if Referral.objects.live().filter(enquiry=enquiry, service=service).exists():
            raise AlreadyReferred from clash
        raise
    return referral


def questions_for(service: Service, enquiry: Enquiry) -> list[ServiceQuestion]:
    """Return what a service asks about an enquiry: its questions for every topic and for this one."""
    asked = ServiceQuestion.objects.filter(service=service, retired_on__isnull=True)
    return [each for each in asked if each.topic_id in (None, enquiry.topic_id)]


@transaction.atomic
def accept(*, referral: Referral, had_all: bool, by: User, at: datetime) -> Referral:
    """Take a referral on, saying whether the officer had what was needed (told once).

    Effects, in order: set status, who and when, by compare-and-swap; write the event. Raises `AlreadyTaken`.
    """
    values = {"status": Status.ACCEPTED, "accepted_at": at, "accepted_by": by, "had_all": had_all}
    return _moved(referral, (Status.SENT,), Kind.ACCEPTED, by=by, at=at, note="", **values)


@transaction.atomic
def return_to_desk(*, referral: Referral, reason: str, by: User, at: datetime) -> Referral:
    """Give a referral back to the desk, never to the resident, and say why.

    Effects, in order: set status, who, when and reason, by compare-and-swap; open the enquiry again unless
    another service still has it; write the event. Raises `AlreadyTaken`.
    """
    reason = tidy(reason)
    values = {"status": Status.RETURNED, "returned_at": at, "returned_by": by, "return_reason": reason}
    here = (Status.SENT, Status.ACCEPTED)
    fresh = _moved(referral, here, Kind.RETURNED, by=by, at=at, note=reason, **values)
    if not Referral.objects.live().filter(enquiry=fresh.enquiry_id).exists():
        Enquiry.objects.filter(pk=fresh.enquiry_id, status=Enquiry.Status.REFERRED).update(
            status=Enquiry.Status.OPEN
        )
    return fresh


@transaction.atomic
def finish(*, referral: Referral, outcome: Outcome, sentence: str, by: User, at: datetime) -> Referral:
    """Finish a referral with an outcome and one plain sentence for the resident.

    Effects, in order: set status, who, when, outcome and sentence, by compare-and-swap; close the enquiry
    unless another service still has it; write the event. Raises `AlreadyTaken`.
    """
    sentence = tidy(sentence)
    values = {
        "status": Status.FINISHED,
        "finished_at": at,
        "finished_by": by,
        "outcome": outcome,
        "sentence": sentence,
    }
    fresh = _moved(referral, (Status.ACCEPTED,), Kind.FINISHED, by=by, at=at, note=sentence, **values)
    if not Referral.objects.live().filter(enquiry=fresh.enquiry_id).exists():
        Enquiry.objects.filter(pk=fresh.enquiry_id, status=Enquiry.Status.REFERRED).update(
            status=Enquiry.Status.CLOSED, outcome=outcome, closed_at=at, closed_by=by, agreed=sentence
        )
    return fresh


def _moved(
    referral: Referral,
    expected: tuple[str, ...],
    kind: str,
    *,
    by: User,
    at: datetime,
    note: str,
    **values: object,
) -> Referral:
    if not Referral.objects.filter(pk=referral.pk, status__in=expected).update(**values):
        raise AlreadyTaken
    fresh = Referral.objects.select_related("enquiry", "service").get(pk=referral.pk)
    _event(fresh, kind, by=by, at=at, note=note)
    return fresh


def _event(referral: Referral, kind: str, *, by: User, at: datetime, note: str) -> None:
    EnquiryEvent.objects.create(enquiry_id=referral.enquiry_id, kind=kind, at=at, by=by, note=note)
