"""Other desks for those whose own their plan has no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from appointments.models import Booking, Hold, Plan, Slot
from appointments.quiet_hours import TO_ANSWER, not_before


def seat_again(*, at: datetime, **slots: object) -> list[Booking]:
    """Give those whose desk their plan has no more another that is free in the same slot; return them.

    `slots` says in which slots of one plan; the caller has locked them. Whoever was told not to come, and
    would learn of it less than `TO_ANSWER` before, is left with what they were told.
    Effects: set the desk. Nobody is told: whether they knew of it is the caller's to say.
    """
    chosen = Slot.objects.filter(**slots)
    beyond = Booking.objects.for_page().beyond_the_desks(at).filter(slot__in=chosen)
    by_slot = list(
        beyond.filter(slot__withdrawn_at__isnull=True)
        .exclude_told_otherwise(slot__starts_at__lt=not_before(at) + TO_ANSWER)
        .order_by("slot", "desk")
    )
    if not by_slot:
        return []
    found = desks_below(by_slot[0].slot.plan.desks, by_slot, _taken(chosen))
    seated = [each for each in by_slot if each.pk in found]
    for booking in seated:
        booking.desk = found[booking.pk]
        Booking.objects.filter(pk=booking.pk).update(desk=booking.desk)
    return seated


def seats_with(desks: int, *, plan: Plan, at: datetime) -> dict[int, int]:
    """Return which desk those would get whose own is gone once a plan has only so many, by their ids.

    Nothing is changed. Who finds none is not among them.
    """
    ahead = Slot.objects.offered().filter(plan=plan, starts_at__gt=at)
    beyond = Booking.objects.ahead(at).filter(slot__in=ahead, desk__gt=desks).order_by("slot", "desk")
    return desks_below(desks, list(beyond), _taken(ahead))


def desks_below(desks: int, beyond: Iterable[Booking], taken: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the lowest free desk for each booking beyond the first `desks`, by its id.

    Who finds none is not among them. `taken` are desks as pairs of slot and number. Who comes first in
    `beyond` is seated first.
    """
    used = defaultdict(set)
    for slot, desk in taken:
        used[slot].add(desk)
    found = {}
    for booking in beyond:
        there = used[booking.slot_id]
        free = next((desk for desk in range(1, desks + 1) if desk not in there), None)
        if free is not None:
            there.add(free)
            found[booking.pk] = free
    return found


def _taken(slots: QuerySet[Slot]) -> list[tuple[int, int]]:
    # Holds first: one that becomes a booking meanwhile is then seen twice, never not at all.
    held = list(Hold.objects.live().filter(slot__in=slots).values_list("slot", "desk"))
    return [*held, *Booking.objects.live().filter(slot__in=slots).values_list("slot", "desk")]
