"""The waiting list: joining it, and taking or leaving the time that is offered."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from appointments.contacts import is_among, reached_by
from appointments.errors import AlreadyWaiting, NotAllowedNow, OfferGone, SlotTaken
from appointments.models import Booking, Hold, Wish
from enquiries.actions import add_resident
from enquiries.errors import TooManyTries
from enquiries.folding import tidy
from enquiries.londontime import service_day
from enquiries.models import Resident
from enquiries.references import new_reference
from hubs.models import Hub, Topic

from .bookings import Booked, book
from .desks import end_holds, lock_slots
from .offers import offer_freed_slot

Status = Wish.Status

_HOUR = timedelta(hours=1)


def join_waiting_list(
    *,
    token: uuid.UUID,
    hub: Hub,
    topic: Topic,
    from_on: date,
    to_on: date,
    language: str,
    by: User | None,
    at: datetime,
    channel: str = Booking.Channel.ONLINE,
    caller: str = "",
    resident: Resident | None = None,
    needs: str = "",
    interpreter: bool = False,
    words: str = "",
    **about: object,
) -> tuple[Wish, bool]:
    """Put somebody on a hub's waiting list, once for each form token; return the wish and whether it is new.

    `from_on` and `to_on` are the London dates between which a time suits, both included. Effects, in order:
    lock the hub, make the resident's record unless one is given, save the wish. Raises `TooManyTries` where
    this address on the internet (`enquiries.limits.caller_key`, "" for staff) has joined too often within the
    hour; and `AlreadyWaiting` where a resident of this name and contact is on the list for the same, except
    about a sensitive topic: that somebody waits for it must not be told to whoever knows their number.
    """
    same = Wish.objects.filter(token=token)
    recent = Wish.objects.filter(caller=caller, joined_at__gt=at - _HOUR)
    if caller and recent.count() >= settings.WISHES_PER_ADDRESS_AN_HOUR and not same.exists():
        raise TooManyTries(int(_HOUR.total_seconds()))
    try:
        with transaction.atomic():
            if by is None and resident is None and not topic.sensitive:
                _refuse_second_place(token, hub, topic, at, about)
            person = resident or add_resident(by=by, at=at, language=language, needs=needs, **about)
            wish = Wish(
                reference=new_reference(),
                private_key=secrets.token_urlsafe(32),
                token=token,
                hub=hub,
                topic=topic,
                resident=person,
                language=language,
                needs=tidy(needs),
                interpreter=interpreter,
                words=tidy(words),
                from_on=from_on,
                to_on=to_on,
                channel=channel,
                caller=caller,
                joined_at=at,
                joined_by=by,
            )
            wish.save(force_insert=True)
    except IntegrityError:
        first = same.first()
        if first is None:
            raise
        return first, False
    return wish, True


def accept_offer(*, wish: Wish, by: User | None, at: datetime) -> Booked:
    """Take the time that was offered, also later than it was kept for; again returns the same booking.

    Effects: book the held desk as `book` does, which sets the wish to booked. Raises `OfferGone` where the
    desk was passed on or the appointment has begun, which puts them back on the list, and `TooManyBookings`.
    """
    fresh = Wish.objects.select_related("hold__slot", "topic", "resident", "booking__slot").get(pk=wish.pk)
    if fresh.booking is not None:
        return Booked(fresh.booking, is_new=False)
    hold = fresh.hold
    if fresh.status != Status.OFFERED or hold is None or hold.ended_at is not None:
        raise OfferGone(hold.expires_at if hold else None)
    try:
        return _booked(fresh, hold, by, at)
    except SlotTaken as taken:
        decline_offer(wish=fresh, at=at)
        raise OfferGone(hold.expires_at) from taken


@transaction.atomic
def decline_offer(*, wish: Wish, at: datetime) -> None:
    """Leave the time that was offered and stay on the list.

    Effects, in order: end the hold, back on the list behind those to whom nothing was offered yet, offer the
    desk to the next. Nothing where the offer is gone already.
    """
    fresh = Wish.objects.select_related("hold__slot").get(pk=wish.pk)
    hold = fresh.hold
    if fresh.status != Status.OFFERED or hold is None:
        return
    if end_holds(hold.slot, Hold.objects.filter(pk=hold.pk), Hold.End.RELEASED, at):
        offer_freed_slot(slot=hold.slot, at=at)


@transaction.atomic
def leave_waiting_list(*, wish: Wish, by: User | None, at: datetime) -> Wish:
    """Take somebody off the waiting list.

    Effects, in order: give back and pass on what is offered to them, set the status. Raises `NotAllowedNow`
    for somebody who has an appointment by now.
    """
    decline_offer(wish=wish, at=at)
    if not Wish.objects.filter(pk=wish.pk, status=Status.WAITING).update(status=Status.WITHDRAWN):
        raise NotAllowedNow
    return Wish.objects.get(pk=wish.pk)


@transaction.atomic
def _booked(wish: Wish, hold: Hold, by: User | None, at: datetime) -> Booked:
    # All slots first, in the order of their ids, for `settle_wishes` gives back what else is offered.
    same = Wish.objects.filter(resident=wish.resident_id, hub=wish.hub_id, topic=wish.topic_id)
    offered = same.filter(status=Status.OFFERED, hold__isnull=False).values_list("hold__slot", flat=True)
    lock_slots(hold.slot_id, *offered)
    return book(
        token=hold.key,
        slot=hold.slot,
        topic=wish.topic,
        language=wish.language,
        by=by,
        at=at,
        channel=Booking.Channel.ONLINE if by is None else Booking.Channel.DESK,
        resident=wish.resident,
        needs=wish.needs,
        interpreter=wish.interpreter,
        words=wish.words,
        fits=True,
    )


def _refuse_second_place(
    token: uuid.UUID, hub: Hub, topic: Topic, at: datetime, about: dict[str, object]
) -> None:
    # Two forms of one person at the same moment: the second waits here for the first.
    Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)
    contact = reached_by(phone=str(about.get("phone", "")), email=str(about.get("email", "")))
    others = Wish.objects.open_on(service_day(at)).filter(contact, hub=hub, topic=topic).exclude(token=token)
    if is_among(str(about.get("name", "")), others.order_by().values_list("resident__name", flat=True)):
        raise AlreadyWaiting
