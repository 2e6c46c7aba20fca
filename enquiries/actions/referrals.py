"""Handing an enquiry to a service, and what the service does with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from enquiries import notifications
from enquiries.errors import (
    AlreadyReferred,
    AlreadyTaken,
    ConsentMissing,
    MustHaveMissing,
    NotAllowedNow,
    NotDelivered,
)
from enquiries.folding import tidy
from enquiries.londontime import month_number, service_day
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
    `AlreadyReferred` when the service has it, `NotAllowedNow` when nobody has to act on the enquiry any more.
    """
    questions = questions_for(service, enquiry)
    missing = [each.pk for each in questions if each.required and not answers.get(each.pk, "").strip()]
    if missing:
        raise MustHaveMissing(missing)
    if not consent_wording.strip():
        raise ConsentMissing
    due_on = promised_on(service, at)
    try:
        with transaction.atomic():
            fresh = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
            if not fresh.is_live:
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
                month=month_number(at),
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


def promised_on(service: Service, at: datetime) -> date:
    """Return by when a service answers what it is sent at the moment `at`: by its own working days."""
    terms = ServiceTerms.objects.filter(service=service).first() or ServiceTerms(service=service)
    return due_date(service_day(at), terms.working_days, bank_holidays.name_on)


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


def tell_leads(*, at: datetime) -> tuple[int, int]:
    """Tell the lead of each service, once, which of its referrals are overdue.

    Returns how many referrals leads were told of, and how many nobody could be told of, for want of a lead
    with an e-mail address. Effects, in order, for each lead: note on the referrals that the lead was told;
    after commit, send one e-mail, which holds counts and links and nothing about anybody. Where it cannot be
    sent, the note is taken back: they are told the next time.
    """
    late = Referral.objects.overdue(service_day(at)).filter(lead_told_at__isnull=True)
    by_lead: dict[str, list[int]] = {}
    for pk, address in late.values_list("pk", "service__terms__lead__email"):
        by_lead.setdefault(address or "", []).append(pk)
    without = len(by_lead.pop("", []))
    told = sum(_tell(address, pks, at) for address, pks in sorted(by_lead.items()))
    return told, without


def _tell(address: str, pks: list[int], at: datetime) -> int:
    # Two that run at once: whoever notes it first tells.
    rows = Referral.objects.filter(pk__in=pks, lead_told_at__isnull=True)
    with transaction.atomic():
        mine = sorted(rows.select_for_update().values_list("pk", flat=True))
        Referral.objects.filter(pk__in=mine).update(lead_told_at=at)
    if not mine:
        return 0
    try:
        notifications.send_email(to=address, subject="Overdue referrals", body=_overdue_words(mine))
    except NotDelivered:
        Referral.objects.filter(pk__in=mine, lead_told_at=at).update(lead_told_at=None)
        return 0
    return len(mine)


def _overdue_words(pks: list[int]) -> str:
    links = [f"{settings.SITE_URL}{reverse('referral', args=[pk])}" for pk in pks]
    return "\n".join([f"Referrals that are overdue: {len(pks)}. You are told of each once.", "", *links, ""])


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
