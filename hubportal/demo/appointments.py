"""The demo's appointments: plans for the hubs that see people by appointment only, and people who booked.

All of it goes through `appointments.actions`, as it would in life; nobody is written to about it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.test.utils import override_settings

from accounts.models import User
from appointments import actions
from appointments.errors import SlotTaken
from appointments.models import Booking, Plan, Slot
from enquiries.actions.residents import EDITED
from enquiries.londontime import service_day
from enquiries.models import Outcome, Resident
from hubs.access import Access
from hubs.models import Hub, Topic
from hubs.opening import LONDON

from .people import Person, Words
from .seats import DESKS, MINUTES, WINDOWS, kept_since

SEED = 2026
_BOOKED_SHARE = (0.5, 0.5, 0.4, 0.3, 0.2, 0.15)
"""Of the desks of the first open day, the second, and so on; further ahead all are free."""

_LEAD_DAYS = 9
_MISSED, _LATE = 0.1, 0.22
_CHANNELS = (*(Booking.Channel.ONLINE,) * 3, Booking.Channel.DESK, Booking.Channel.PHONE)


@dataclass(frozen=True)
class AppointmentsLoaded:
    """What loading added."""

    plans: int
    bookings: int


def load_appointments(*, at: datetime, bookings: bool = True, seed: int = SEED) -> AppointmentsLoaded:
    """Plan appointments at hubs that are by appointment only, where nothing is planned, and fill their days.

    Loaded again on a later day it goes on: those whose time has come arrived or missed it, and new days are
    filled. Effects, in order: plans saved, slots published, earlier bookings taken on, new bookings made.
    """
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        # From midnight on, so that the slots of this very morning are there too.
        midnight = datetime.combine(service_day(at), time(0), LONDON)
        plans = plan_appointments(at=at)
        actions.publish_slots(at=midnight)
        made = sum(_Diary(hub, at, seed).fill() for hub in _by_appointment(at)) if bookings else 0
    return AppointmentsLoaded(plans, made)


def plan_appointments(*, at: datetime) -> int:
    """Plan appointments, as of some months ago, where hubs are by appointment only; return how many plans.

    Effects: plans saved at hubs that have none.
    """
    midnight = datetime.combine(service_day(at), time(0), LONDON)
    return sum(_plan(hub, midnight) for hub in _by_appointment(at))


def _by_appointment(at: datetime) -> list[Hub]:
    return [hub for hub in Hub.objects.current(service_day(at)) if hub.access == Access.APPOINTMENT_ONLY]


def _plan(hub: Hub, at: datetime) -> int:
    if Plan.objects.filter(hub=hub).exists():
        return 0
    by = User.objects.get(username="manager")
    for weekday in range(5):
        for starts, ends in WINDOWS:
            actions.save_plan(
                hub=hub,
                weekday=weekday,
                starts=starts,
                ends=ends,
                minutes=MINUTES,
                desks=DESKS,
                days_ahead=42,
                notice_minutes=60,
                starts_on=kept_since(service_day(at)),
                by=by,
                at=at,
            )
    return 5 * len(WINDOWS)


def booking_token(on: date, number: int) -> UUID:
    """Return the form token of a made-up booking of a London date; no form makes such."""
    return UUID(f"de300003-{on:%Y}-8{on.month:03d}-80{on.day:02d}-{number:012d}")


class _Diary:
    """One hub's bookings being made up."""

    def __init__(self, hub: Hub, at: datetime, seed: int) -> None:
        self.hub, self.at, self.seed = hub, at, seed
        self.desk = User.objects.get(username=f"desk.{hub.slug}")
        self.words = Words()
        self.people = self.words.everybody(list(Hub.objects.all()))
        self.topics = list(Topic.objects.filter(offers__hub=hub).order_by("position")[:8])
        self.known = {each.name: each for each in Resident.objects.filter(merged_into__isnull=True)}

    def fill(self) -> int:
        """Take earlier bookings on, book the days ahead that are still empty; return how many were made."""
        slots = Slot.objects.offered().filter(hub=self.hub, service_day__gte=service_day(self.at))
        days = list(slots.order_by("service_day").values_list("service_day", flat=True).distinct())
        taken = set(Booking.objects.filter(hub=self.hub).values_list("service_day", flat=True))
        made = sum(
            self._book_day(day, slots.filter(service_day=day, booked=0).order_by("starts_at"), share)
            for share, day in zip(_BOOKED_SHARE, days, strict=False)
            if day not in taken
        )
        self._go_on()
        return made

    def _book_day(self, day: date, slots: Iterable[Slot], share: float) -> int:
        rng = random.Random(f"{self.seed} {self.hub.slug} {day}")  # noqa: S311
        chosen = [slot for slot in slots for _ in range(slot.capacity) if rng.random() < share]
        people = rng.sample(self.people, len(chosen))
        return sum(
            self._book(slot, person, number, rng)
            for number, (slot, person) in enumerate(zip(chosen, people, strict=True))
        )

    def _book(self, slot: Slot, person: Person, number: int, rng: random.Random) -> int:
        booked_at = min(slot.starts_at, self.at) - timedelta(
            hours=3, minutes=rng.randrange(1440 * _LEAD_DAYS)
        )
        topic = rng.choice(self.topics)
        channel = rng.choice(_CHANNELS)
        online = channel == Booking.Channel.ONLINE
        token = booking_token(slot.service_day, self.hub.pk * 1_000 + number)
        written = "bn" if person.language in ("bn", "syl") else "en"
        about = {name: value for name, value in person.facts.items() if name in EDITED}
        del about["language"], about["needs"]
        resident = self.known.get(person.name)
        try:
            if online:
                actions.hold_slot(slot=slot, topic=topic, key=token, at=booked_at)
            actions.book(
                token=token,
                slot=slot,
                topic=topic,
                language=person.language,
                by=None if online else self.desk,
                at=booked_at,
                channel=channel,
                needs=person.facts["needs"],
                interpreter=person.language not in ("en", "bn", "syl"),
                words=self.words.story(topic.slug, written, "", rng) if rng.random() < 0.7 else "",
                **({"resident": resident} if resident else about),
            )
        except (SlotTaken, actions.bookings.TooManyBookings):
            return 0
        return 1

    def _go_on(self) -> None:
        """Let those whose time has come arrive, or not."""
        begun = Booking.objects.filter(
            hub=self.hub, status=Booking.Status.BOOKED, slot__starts_at__lte=self.at
        )
        resolved = Outcome.objects.filter(group=Outcome.Group.RESOLVED).first()
        for booking in begun.select_related("slot").order_by("slot__starts_at", "desk"):
            rng = random.Random(str(booking.token))  # noqa: S311
            chance, starts_at = rng.random(), booking.slot.starts_at
            if chance < _LATE:
                actions.mark_late(booking=booking, by=self.desk, at=starts_at + timedelta(minutes=6))
            if chance < _MISSED:
                if booking.slot.ends_at <= self.at:
                    actions.miss(booking=booking, by=self.desk, at=booking.slot.ends_at)
                continue
            came_at = starts_at + timedelta(minutes=11 if chance < _LATE else -rng.randrange(2, 12))
            if came_at > self.at:
                continue
            arrived = actions.arrive(booking=booking, by=self.desk, at=came_at)
            if booking.slot.ends_at <= self.at:
                actions.finish(
                    booking=arrived,
                    by=self.desk,
                    at=booking.slot.ends_at,
                    outcome=resolved if rng.random() < 0.6 else None,
                )
