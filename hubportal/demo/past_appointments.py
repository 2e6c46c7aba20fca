"""The bookings behind the demo's past appointments, and those that nobody came for.

Rows are written as `appointments.actions` would have left them, many at once; nobody is written to. A day on
which anything was booked already, in the demo or by hand, is left alone.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F

from accounts.models import User
from appointments.models import Booking, BookingEvent, Plan, Slot
from appointments.slot_times import Stretch, Window, stretches
from enquiries.londontime import month_number, service_day
from enquiries.models import Enquiry, Resident, Visit
from hubs.directory import listed_hubs
from hubs.models import Hub, TopicOffer
from hubs.opening import LONDON, Day, Period

from .appointments import booking_token, plan_appointments
from .lives import private_key, reference, visit_token
from .seats import MINUTES, booked_at, seat_of
from .sheets import Driver, Sheet

Status, Kind, Channel = Booking.Status, BookingEvent.Kind, Booking.Channel

_MISSED, _CANCELLED = 0.13, 0.11
"""For each who came: how many did not, and how many said so before."""
_CHANNELS = (*(Channel.ONLINE,) * 3, Channel.DESK, Channel.PHONE)
_NUMBERED_FROM, _A_HUB, _A_DAY = 50_000, 4_000, 100
"""References of a month: those below are its enquiries', then each hub has some, and each day of it."""
_LATE = timedelta(minutes=2)
_LONGEST_AGO = timedelta(days=30)
"""Nothing is booked longer ahead, so whoever was known by then can have booked."""


@dataclass(frozen=True, slots=True)
class _Came:
    """An arrival of the history, with what the booking shares with it."""

    visit: int
    arrived_at: datetime
    start: datetime
    booked_at: datetime
    enquiry: int
    topic: int
    resident: int
    language: str
    words: str
    closed_at: datetime | None


@transaction.atomic
def load_past_appointments(*, at: datetime) -> int:
    """Make the bookings of every day before today that has arrivals with a seat; return how many.

    Effects, in order: plans saved where nothing is planned; slots, bookings and their events added. Again
    adds nothing.
    """
    plan_appointments(at=at)
    made = 0
    for place, hub in enumerate(Hub.objects.filter(plans__isnull=False).distinct()):
        arrivals = _arrivals(hub, service_day(at))
        diary = _PastDiary(hub, place)
        for day in _days_of(hub, arrivals):
            made += diary.keep(day, arrivals[day.on])
        diary.finish()
    return made


def _days_of(hub: Hub, dates: Iterable[date]) -> Iterator[Day]:
    """Yield days of a hub with its hours then, by the rules that held in their months."""
    by_month: dict[date, list[date]] = defaultdict(list)
    for on in sorted(dates):
        by_month[on.replace(day=1)].append(on)
    for first, ons in by_month.items():
        (listed,) = listed_hubs(datetime.combine(first, time(12), LONDON), slug=hub.slug)
        yield from (day for day in listed.schedule.days(first, 31) if day.on in ons)


def _arrivals(hub: Hub, today: date) -> dict[date, list[_Came]]:
    """Return the history's arrivals with a seat at a hub, by London date, where nothing is booked yet."""
    booked = set(Booking.objects.filter(hub=hub).values_list("service_day", flat=True))
    visits = Visit.objects.filter(
        hub=hub,
        kind=Visit.Kind.APPOINTMENT,
        service_day__lt=today,
        token__range=(visit_token(0, 0), visit_token(999999, 10**12 - 1)),
        expected_at__isnull=False,
    )
    in_order = visits.select_related("resident").order_by("arrived_at", "pk")
    came = [(each, each.resident) for each in in_order if each.resident and each.service_day not in booked]
    # By their ids: PostgreSQL has not counted these rows yet and would join them as if there were none.
    theirs = Enquiry.objects.filter(visit__in=[visit.pk for visit, _ in came]).order_by("-pk")
    first_of = {each.visit_id: each for each in theirs}
    found: dict[date, list[_Came]] = defaultdict(list)
    for visit, resident in came:
        first, start = first_of[visit.pk], seat_of(visit.arrived_at)
        known_at = max(booked_at(visit.token, start), resident.created_at)
        found[visit.service_day].append(
            _Came(
                visit=visit.pk,
                arrived_at=visit.arrived_at,
                start=start,
                booked_at=min(known_at, visit.arrived_at),
                enquiry=first.pk,
                topic=first.topic_id,
                resident=resident.pk,
                language=first.language,
                words=first.words,
                closed_at=first.closed_at,
            )
        )
    return found


