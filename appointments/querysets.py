"""Which times are free, and which appointments somebody may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from enquiries.londontime import service_day
from enquiries.querysets import EVERY_HUB
from hubs.opening import LONDON

CANCELLED = "cancelled"
_SAY_WHEN = ("booked", "moved", "offered", "gone", "given_back")
"""Events after which a resident has another answer to when they are seen."""
TOLD_OTHERWISE = ("offered", "gone")
"""Those of them after which that is not the time of their booking."""
LOST = Q(slot__withdrawn_at__isnull=False) | Q(desk__gt=F("slot__plan__desks"))


@dataclass(frozen=True)
class FreeDay:
    """A London date with something free, and how many appointments can still be made on it."""

    on: date
    places: int


class PlanQuerySet(models.QuerySet[Any]):
    """Plans."""

    def current(self, on: date) -> Self:
        """Plans that have not ended by the London date `on`; they may begin later."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on))

    def for_topic(self, topic: models.Model) -> Self:
        """Plans in which somebody is seen about a topic that the hub helps with: it is named, or none is."""
        chosen = self.model.topics.through.objects.filter(plan=OuterRef("pk"))
        offered = topic.offers.filter(hub=OuterRef("hub"))  # type: ignore[attr-defined]
        return self.filter(Exists(offered)).filter(Exists(chosen.filter(topic=topic)) | ~Exists(chosen))


class SlotQuerySet(models.QuerySet[Any]):
    """Slots."""

    def offered(self) -> Self:
        """Slots that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def bookable(self, at: datetime, *, by_staff: bool = False) -> Self:
        """Slots not withdrawn that can still be booked at the moment `at`; staff may until they begin."""
        near = Q(starts_at__gt=at) if by_staff else Q(book_until__gt=at)
        return self.offered().filter(near)

    def with_room(self, at: datetime) -> Self:
        """Slots with a desk that is free, or whose hold is over; not one beyond the plan's desks."""
        over = self.model.holds.rel.related_model.objects.filter(
            slot=OuterRef("pk"),
            ended_at__isnull=True,
            expires_at__lte=at,
            slot__plan__desks__gte=OuterRef("booked"),
        )
        return self.filter(Q(booked__lt=F("capacity")) | Exists(over))

    def about(self, topic: models.Model) -> Self:
        """Slots in which somebody is seen about a topic."""
        plans = self.model.plan.field.related_model.objects.for_topic(topic)
        return self.filter(plan__in=plans.values("pk"))

    def free(self, topic: models.Model, at: datetime, *, by_staff: bool = False) -> Self:
        """Slots that somebody can book about a topic at the moment `at`, the soonest first."""
        room = self.bookable(at, by_staff=by_staff).with_room(at).about(topic)
        return room.order_by("starts_at", "hub_id", "id")

    def free_days(
        self,
        topic: models.Model,
        at: datetime,
        *,
        by_staff: bool = False,
        hub: models.Model | None = None,
        until: date | None = None,
    ) -> list[FreeDay]:
        """Return the London dates with something free, in order. One query, however many slots."""
        rows = self.free(topic, at, by_staff=by_staff)
        if hub is not None:
            rows = rows.filter(hub=hub)
        if until is not None:
            rows = rows.filter(service_day__lte=until)
        # A full slot whose hold is over counts as one place.
        days = rows.order_by("service_day").values("service_day").annotate(left=_places())
        return [FreeDay(row["service_day"], row["left"]) for row in days]

    def free_times(
        self,
        day: date,
        topic: models.Model,
        at: datetime,
        *,
        by_staff: bool = False,
        hub: models.Model | None = None,
    ) -> list[Any]:
        """Return a slot with room for each time of a London date and hub, with its hub. One query."""
        rows = self.free(topic, at, by_staff=by_staff).filter(service_day=day).select_related("hub")
        if hub is not None:
            rows = rows.filter(hub=hub)
        return list({(slot.starts_at, slot.hub_id): slot for slot in reversed(rows)}.values())[::-1]

    def next_free(
        self,
        topic: models.Model,
        at: datetime,
        *,
        after: datetime | None = None,
        hub: models.Model | int | None = None,
        by_staff: bool = False,
        count: int = 3,
    ) -> Sequence[Any]:
        """Return up to `count` free slots, each at another time, from the moment `after` on.

        `hub` is a row or its id. The slots come with their hubs.

        Where fewer are left after it, the soonest of all come instead.
        """
        rows = self.free(topic, at, by_staff=by_staff).select_related("hub")
        if hub is not None:
            rows = rows.filter(hub=hub)
        found = _each_time(rows.filter(starts_at__gte=after) if after else rows, count)
        return found if len(found) == count or after is None else _each_time(rows, count)


