"""Passing on a desk that became free: to whoever has lost theirs, else down the waiting list, in order."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from appointments.contacts import is_among, reached_by
from appointments.errors import SlotTaken
from appointments.models import Booking, BookingEvent, Hold, Message, Slot, Wish
from appointments.quiet_hours import not_before
from enquiries.londontime import service_day

from .desks import end_holds, take_desk
from .events import write_event
from .messages import tell, tell_wish
from .seating import seat_again

SHORTEST_OFFER = timedelta(hours=1)
"""A time sooner than this is not offered: nobody could read of it and answer."""

Status = Wish.Status


@dataclass(frozen=True)
class PassedOn:
    """Who got what became free of a slot."""

    seated: Sequence[Booking] = ()
    """Those who had lost their desk at this time, and have their time again."""
    offered_to: Wish | None = None
    """Whom on the waiting list a desk was offered, if anybody."""


@transaction.atomic
def offer_freed_slot(*, slot: Slot, at: datetime) -> PassedOn:
    """Offer a free desk of a slot to the first on the waiting list whom it suits; return who got what.

    Whoever has lost their desk in this slot (`seating`) comes before them and has it at once: the caller, who
    gave it back, has locked the slot. The desk is held for the first on the list for `OFFER_HOURS`,
    counted from the morning where they cannot be told before. Whoever has booked what they wait for
    meanwhile, or is offered a time for it under another reference, is passed over. Effects, in order:
    seat whoever lost theirs and give them their time back; take a desk, save the hold, set the wish to
    offered; after commit, tell the resident.
    """
    seated = seat_again(at=at, pk=slot.pk)
    for booking in seated:
        give_time_back(booking=booking, by=None, at=at)
    return PassedOn(seated, offered_to=_offer_to_the_next(slot, at))


def give_time_back(*, booking: Booking, by: User | None, at: datetime) -> None:
    """Let somebody keep the time that was taken away from them; runs in the transaction that brings it back.

    Effects, in order: write the event; after commit, tell the resident, and give back what is kept for them.
    """
    write_event(booking, BookingEvent.Kind.GIVEN_BACK, by, at)
    tell(booking, Message.Kind.STANDS, at)
    # Not before, since it locks slots of other plans.
    transaction.on_commit(lambda: drop_offers(booking, at), robust=True)


def settle_wishes(booking: Booking, at: datetime) -> None:
    """Take somebody off the waiting list who has just got what they waited for.

    What they waited for is known by their record, the hub and the topic. Effects, for each wish: give back
    what is offered and pass it on; the first is answered with the booking, any other no longer wanted.
    """
    is_open = Wish.objects.filter(status__in=(Status.WAITING, Status.OFFERED))
    same = is_open.filter(resident=booking.resident_id, hub=booking.hub_id, topic=booking.topic_id)
    wishes = list(same.select_related("hold__slot").in_order())
    # The one whose offer was taken comes first, so that the booking is its answer.
    wishes.sort(key=lambda wish: wish.hold is None or wish.hold.key != booking.token)
    outcome: dict[str, Any] = {"status": Status.BOOKED, "booking": booking}
    for wish in wishes:
        hold = wish.hold if wish.status == Status.OFFERED else None
        with transaction.atomic():
            was_held = hold and end_holds(hold.slot, Hold.objects.filter(pk=hold.pk), Hold.End.RELEASED, at)
            if is_open.filter(pk=wish.pk).update(**outcome):
                outcome = {"status": Status.WITHDRAWN}
            if hold and was_held:
                offer_freed_slot(slot=hold.slot, at=at)


def drop_offers(booking: Booking, at: datetime) -> None:
    """Give back other times that are kept for a booking that has found its own way.

    Effects, for each: end the hold, offer the desk to the waiting list.
    """
    for hold in Hold.objects.live().filter(booking=booking).select_related("slot").order_by("slot_id"):
        with transaction.atomic():
            if end_holds(hold.slot, Hold.objects.filter(pk=hold.pk), Hold.End.RELEASED, at):
                offer_freed_slot(slot=hold.slot, at=at)


def pass_on_lapsed_offers(*, at: datetime) -> int:
    """Take back offers that nobody answered in time and offer the desks to the next; return how many lapsed.

    Effects, for each: end the hold, put the resident back on the list behind those to whom nothing was
    offered yet, offer the desk anew.
    """
    lapsed = 0
    for hold in Hold.objects.over(at).filter(wish__status=Status.OFFERED).select_related("slot"):
        with transaction.atomic():
            if end_holds(hold.slot, Hold.objects.filter(pk=hold.pk), Hold.End.EXPIRED, at):
                lapsed += 1
                offer_freed_slot(slot=hold.slot, at=at)
    return lapsed


def give_back_expired(*, at: datetime) -> int:
    """Give back every desk whose hold is over; return how many were.

    Effects, slot by slot: lock the slot, end the holds, count it down, offer each desk to the waiting list in
    order. Whoever takes the slot at the same moment comes before or after all of that.
    """
    slots = Slot.objects.filter(holds__ended_at__isnull=True, holds__expires_at__lte=at).distinct()
    ended = 0
    for slot in slots.order_by("pk"):
        with transaction.atomic():
            freed = end_holds(slot, Hold.objects.over(at), Hold.End.EXPIRED, at)
            for _desk in range(freed):
                if offer_freed_slot(slot=slot, at=at) is None:
                    break
        ended += freed
    return ended


def _offer_to_the_next(slot: Slot, at: datetime) -> Wish | None:
    until = min(not_before(at) + timedelta(hours=settings.OFFER_HOURS), slot.book_until)
    if slot.is_withdrawn or until - not_before(at) < SHORTEST_OFFER:
        return None
    for wish in _whom_it_suits(slot, at):
        if _has_another_offer(wish) or _has_booked_it(wish, at):
            continue
        try:
            desk = take_desk(slot, wish.topic, at)
        except SlotTaken:
            return None
        hold = Hold.objects.create(key=uuid.uuid4(), slot=slot, desk=desk, held_at=at, expires_at=until)
        same = Wish.objects.filter(pk=wish.pk, status=Status.WAITING)
        if same.update(status=Status.OFFERED, hold=hold, offered_at=at):
            wish.status, wish.hold, wish.offered_at = Status.OFFERED, hold, at
            tell_wish(wish, at)
            return wish
        end_holds(slot, Hold.objects.filter(pk=hold.pk), Hold.End.RELEASED, at)
    return None


def _has_another_offer(wish: Wish) -> bool:
    """Whether somebody of the same name and contact is offered a time for the same.

    About a sensitive topic nobody is told that they are on the list already, so some are on it twice.
    """
    person = wish.resident
    same = Q(resident=person) | reached_by(phone=person.phone, email=person.email)
    offered = Wish.objects.filter(same, status=Status.OFFERED, hub=wish.hub, topic=wish.topic)
    return is_among(person.name, offered.order_by().values_list("resident__name", flat=True))


def _has_booked_it(wish: Wish, at: datetime) -> bool:
    """Whether somebody of the same name and contact has, since they joined, booked what is waited for.

    Asked when there is something to offer, and not written down: contacts are not proved, so what becomes of
    a wish must not tell whoever typed one that the person of that contact has an appointment. A booking that
    is cancelled puts them in their place again.
    """
    person = wish.resident
    same = Q(resident=person) | reached_by(phone=person.phone, email=person.email)
    booked = Booking.objects.ahead(at).filter(same, hub=wish.hub, topic=wish.topic)
    meanwhile = booked.filter(booked_at__gte=wish.joined_at, service_day__range=(wish.from_on, wish.to_on))
    return is_among(person.name, meanwhile.order_by().values_list("resident__name", flat=True))


def _whom_it_suits(slot: Slot, at: datetime) -> list[Wish]:
    """Return those who wait for a day like this slot's and were not offered this very slot, in order."""
    rows = Wish.objects.waiting(service_day(at)).in_order().select_related("topic", "resident", "hub")
    suited = rows.filter(hub=slot.hub_id, from_on__lte=slot.service_day, to_on__gte=slot.service_day)
    topics = set(slot.plan.topics.values_list("pk", flat=True))
    # What was withdrawn and is back was not declined.
    passed = Q(hold__slot=slot) & ~Q(hold__end=Hold.End.WITHDRAWN)
    return [wish for wish in suited.exclude(passed)[:50] if not topics or wish.topic_id in topics]
