"""Planning: what can be booked at all, and whom a change hits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from appointments.errors import HitsChanged, NotAllowedNow, PlansOverlap
from appointments.models import Booking, ClosedDay, Hold, Plan, Slot
from appointments.querysets import TOLD_OTHERWISE
from appointments.slot_times import Stretch, Window, stretches
from enquiries.londontime import service_day
from hubs.directory import listed_hubs
from hubs.models import Hub, Topic
from hubs.opening import Schedule

from .desks import end_holds
from .offers import give_time_back, offer_freed_slot
from .seating import seat_again, seats_with

Why = Slot.Why

FACTS = (
    "weekday",
    "starts",
    "ends",
    "minutes",
    "desks",
    "days_ahead",
    "notice_minutes",
    "starts_on",
    "retired_on",
)
"""What of a plan can be changed; its hub stays."""


@dataclass
class Published:
    """What publishing did."""

    made: int = 0
    withdrawn: int = 0
    restored: int = 0
    hit: list[Booking] = field(default_factory=list)
    """Bookings ahead that have lost their time: their residents need another."""
    given_back: list[Booking] = field(default_factory=list)
    """Bookings ahead that had lost their time and have it again: their residents are told."""
    none_because: str = ""
    """Why a plan has no slot ahead, a `Slot.Why`; "" where it has some. Of several plans, of the last."""


def save_plan(
    *,
    hub: Hub,
    by: User,
    at: datetime,
    plan: Plan | None = None,
    topics: Iterable[Topic] = (),
    seen_hits: Collection[int] | None = None,
    **facts: Any,
) -> tuple[Plan, Published]:
    """Make a plan, or change one, and publish its slots; return it and what that did.

    `facts` are those of `FACTS`. `seen_hits` are the ids of the bookings that the manager was shown
    (`plan_hits`). Effects, in order: save the plan and its topics, publish. Raises `PlansOverlap` where
    another plan of the hub has the same hours, and `HitsChanged` where other bookings are hit than were
    shown; nothing is saved then.
    """
    with transaction.atomic():
        # One after the other: of two who plan for a hub at once, the second meets the plan of the first.
        Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)
        fresh = (
            Plan(hub=hub)
            if plan is None
            else Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
        )
        if plan is not None and seen_hits is not None:
            _lock_ahead([fresh], at)
            hits = plan_hits(plan=fresh, at=at, **facts)
            if {each.pk for each in hits} != set(seen_hits):
                raise HitsChanged(hits)
        before = fresh.window if plan is not None else None
        for name, value in _known(facts).items():
            setattr(fresh, name, value)
        _refuse_overlap(fresh, at, before)
        fresh.changed_at, fresh.changed_by = at, by
        fresh.save()
        fresh.topics.set(topics)
        published = publish_slots(at=at, plan=fresh, by=by)
    return fresh, published


def plan_hits(*, plan: Plan, at: datetime, **facts: Any) -> list[Booking]:
    """Return the bookings ahead that a change of a plan to `facts` would hit, the soonest first.

    Nothing is changed: those whose slot would be withdrawn, and those at a desk that would be gone where no
    other is free. Whoever has lost their time before, such as by a closed day, is not hit by this. Raises
    `PlansOverlap` as `save_plan` would.
    """
    changed = Plan.objects.select_related("hub").get(pk=plan.pk)
    before = changed.window
    for name, value in _known(facts).items():
        setattr(changed, name, value)
    _refuse_overlap(changed, at, before)
    wanted = {each.starts_at for each in _wanted(changed, at, frozenset(), _schedule(changed, at))}
    stand = Booking.objects.for_list().with_their_time(at).filter(slot__plan=plan)
    seats = seats_with(changed.desks, plan=plan, at=at)
    return [
        each
        for each in stand.order_by("slot__starts_at", "desk")
        if each.slot.starts_at not in wanted or seats.get(each.pk, each.desk) > changed.desks
    ]


def day_hits(*, hub: Hub, on: date, at: datetime) -> list[Booking]:
    """Return the bookings ahead at a hub on a London date: those whom closing it would hit."""
    return list(Booking.objects.for_list().ahead(at).filter(hub=hub).on_day(on))


def close_day(
    *, hub: Hub, on: date, by: User, at: datetime, seen_hits: Collection[int], reason: str = ""
) -> list[Booking]:
    """Close a London date at a hub to appointments; return the bookings that are hit, none of them cancelled.

    `seen_hits` are the ids of the bookings that the manager was shown (`day_hits`). Effects, in order: save
    the closed day, withdraw its slots, end what is held in them. Each booking keeps its slot until there is
    another (`offer_another`) or it is cancelled. Closed already, nothing changes. Raises `HitsChanged`
    where other bookings are hit than were shown; nothing is closed then.
    """
    with transaction.atomic():
        _lock_plans(hub=hub)
        ClosedDay.objects.get_or_create(
            hub=hub, on=on, reopened_at=None, defaults={"reason": reason, "closed_at": at, "closed_by": by}
        )
        slots = Slot.objects.offered().filter(hub=hub, service_day=on, starts_at__gt=at)
        _withdraw(slots, Why.DAY, by, at)
        hits = day_hits(hub=hub, on=on, at=at)
        if {each.pk for each in hits} != set(seen_hits):
            raise HitsChanged(hits)
    return hits


@transaction.atomic
def reopen_day(*, hub: Hub, on: date, by: User, at: datetime) -> Published:
    """Open a closed day again. Effects, in order: note who and when, publish, which brings its slots back."""
    _lock_ahead(_lock_plans(hub=hub), at)
    closed = ClosedDay.objects.filter(hub=hub, on=on, reopened_at__isnull=True)
    if not closed.update(reopened_at=at, reopened_by=by):
        raise NotAllowedNow
    return publish_slots(at=at, hub=hub, by=by)


def publish_slots(
    *,
    at: datetime,
    until: date | None = None,
    hub: Hub | None = None,
    plan: Plan | None = None,
    by: User | None = None,
) -> Published:
    """Bring the slots of the coming days in step with plans, hubs' hours, bank holidays and closed days.

    As far ahead as each plan says, or to the London date `until`. Safe to run at any time and twice: what is
    there already stays as it is, and nothing that is booked is lost. Effects, for each plan, together:
    withdraw slots ahead that should not be, bring back those that should, change desks and notice, seat those
    whose desk is gone, save new ones; tell those who have their time again; offer new ones to the waiting
    list.
    """
    plans = Plan.objects.filter(pk=plan.pk) if plan else Plan.objects.all()
    done = Published()
    chosen = plans.filter(hub=hub) if hub else plans
    for pk in list(chosen.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            # What decides is read behind the lock: a day that is closed meanwhile stays closed.
            (each,) = _lock_plans(pk=pk)
            _publish(each, _schedule(each, at), until, by, at, done)
    return done


@transaction.atomic
def follow_hours(*, at: datetime) -> list[Booking]:
    """Publish at once what hubs' hours have become; return the bookings that lose their time by it, in order.

    Those that had lost theirs before are not among them. Effects: as `publish_slots`, for all plans together.
    """
    _lock_ahead(_lock_plans(), at)
    lost = Booking.objects.for_list().without_a_time(at)
    before = list(lost.values_list("pk", flat=True))
    publish_slots(at=at)
    return list(lost.exclude(pk__in=before).order_by("slot__starts_at", "desk"))


def _publish(
    plan: Plan, schedule: Schedule | None, until: date | None, by: User | None, at: datetime, done: Published
) -> None:
    # Locked before closed days are read, in the order of their ids, as everybody locks slots.
    ahead = Slot.objects.select_for_update(no_key=True).filter(plan=plan, starts_at__gt=at).order_by("pk")
    there = {slot.starts_at: slot for slot in ahead}
    closed = frozenset(
        ClosedDay.objects.filter(hub=plan.hub_id, reopened_at__isnull=True).values_list("on", flat=True)
    )
    wanted = {each.starts_at: each for each in _wanted(plan, at, closed, schedule, until)}
    done.none_because = "" if wanted else _why_none(plan, closed, until, at)
    stale = [slot for start, slot in there.items() if start not in wanted and not slot.is_withdrawn]
    for why in Why:
        of_why = [slot.pk for slot in stale if _why(plan, slot, closed) == why]
        done.withdrawn += _withdraw(Slot.objects.filter(pk__in=of_why), why, by, at)
    back = [slot.pk for start, slot in there.items() if start in wanted and slot.is_withdrawn]
    done.restored += Slot.objects.filter(pk__in=back).update(
        withdrawn_at=None, withdrawn_by=None, withdrawn_because=""
    )
    _reshape(plan, [(there[start], each) for start, each in wanted.items() if start in there], at)
    seat_again(at=at, plan=plan)
    done.given_back += _give_times_back(plan, back, by, at)
    new = [_slot(plan, each) for start, each in wanted.items() if start not in there]
    Slot.objects.bulk_create(new, batch_size=100)
    done.made += len(new)
    done.hit += Booking.objects.for_list().without_a_time(at).filter(slot__plan=plan)
    if new or back:
        _offer_new(plan, at)


def _refuse_overlap(plan: Plan, at: datetime, before: Window | None = None) -> None:
    """Refuse a plan with hours that another of its hub has, today or later. Raises `PlansOverlap`.

    Each plan numbers its desks from 1, so two with the same hours would give desk 1 out twice, whatever
    topics they are for. What was planned for days that have passed hinders nothing, nor do hours that both
    have had since `before`: such a plan must be able to end.
    """
    today = service_day(at)
    others = Plan.objects.current(today).filter(hub=plan.hub_id, weekday=plan.weekday).exclude(pk=plan.pk)
    for other in others.select_related("hub"):
        met_before = before is not None and before.meets(other.window, since=today)
        if plan.window.meets(other.window, since=today) and not met_before:
            raise PlansOverlap(other)


def _lock_plans(**which: object) -> list[Plan]:
    """Let nobody else publish from these plans until this transaction ends; return them as they are then."""
    locked = Plan.objects.select_for_update(of=("self",), no_key=True).filter(**which)
    return list(locked.select_related("hub").order_by("pk"))


def _lock_ahead(plans: list[Plan], at: datetime) -> None:
    """Let nobody else book, hold or cancel ahead in these plans until this transaction ends.

    All slots at once, in the order of their ids as everybody locks them: plan after plan would not be. Then
    what is held in them, since that becomes a booking without the slot.
    """
    ahead = Slot.objects.select_for_update(no_key=True).filter(plan__in=plans, starts_at__gt=at)
    pks = list(ahead.order_by("pk").values_list("pk", flat=True))
    held = Hold.objects.live().select_for_update(no_key=True).filter(slot__in=pks)
    list(held.order_by("pk").values_list("pk", flat=True))


def _schedule(plan: Plan, at: datetime) -> Schedule | None:
    """Return the hours of a plan's hub, None where it is no longer listed."""
    return next((each.schedule for each in listed_hubs(at, slug=plan.hub.slug)), None)