class BookingQuerySet(models.QuerySet[Any]):
    """Bookings."""

    def visible_to(self, user: User) -> Self:
        """Bookings this person may see: a manager all, a desk officer those of the home hub and their own.

        "Their own" are those they made for somebody, such as by phone for another hub: they may move and
        cancel those too. Everybody else: none.
        """
        if user.has_perm(EVERY_HUB):
            return self
        if not user.has_perm("appointments.work_bookings"):
            return self.none()
        seen = Q(booked_by=user.pk)
        if user.home_hub_id:
            seen |= Q(hub=user.home_hub_id)
        return self.filter(seen)

    def at_desk_of(self, user: User) -> Self:
        """Of what they may see, bookings whose day they note: a manager all, an officer the home hub's."""
        if user.has_perm(EVERY_HUB):
            return self
        return self.filter(hub=user.home_hub_id) if user.home_hub_id else self.none()

    def live(self) -> Self:
        """Bookings that keep their desk: all but the cancelled."""
        return self.exclude(status=CANCELLED)

    def ahead(self, at: datetime) -> Self:
        """Bookings whose residents are still expected, and that have not begun at the moment `at`."""
        return self.filter(status="booked", slot__starts_at__gt=at)

    def without_a_time(self, at: datetime) -> Self:
        """Bookings ahead whose slot was withdrawn, or whose desk the plan has no more: they need another."""
        return self.ahead(at).filter(LOST)

    def beyond_the_desks(self, at: datetime) -> Self:
        """Bookings ahead whose desk their plan has no more."""
        return self.ahead(at).filter(desk__gt=F("slot__plan__desks"))

    def with_last_told(self) -> Self:
        """With the kind of the last event that says when they are seen, in `last_told`."""
        events = self.model.events.rel.related_model.objects.filter(booking=OuterRef("pk"))
        last = events.filter(kind__in=_SAY_WHEN).order_by("-pk").values("kind")[:1]
        return self.alias(last_told=Subquery(last))

    def told_it_is_gone(self) -> Self:
        """Bookings of whose residents the last that was told is that no other time is free."""
        return self.with_last_told().filter(last_told="gone")

    def exclude_told_otherwise(self, **those: Any) -> Self:
        """Without those bookings, of whose residents the last that was told is not to come at their time."""
        return self.with_last_told().exclude(last_told__in=TOLD_OTHERWISE, **those)

    def without_an_offer(self) -> Self:
        """Bookings for which no other time is kept."""
        offers = self.model.offers.rel.related_model.objects.live()
        return self.exclude(Exists(offers.filter(booking=OuterRef("pk"))))

    def with_their_time(self, at: datetime) -> Self:
        """Bookings ahead that stand."""
        return self.ahead(at).exclude(LOST)

    def to_come(self, on: date) -> Self:
        """Bookings whose residents are still expected on the London date `on` or later; the soonest first."""
        return self.filter(status="booked", service_day__gte=on).order_by("slot__starts_at", "pk")

    def gone_by(self, on: date) -> Self:
        """All but those still to come on the London date `on`: kept, missed, cancelled; the latest first."""
        return self.exclude(status="booked", service_day__gte=on).order_by("-slot__starts_at", "-pk")

    def of_residents(self, residents: Iterable[models.Model]) -> Self:
        """Bookings of these residents, also those made under a record that was merged into theirs."""
        pks = [each.pk for each in residents]
        records = self.model.resident.field.related_model.objects
        own = records.filter(Q(pk__in=pks) | Q(merged_into__in=pks))
        return self.filter(resident__in=own.values("pk"))

    def under_contact(self, key: str) -> Self:
        """Bookings that take the places of a contact, by its key; the soonest first."""
        return self.filter(places__key=key).order_by("slot__starts_at", "pk")

    def on_day(self, day: date) -> Self:
        """Bookings of a London date in the order of their times."""
        return self.filter(service_day=day).order_by("slot__starts_at", "desk")

    def for_list(self) -> Self:
        """With all that a row of the day's list shows."""
        return self.select_related("slot__plan", "topic", "resident", "visit", "hub", "booked_by")

    def for_page(self) -> Self:
        """With all that the resident's own page shows, in one statement whoever is found."""
        return self.select_related("slot__plan", "hub", "topic", "resident")