class _PastDiary:
    """The bookings of one hub's past days, on their way into the database."""

    def __init__(self, hub: Hub, place: int) -> None:
        self.hub, self.place = hub, place
        self.by = User.objects.get(username=f"desk.{hub.slug}").pk
        self.plans = list(Plan.objects.filter(hub=hub, retired_on__isnull=True).order_by("pk"))
        self.there = {each.starts_at: each for each in Slot.objects.filter(hub=hub)}
        self.topics = list(
            TopicOffer.objects.filter(hub=hub).order_by("topic__position").values_list("topic", flat=True)
        )
        known = Resident.objects.filter(merged_into__isnull=True, anonymised_at__isnull=True)
        self.known = list(known.order_by("created_at", "pk").values_list("created_at", "pk", "language"))
        self.numbers: Counter[date] = Counter()
        driver = Driver()
        self._slot = Sheet(
            driver, Slot, "hub_id", "plan_id", "starts_at", "ends_at", "service_day", "minutes", "book_until",
            "capacity", "booked",
        )  # fmt: skip
        self._booking = Sheet(
            driver, Booking, "reference", "private_key", "token", "hub_id", "slot_id", "desk", "topic_id",
            "resident_id", "language", "words", "channel", "booked_at", "booked_by_id", "service_day",
            "month", "lead_days", "status", "late_at", "late_by_id", "arrived_at", "arrived_by_id",
            "visit_id", "enquiry_id", "finished_at", "finished_by_id", "missed_at", "missed_by_id",
            "cancelled_at", "cancelled_by_id",
        )  # fmt: skip
        self._event = Sheet(driver, BookingEvent, "booking_id", "kind", "slot_id", "at", "by_id")

    def keep(self, day: Day, came: list[_Came]) -> int:
        """Make the slots of a day and the bookings of who came, and of some who did not; return how many."""
        rng = random.Random(f"{self.hub.slug} {day.on} past")  # noqa: S311
        free = {start: desks for start, desks in self._desks(day).items() if desks}
        lives: list[tuple[datetime, _Came | str]] = []
        taken: Counter[datetime] = Counter()
        for each in came:
            if taken[each.start] < free.get(each.start, 0):
                lives.append((each.start, each))
                taken[each.start] += 1
        lives += self._nobody_came(free, taken, len(lives), rng)
        slots = self._slots(day, taken)
        desks: Counter[datetime] = Counter()
        made = 0
        for start, life in sorted(lives, key=lambda each: each[0]):
            desks[start] += life != Status.CANCELLED
            made += self._write(day.on, slots[start], max(desks[start], 1), start, life, rng)
        return made

    def _nobody_came(
        self, free: dict[datetime, int], taken: Counter[datetime], came: int, rng: random.Random
    ) -> Iterator[tuple[datetime, str]]:
        """Yield missed and cancelled appointments of a day; a missed one takes a desk."""
        missed, cancelled = (
            sum(rng.random() < share for _ in range(came)) for share in (_MISSED, _CANCELLED)
        )
        if not self.known or not free or self.known[0][0] > min(free) - _LONGEST_AGO:
            return
        for _ in range(missed):
            if left := [start for start, desks in free.items() if taken[start] < desks]:
                start = rng.choice(left)
                taken[start] += 1
                yield start, Status.MISSED
        for _ in range(cancelled):
            yield rng.choice(list(free)), Status.CANCELLED

    def finish(self) -> None:
        """Write what is left."""
        for sheet in (self._slot, self._booking, self._event):
            sheet.finish()

    def _stretches(self, day: Day) -> Iterator[tuple[Plan, Stretch]]:
        for plan in self.plans:
            window = Window(plan.weekday, Period(plan.starts, plan.ends), plan.minutes, day.on)
            for stretch in stretches(window, day):
                yield plan, stretch

    def _desks(self, day: Day) -> dict[datetime, int]:
        """Return how many desks are free at each time of a day."""
        found = {}
        for plan, stretch in self._stretches(day):
            slot = self.there.get(stretch.starts_at)
            found[stretch.starts_at] = plan.desks if slot is None else 0 if slot.is_withdrawn else slot.free
        return found

    def _slots(self, day: Day, taken: Counter[datetime]) -> dict[datetime, int]:
        """Count who takes a desk at each time of a day, in slots of their own where there are none yet."""
        found = {}
        for plan, stretch in self._stretches(day):
            start, booked = stretch.starts_at, taken[stretch.starts_at]
            if slot := self.there.get(start):
                found[start] = slot.pk
                Slot.objects.filter(pk=slot.pk).update(booked=F("booked") + booked)
            else:
                found[start] = self._slot.add(
                    self.hub.pk, plan.pk, start, stretch.ends_at, day.on, plan.minutes,
                    start - timedelta(minutes=plan.notice_minutes), plan.desks, booked,
                )  # fmt: skip
        return found

    def _write(
        self, on: date, slot: int, desk: int, start: datetime, life: _Came | str, rng: random.Random
    ) -> int:
        month = month_number(start)
        self.numbers[on] += 1
        number = _NUMBERED_FROM + self.place * _A_HUB + on.day * _A_DAY + self.numbers[on]
        token = booking_token(on, number)
        came = life if isinstance(life, _Came) else None
        made_at = came.booked_at if came else booked_at(token, start)
        london = made_at.astimezone(LONDON)
        at_work = london.weekday() < 5 and 9 <= london.hour < 17
        channel = rng.choice(_CHANNELS) if at_work else Channel.ONLINE
        by, booked_by = self.by, None if channel == Channel.ONLINE else self.by
        if came is not None:
            topic, who = came.topic, (came.resident, came.language)
        else:
            topic = rng.choice(self.topics)
            known = self.known[: max(1, bisect_left(self.known, made_at, key=lambda each: each[0]))]
            _, *who = rng.choice(known)  # type: ignore[assignment]
        steps: list[tuple[str, datetime, int | None]] = [(Kind.BOOKED, made_at, booked_by)]
        late = came is not None and came.arrived_at - start >= _LATE
        if late:
            steps.append((Kind.LATE, start + timedelta(minutes=1), by))
        if came is not None:
            ends_at = max(start, came.arrived_at) + timedelta(minutes=rng.randrange(10, 25))
            if came.closed_at and came.closed_at < start + timedelta(hours=1):
                ends_at = came.closed_at
            steps += [(Kind.ARRIVED, came.arrived_at, by), (Kind.FINISHED, ends_at, by)]
        elif life == Status.MISSED:
            steps.append((Kind.MISSED, start + timedelta(minutes=MINUTES), by))
        else:
            steps.append((Kind.CANCELLED, made_at + (start - made_at) * rng.uniform(0.1, 0.9), booked_by))
        when = {kind: (moment, who_did) for kind, moment, who_did in steps}
        of = [value for kind in (Kind.LATE, Kind.ARRIVED) for value in when.get(kind, (None, None))]
        of += [came.visit, came.enquiry] if came else [None, None]
        of += [
            value
            for kind in (Kind.FINISHED, Kind.MISSED, Kind.CANCELLED)
            for value in when.get(kind, (None, None))
        ]
        name = reference(month, number)
        pk = self._booking.add(
            name, private_key(month, number, name), token, self.hub.pk, slot, desk, topic,
            *who, came.words if came else "", channel, made_at, booked_by, on, month,
            (on - service_day(made_at)).days, Status.FINISHED if came else life, *of,
        )  # fmt: skip
        for kind, moment, who_did in steps:
            self._event.add(pk, kind, slot, moment, who_did)
        return 1
