"""Giving residents something to take away."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import translation

from accounts.models import User
from enquiries import notifications
from enquiries.errors import NotDelivered, SlipRefused
from enquiries.londontime import service_day
from enquiries.models import Enquiry, EnquiryEvent, Slip
from enquiries.slips import email_body, slip_for, subject, text_body, way_out

Way = Slip.Way

SAME_SLIP_WITHIN = timedelta(minutes=1)
"""A slip sent the same way sooner than this is a double click, and is not sent again."""


@transaction.atomic
def give_slip(*, enquiry: Enquiry, way: str, language: str, by: User, at: datetime) -> Slip:
    """Note that a slip was printed, or send it by e-mail or text message, in "en" or "bn".

    Effects, in order: save the slip; write the event; after commit, send it. One sent the same way within a
    minute is returned instead.

    Raises `SlipRefused` where the resident must not or cannot be reached this way, whatever the page said
    when it was opened; and `NotDelivered` where it could not be sent, with the slip taken back and an event
    that says so.
    """
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("topic", "hub", "resident")
    fresh = rows.get(pk=enquiry.pk)
    out = way_out(fresh, way)
    if out.refused:
        raise SlipRefused(out.refused)
    twice = fresh.slips.filter(way=way, language=language, given_at__gt=at - SAME_SLIP_WITHIN).first()
    if twice is not None:
        return twice
    slip = Slip.objects.create(enquiry=fresh, way=way, language=language, given_at=at, given_by=by)
    _event(slip, Way(way).label, at)
    if way != Way.PRINT:
        referrals = list(fresh.referrals.select_related("service").order_by("id"))
        text = slip_for(fresh, referrals, language, service_day(at))
        with translation.override(language):
            message = {"subject": str(subject()), "body": email_body(text)}
        if way == Way.SMS:
            message = {"body": text_body(text)}
        transaction.on_commit(partial(_send, slip, out.to, message, at))
    return slip


def _send(slip: Slip, to: str, message: dict[str, str], at: datetime) -> None:
    send = notifications.send_text if slip.way == Way.SMS else notifications.send_email
    try:
        send(to=to, **message)
    except NotDelivered:
        with transaction.atomic():
            _event(slip, f"{slip.get_way_display()}: could not be sent", at)
            slip.delete()
        raise


def _event(slip: Slip, note: str, at: datetime) -> None:
    EnquiryEvent.objects.create(
        enquiry_id=slip.enquiry_id, kind=EnquiryEvent.Kind.SLIP, note=note, at=at, by_id=slip.given_by_id
    )
