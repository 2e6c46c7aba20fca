"""Complaints about personal data: received, acknowledged, answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from enquiries.errors import AlreadyTaken, TooManyTries
from enquiries.folding import tidy
from enquiries.limits import Limit
from enquiries.londontime import service_day
from enquiries.models import DataProtectionComplaint, SubmissionCount
from enquiries.references import new_reference

from .online import count_try, refuse_over

DAYS_TO_ACKNOWLEDGE = 30
"""Days within which receipt must be acknowledged (Data Protection Act 2018, section 164A)."""

_HOUR = 3600


def acknowledge_by(received_on: date) -> date:
    """Return the last day in time; the day of receipt counts as the first, the stricter reading."""
    return received_on + timedelta(days=DAYS_TO_ACKNOWLEDGE - 1)


def receive_complaint(
    *, token: uuid.UUID, caller: str, at: datetime, **typed: str
) -> tuple[DataProtectionComplaint, bool]:
    """Take a complaint, once for each form token; return it and whether it is new.

    `caller` is a `limits.caller_key`; `typed` are words, name, reply_by, email, phone, address, postcode and
    language. Effects, in order: save the complaint with its date, count the try. Raises `TooManyTries` when
    this caller or everybody together has sent too many; nothing is kept then.
    """
    same = DataProtectionComplaint.objects.filter(token=token)
    if first := same.first():
        return first, False
    limit = Limit(
        SubmissionCount.What.COMPLAIN,
        _HOUR,
        settings.ONLINE_PER_ADDRESS_AN_HOUR,
        settings.ONLINE_OVERALL_AN_HOUR,
    )
    try:
        refuse_over(limit, caller, at)
        with transaction.atomic():
            complaint = DataProtectionComplaint.objects.create(
                token=token,
                reference=new_reference(),
                received_at=at,
                acknowledge_by=acknowledge_by(service_day(at)),
                **{name: tidy(text) for name, text in typed.items()},
            )
            count_try(limit, caller, at)
    except (IntegrityError, TooManyTries):
        # The same form sent a moment earlier may be what took the token, or the last try that was left.
        first = same.first()
        if first is None:
            raise
        return first, False
    return complaint, True


def acknowledge_complaint(*, complaint: DataProtectionComplaint, by: User, at: datetime) -> None:
    """Note that somebody was told that their complaint arrived.

    Effect: set who and when, by compare-and-swap. Raises `AlreadyTaken`.
    """
    waiting = DataProtectionComplaint.objects.filter(pk=complaint.pk, acknowledged_at__isnull=True)
    if not waiting.update(acknowledged_at=at, acknowledged_by=by):
        raise AlreadyTaken


@transaction.atomic
def answer_complaint(*, complaint: DataProtectionComplaint, answer: str, by: User, at: datetime) -> None:
    """Note that a complaint was answered, and how.

    Effects, in order: set who, when and what, by compare-and-swap; an answer also acknowledges. Raises
    `AlreadyTaken`.
    """
    rows = DataProtectionComplaint.objects.filter(pk=complaint.pk)
    rows.filter(acknowledged_at__isnull=True).update(acknowledged_at=at, acknowledged_by=by)
    if not rows.filter(answered_at__isnull=True).update(answered_at=at, answered_by=by, answer=tidy(answer)):
        raise AlreadyTaken
