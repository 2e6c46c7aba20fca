"""What residents send from the internet: questions, looked-up references, feedback."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from enquiries.errors import NotAllowedNow, TooManyTries
from enquiries.folding import tidy
from enquiries.limits import EVERYBODY, KEPT_FOR, Limit
from enquiries.londontime import month_number, service_day
from enquiries.models import Enquiry, Feedback, SubmissionCount
from enquiries.working_days import due_date
from hubs import bank_holidays
from hubs.models import Topic

from .enquiries import open_enquiry
from .residents import add_resident

_HOUR, _MINUTE = 3600, 60
REACHED_BY = ("name", "phone", "email", "address", "postcode")
"""Facts of which any one makes a question that of a known resident."""


def ask(
    *,
    token: uuid.UUID,
    caller: str,
    topic: Topic,
    words: str,
    reply_by: str,
    language: str,
    at: datetime,
    **about: object,
) -> tuple[Enquiry, bool]:
    """Take an online question, once for each form token; return its enquiry and whether it is new.

    `caller` is a `limits.caller_key`; `about` are facts of the resident as `add_resident` takes them.
    Effects, in order: make the resident's record where a name or a way to reach them is given, open the
    enquiry with no hub and with its due date, count the try. The same token again, at once or later, changes
    nothing.

    Raises `TooManyTries` when this caller or everybody together has asked too often; nothing is kept then.
    """
    same = Enquiry.objects.filter(token=token)
    if first := same.first():
        return first, False
    limit = _asking()
    try:
        refuse_over(limit, caller, at)
        due_on = due_date(service_day(at), settings.ONLINE_WORKING_DAYS, bank_holidays.name_on)
        with transaction.atomic():
            known = any(about.get(name) for name in REACHED_BY)
            resident = add_resident(by=None, at=at, language=language, **about) if known else None
            enquiry = open_enquiry(
                topic=topic,
                channel=Enquiry.Channel.ONLINE,
                by=None,
                at=at,
                resident=resident,
                words=words,
                language=language,
                token=token,
                reply_by=reply_by,
                due_on=due_on,
            )
            # Last: whoever sends the same form at the same moment fails at the token and is not counted.
            count_try(limit, caller, at)
    except (IntegrityError, TooManyTries):
        # The same form sent a moment earlier may be what took the token, or the last try that was left.
        first = same.first()
        if first is None:
            raise
        return first, False
    return enquiry, True


def count_look_up(*, caller: str, at: datetime) -> None:
    """Count one look at a reference, right or wrong. Effects: count the try. Raises `TooManyTries`."""
    limit = Limit(
        SubmissionCount.What.TRACK,
        _MINUTE,
        settings.TRACK_PER_ADDRESS_A_MINUTE,
        settings.TRACK_OVERALL_A_MINUTE,
    )
    refuse_over(limit, caller, at)
    count_try(limit, caller, at)


def give_feedback(*, enquiry: Enquiry, answer: str, comment: str, at: datetime) -> tuple[Feedback, bool]:
    """Keep what a resident thought; return it and whether it is new. Effect: save it, once for an enquiry.

    Raises `NotAllowedNow` where the enquiry was noted by mistake.
    """
    try:
        with transaction.atomic():
            fresh = Enquiry.objects.select_for_update(of=("self",), no_key=True).get(pk=enquiry.pk)
            if fresh.status == Enquiry.Status.MISTAKE:
                raise NotAllowedNow
            given = Feedback.objects.create(
                enquiry=enquiry, answer=answer, comment=tidy(comment), given_at=at, month=month_number(at)
            )
    except IntegrityError:
        return Feedback.objects.get(enquiry=enquiry), False
    return given, True


def _asking() -> Limit:
    return Limit(
        SubmissionCount.What.ASK, _HOUR, settings.ONLINE_PER_ADDRESS_AN_HOUR, settings.ONLINE_OVERALL_AN_HOUR
    )


def refuse_over(limit: Limit, caller: str, at: datetime) -> None:
    """Raise `TooManyTries` where a cap is reached already, without writing: a flood takes no lock."""
    rows = SubmissionCount.objects.filter(
        what=limit.what, window=limit.window(at), caller__in=(caller, EVERYBODY)
    )
    if any(tries >= limit.most(who) for who, tries in rows.values_list("caller", "tries")):
        raise TooManyTries(limit.wait(at))


def count_try(limit: Limit, caller: str, at: datetime) -> None:
    """Count one try by a caller, inside the transaction of what was tried. Raises `TooManyTries`."""
    # The caller's own count first: tries beyond it do not use up everybody's.
    for who in (caller, EVERYBODY):
        if _counted(limit, who, at) > limit.most(who):
            raise TooManyTries(limit.wait(at))


def _counted(limit: Limit, who: str, at: datetime) -> int:
    row: dict[str, Any] = {"what": limit.what, "caller": who, "window": limit.window(at)}
    same = SubmissionCount.objects.filter(**row)
    if not same.update(tries=F("tries") + 1):
        _, is_first = SubmissionCount.objects.get_or_create(**row)
        if is_first and who == EVERYBODY:
            SubmissionCount.objects.filter(window__lt=at - KEPT_FOR).delete()
        same.update(tries=F("tries") + 1)
    return same.values_list("tries", flat=True).get()