def _wanted(
    plan: Plan,
    at: datetime,
    closed_to_all: frozenset[date],
    schedule: Schedule | None,
    until: date | None = None,
) -> list[Stretch]:
    """Return the slots ahead that a plan should have."""
    if schedule is None:
        return []
    first, last = _published_days(plan, until, at)
    days = schedule.days(first, (last - first).days + 1)
    return [
        each
        for day in days
        if day.on not in closed_to_all and not plan.hub.is_retired(day.on)
        for each in stretches(plan.window, day)
        if each.starts_at > at
    ]


def _published_days(plan: Plan, until: date | None, at: datetime) -> tuple[date, date]:
    """Return the first and the last London date on which a plan has slots at the moment `at`."""
    today = service_day(at)
    return today, until or today + timedelta(days=plan.days_ahead)


def _why_none(plan: Plan, closed: frozenset[date], until: date | None, at: datetime) -> str:
    today, last = _published_days(plan, until, at)
    # Of today what was planned may have passed.
    days = (today + timedelta(days=ahead) for ahead in range(1, (last - today).days + 1))
    planned = [on for on in days if plan.window.holds_on(on)]
    if not planned:
        return Why.PLAN
    return Why.DAY if closed.issuperset(planned) else Why.HOURS


def _why(plan: Plan, slot: Slot, closed: frozenset[date]) -> str:
    if slot.service_day in closed:
        return Why.DAY
    return Why.HOURS if plan.window.holds_on(slot.service_day) else Why.PLAN


