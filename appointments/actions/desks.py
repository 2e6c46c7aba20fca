"""Taking a desk of a slot and giving it back: the one place where a slot's counter changes.

A desk is taken by counting the slot up where it has room, which locks the slot's row, and then choosing the
lowest desk that no live booking or hold has. Check constraint and unique indexes stand behind it.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Greatest

from accounts.prepared import made_of
from appointments.errors import AlreadyBooked, HoldExpired, SlotTaken, TooManyHolds
from appointments.models import Booking, Hold, Plan, Slot, Wish
from appointments.statements import (
    COUNT_UP,
    COUNT_UP_BY_STAFF,
    DESKS_TAKEN,
    HELD_LATELY,
    HOLD_ON,
    HeldBefore,
    held_before,
    use_hold,
)
from enquiries.inserting import insert
from hubs.models import Topic

End = Hold.End

_HOUR = timedelta(hours=1)

_LONGEST = 2 * (Hold.MOST_EXTENSIONS + 1)
"""No desk is held for so many times `HOLD_MINUTES`: half of it by choosing it again, half by extending it."""


def hold_slot(
    *,
    slot: Slot,
    topic: Topic,
    at: datetime,
    key: uuid.UUID | None = None,
    caller: str = "",
    by_staff: bool = False,
) -> Hold:
    """Hold a desk for `HOLD_MINUTES`, and no longer than until it begins, while somebody types their details.

    `key` is the token of their form, which holds one desk at a time: another slot instead of the first. The
    same slot again is held for another while from now on, but no longer altogether than by extending it ten
    times; one that was so often extended, or for longer, stays as it is. `caller` is an
    `enquiries.limits.caller_key`, or "" for staff. Effects, in order: take a desk, give back the one that was
    held before, save the hold.

    Raises `SlotTaken` with the next free times, what was held before stays held then; `AlreadyBooked` for a
    form that has made its booking; `TooManyHolds` where this caller holds too many desks at once or has held
    too many within the hour, unless the form keeps one already.
    """
    before = held_before(key) if key else None
    if before is None:
        _refuse_hoarding(caller, at)
    elif _hold_on(before, slot, topic, at):
        return _held_on(before, slot, at)
    try:
        with transaction.atomic():
            if before is not None:
                return _held_again(before, slot, topic, at, caller, by_staff)
            desk = take_desk(slot, topic, at, by_staff=by_staff)
            return insert(
                Hold,
                key=key or uuid.uuid4(),
                slot=slot,
                desk=desk,
                caller=caller,
                held_at=at,
                expires_at=_until(slot, at),
            )
    except SlotTaken as taken:
        raise refused(slot, topic, at, by_staff=by_staff) from taken
    except IntegrityError:
        # A double click: the first of the two holds the desk.
        first = Hold.objects.filter(key=key).first() if key else None
        if first is None:
            raise
        return first


def extend_hold(*, key: uuid.UUID, slot: Slot, topic: Topic, at: datetime) -> Hold:
    """Hold a desk `HOLD_MINUTES` longer than it is, up to ten times, and no longer than until it begins.

    That goes on when the last moment to book has passed: whoever was in time may finish typing. Effects: set
    until when. Raises `HoldExpired` where no desk of this slot is kept under this key, or none for this
    topic, or it was held as long as it can be.
    """
    may = Hold.objects.kept(at).about(topic).filter(key=key, slot=slot, extended__lt=Hold.MOST_EXTENSIONS)
    hold = may.first()
    if hold is None:
        raise HoldExpired
    until = min(hold.expires_at + _length(), slot.starts_at)
    # Of a double click the first counts.
    same = may.filter(expires_at=hold.expires_at)
    same.update(expires_at=until, extended=F("extended") + 1)
    hold = Hold.objects.get(key=key)
    hold.slot = slot
    return hold


@transaction.atomic
def release_hold(*, key: uuid.UUID, at: datetime) -> bool:
    """Give a held desk back; return whether it was still held. Effects: end the hold, count the slot down."""
    slot = Slot.objects.filter(holds__key=key, holds__ended_at__isnull=True).first()
    return slot is not None and end_holds(slot, Hold.objects.filter(key=key), End.RELEASED, at) > 0


def take_desk(slot: Slot, topic: Topic, at: datetime, *, by_staff: bool = False) -> int:
    """Count a slot up and return the lowest free desk. Raises `SlotTaken` without the next free times.

    Must run in the caller's transaction, which keeps the slot locked until its desk is written down.
    """
    room = {"slot": slot.pk, "topic": topic.pk, "at": at}
    count_up = COUNT_UP_BY_STAFF if by_staff else COUNT_UP
    while not count_up.make(**room):
        # Looked at without a lock first: those who come too late must not queue for the slot.
        over = Hold.objects.over(at)
        # One at a time: further desks go to those who wait, by `offers.give_back_expired`.
        if not (over.filter(slot=slot).exists() and end_holds(slot, over, End.EXPIRED, at, most=1)):
            raise SlotTaken
    taken = {desk for (desk,) in DESKS_TAKEN.rows(slot=slot.pk)}
    return next(desk for desk in count(1) if desk not in taken)


def held_desk(slot: Slot, key: uuid.UUID, at: datetime, *, topic: Topic | None = None) -> int | None:
    """Return the desk of this slot that is held under `key`, and end its hold as used; None where it is gone.

    Neither the last moment to book nor the hold's own counts here: what was held in time, and has not gone to
    somebody else, can be had until it begins. `topic` is given where it may not be the one that the desk was
    held for. The slot's counter stays: a booking takes the hold's place in the caller's transaction. Effects,
    in order: end the hold; where another slot was chosen under this key since, give its desk back. Raises
    `SlotTaken` without the next free times where the appointment has begun or nobody is seen about the topic
    then, and `HoldExpired` where nothing was ever held under this key.
    """
    if slot.has_begun(at) or not (topic is None or _is_about(slot, topic)):
        raise SlotTaken
    desk = use_hold(key, slot.pk, at)
    if desk is None:
        hold = Hold.objects.filter(key=key).select_related("slot").first()
        if hold is None:
            raise HoldExpired
        if hold.ended_at is None and hold.slot_id != slot.pk:
            lock_slots(hold.slot_id, slot.pk)
            end_holds(hold.slot, Hold.objects.filter(pk=hold.pk), End.RELEASED, at)
    return desk


def free_desk(slot_id: int) -> bool:
    """Count a slot down by one, which also locks it; return whether there was anything to free.

    The caller ends a booking or a hold in the same transaction, and rolls back where somebody else has.
    """
    return Slot.objects.filter(pk=slot_id, booked__gt=0).update(**_counted_down(1)) == 1


def end_holds(slot: Slot, which: object, end: str, at: datetime, *, most: int | None = None) -> int:
    """End live holds of a slot that are among `which`, at most so many; return how many.

    Must run in a transaction. Effects, in order: lock the slot, end the holds, count it down, put residents
    whose offer that was back on the waiting list.
    """
    Slot.objects.select_for_update(no_key=True).get(pk=slot.pk)
    live = which.live().filter(slot=slot)  # type: ignore[attr-defined]
    ended = 0
    for pk in list(live.order_by("expires_at", "pk").values_list("pk", flat=True)[:most]):
        # Asked once more, for it may have been held on meanwhile.
        if live.filter(pk=pk).update(ended_at=at, end=end):
            ended += 1
            Wish.objects.filter(hold=pk, status=Wish.Status.OFFERED).update(status=Wish.Status.WAITING)
    if ended:
        Slot.objects.filter(pk=slot.pk).update(**_counted_down(ended))
    return ended


def _counted_down(desks: int) -> dict[str, Any]:
    """Return what of a slot changes when so many of its desks are given back.

    A desk that the plan has no more, and that was only kept for whoever had booked it, goes with it.
    """
    planned = Subquery(Plan.objects.filter(pk=OuterRef("plan")).values("desks"))
    left = F("booked") - desks
    return {"booked": left, "capacity": Greatest(left, planned)}


def refused(slot: Slot, topic: Topic, at: datetime, *, by_staff: bool = False) -> SlotTaken:
    """Return the refusal of a slot with the next free times at its hub."""
    after = max(slot.starts_at, at)
    return SlotTaken(Slot.objects.next_free(topic, at, after=after, hub=slot.hub_id, by_staff=by_staff))


def _hold_on(before: HeldBefore, slot: Slot, topic: Topic, at: datetime) -> bool:
    """Hold a desk that is kept for another while; return whether it may be."""
    since = at - Hold.MOST_EXTENSIONS * _length()
    about = {"key": before.key, "slot": slot.pk, "topic": topic.pk, "at": at}
    return HOLD_ON.make(**about, since=since, until=_until_again(before, slot, at)) == 1


def _held_on(before: HeldBefore, slot: Slot, at: datetime) -> Hold:
    """Return the hold of a desk as it is once it was held for another while from now on."""
    row = {"id": before.pk, "key": before.key, "slot_id": slot.pk, "desk": before.desk}
    until = _until_again(before, slot, at)
    row |= {"expires_at": until, "extended": before.extended, "ended_at": None, "end": ""}
    return made_of(Hold, DEFAULT_DB_ALIAS, row, {"slot": slot})


def _held_again(
    before: HeldBefore, slot: Slot, topic: Topic, at: datetime, caller: str, by_staff: bool
) -> Hold:
    """Hold a desk under a key that has held one before, this one or another. Raises as `hold_slot`."""
    lock_slots(before.slot_id, slot.pk)
    hold = Hold.objects.select_for_update(no_key=True).get(pk=before.pk)
    # Asked once the hold is locked: the form may be sent at this very moment.
    if booking := Booking.objects.filter(token=before.key).select_related("slot").first():
        raise AlreadyBooked(booking)
    if slot.has_begun(at) or not _is_about(slot, topic):
        raise SlotTaken
    still, was_in = hold.ended_at is None, hold.slot_id
    hold.slot = slot
    if hold.is_over(at):
        _refuse_hoarding(caller, at, again=hold)
        hold.caller = caller
    elif was_in == slot.pk:
        return hold
    if not (still and was_in == slot.pk):
        hold.desk = take_desk(slot, topic, at, by_staff=by_staff)
        if still and Hold.objects.live().filter(pk=hold.pk).exists():
            free_desk(was_in)
    hold.held_at, hold.expires_at, hold.extended = at, _until(slot, at), 0
    hold.ended_at, hold.end = None, ""
    hold.save(
        update_fields=["slot", "desk", "caller", "held_at", "expires_at", "extended", "ended_at", "end"]
    )
    return hold


def lock_slots(*pks: int) -> dict[int, Slot]:
    """Lock slots in the order of their ids, so that two who want the same two never wait for each other."""
    return Slot.objects.select_for_update(no_key=True).filter(pk__in=set(pks)).order_by("pk").in_bulk()


def _is_about(slot: Slot, topic: Topic) -> bool:
    return Slot.objects.about(topic).filter(pk=slot.pk).exists()


def _length() -> timedelta:
    return timedelta(minutes=settings.HOLD_MINUTES)


def _until(slot: Slot, at: datetime) -> datetime:
    """Return until when a desk is held that somebody asks for at the moment `at`."""
    return min(at + _length(), slot.starts_at)


def _until_again(before: HeldBefore, slot: Slot, at: datetime) -> datetime:
    """Return until when a desk is held that is chosen again: never sooner than it was held already."""
    return max(before.expires_at, _until(slot, at))


def _refuse_hoarding(caller: str, at: datetime, again: Hold | None = None) -> None:
    """Refuse a caller who holds too much already; a desk that is wanted `again` counts once in the hour."""
    if not caller:
        return
    oldest, since = at - _LONGEST * _length(), at - _HOUR
    counted = HELD_LATELY.rows(caller=caller, oldest=oldest, since=since, at=at)
    within, now = counted[0] if counted else (0, 0)
    if again is not None and again.caller == caller and again.held_at > since:
        within -= 1
    if now >= settings.HOLDS_PER_ADDRESS_AT_ONCE:
        raise TooManyHolds(int(_length().total_seconds()))
    if within >= settings.HOLDS_PER_ADDRESS_AN_HOUR:
        raise TooManyHolds(int(_HOUR.total_seconds()))