class BookingEventQuerySet(models.QuerySet[Any]):
    """Steps in bookings' lives."""

    def came_onto_today(self, hub: models.Model, at: datetime) -> list[int]:
        """Return the ids of all bookings that ever came onto the present London date at a hub.

        Their order only grows: those booked before the day are in the order of their times; whoever was
        booked or moved there on the day itself comes after them, as they came. One query.
        """
        day = service_day(at)
        began_at = datetime.combine(day, time(0), LONDON)
        steps = self.filter(kind__in=("booked", "moved"), slot__service_day=day, slot__hub=hub)
        rows = steps.order_by("pk").values_list("booking", "at", "slot__starts_at")
        before = sorted((row for row in rows if row[1] < began_at), key=lambda row: row[2])
        after = [row for row in rows if row[1] >= began_at]
        return list(dict.fromkeys(row[0] for row in [*before, *after]))


class HoldQuerySet(models.QuerySet[Any]):
    """Desks that are held."""

    def live(self) -> Self:
        """Holds that keep their desk, also those whose time is over and that nobody has given back yet."""
        return self.filter(ended_at__isnull=True)

    def kept(self, at: datetime) -> Self:
        """Live holds whose desk nobody else can have at the moment `at`."""
        return self.live().filter(expires_at__gt=at)

    def about(self, topic: models.Model) -> Self:
        """Holds of slots in which somebody is seen about a topic."""
        slots = self.model.slot.field.related_model.objects.about(topic)  # type: ignore[attr-defined]
        return self.filter(slot__in=slots.values("pk"))

    def over(self, at: datetime) -> Self:
        """Live holds whose desk can be given to somebody else at the moment `at`."""
        return self.live().filter(expires_at__lte=at)


class WishQuerySet(models.QuerySet[Any]):
    """The waiting list."""

    def visible_to(self, user: User) -> Self:
        """Wishes this person may see: a manager all, a desk officer those of the home hub, others none."""
        if user.has_perm(EVERY_HUB):
            return self
        if user.has_perm("appointments.work_bookings") and user.home_hub_id:
            return self.filter(hub=user.home_hub_id)
        return self.none()

    def open_on(self, today: date) -> Self:
        """Those who wait on the London date `today` for a time that can still come, or are offered one."""
        return self.filter(status="offered") | self.waiting(today)

    def waiting(self, today: date) -> Self:
        """Those who wait for a time that can still come on the London date `today`."""
        return self.filter(status="waiting", to_on__gte=today)

    def in_order(self) -> Self:
        """Those to whom nothing was offered yet, as they joined; then those who let an offer pass."""
        return self.order_by(F("offered_at").asc(nulls_first=True), "joined_at", "id")

    def for_list(self) -> Self:
        """With all that a row of the waiting list shows."""
        return self.select_related("topic", "resident", "hold__slot", "booking", "hub")


def _places() -> Any:
    free = F("capacity") - F("booked")
    return Coalesce(Sum(models.Case(models.When(booked__lt=F("capacity"), then=free), default=1)), 0)


def _each_time(rows: Any, count: int) -> list[Any]:
    found: dict[Any, Any] = {}
    # Two plans may give one time twice; a hub has few of them.
    for slot in rows[: count * 4]:
        found.setdefault((slot.starts_at, slot.hub_id), slot)
    return list(found.values())[:count]