def _withdraw(slots: Any, why: str, by: User | None, at: datetime) -> int:
    locked = slots.offered().select_for_update(no_key=True).order_by("pk")
    found = list(locked)
    pks = [slot.pk for slot in found]
    Slot.objects.filter(pk__in=pks).update(withdrawn_at=at, withdrawn_by=by, withdrawn_because=why)
    for slot in found:
        if Hold.objects.live().filter(slot=slot).exists():
            end_holds(slot, Hold.objects.all(), Hold.End.WITHDRAWN, at)
    return len(pks)


def _give_times_back(plan: Plan, back: list[int], by: User | None, at: datetime) -> list[Booking]:
    """Let those keep their time whose slot is back, or whose desk is, and return them."""
    stand = Booking.objects.for_page().with_their_time(at).filter(slot__plan=plan)
    again = stand.with_last_told().filter(Q(slot__in=back) | Q(last_told__in=TOLD_OTHERWISE))
    bookings: list[Booking] = list(again.order_by("slot__starts_at", "pk"))
    for booking in bookings:
        give_time_back(booking=booking, by=by, at=at)
    return bookings


def _reshape(plan: Plan, pairs: list[tuple[Slot, Stretch]], at: datetime) -> None:
    """Give slots that stay the plan's length, notice and number of desks; desks that are booked stay."""
    for slot, stretch in pairs:
        until = _book_until(plan, stretch)
        shape = {"ends_at": stretch.ends_at, "minutes": plan.minutes, "book_until": until}
        if any(getattr(slot, name) != value for name, value in shape.items()):
            Slot.objects.filter(pk=slot.pk).update(**shape)
        if slot.capacity != plan.desks:
            end_holds(slot, Hold.objects.filter(desk__gt=plan.desks), Hold.End.WITHDRAWN, at)
            same = Slot.objects.filter(pk=slot.pk)
            if not same.filter(booked__lte=plan.desks).update(capacity=plan.desks):
                same.update(capacity=F("booked"))


def _slot(plan: Plan, stretch: Stretch) -> Slot:
    return Slot(
        hub_id=plan.hub_id,
        plan=plan,
        starts_at=stretch.starts_at,
        ends_at=stretch.ends_at,
        service_day=service_day(stretch.starts_at),
        minutes=plan.minutes,
        book_until=_book_until(plan, stretch),
        capacity=plan.desks,
    )


def _book_until(plan: Plan, stretch: Stretch) -> datetime:
    return stretch.starts_at - timedelta(minutes=plan.notice_minutes)


def _offer_new(plan: Plan, at: datetime) -> None:
    """Offer what has room to those who wait, the soonest first, until nobody is left whom it suits."""
    rows = Slot.objects.bookable(at).filter(plan=plan, booked__lt=F("capacity")).order_by("starts_at", "pk")
    waits = plan.hub.wishes.waiting(service_day(at))
    if not waits.exists():
        return
    for slot in rows.filter(Q(service_day__lte=waits.latest("to_on").to_on)):
        while offer_freed_slot(slot=slot, at=at).offered_to is not None:
            slot.refresh_from_db()


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"not facts about a plan: {sorted(unknown)}")
    return facts
