"""A Town Hall that sees people by appointment: a plan, its slots, and bookings in them."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from appointments import actions
from appointments.models import Booking, Hold, Plan, Slot, Wish
from hubs import bank_holidays
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import clock
from tests.enquiries.conftest import outcomes, signed_in
from tests.enquiries.racing import desk_server, shared_database

from .racing import SLOTS

__all__ = ["clock", "desk_server", "outcomes", "shared_database", "signed_in"]
"""Fixtures of the enquiries' tests."""

TUESDAY = date(2026, 11, 24)
"""The day of the plan's first slots: the day after `MONDAY_NOON`."""

PHONE = "07700 900123"


@pytest.fixture
def plan(hubs, topics, people) -> Plan:
    """Tuesdays 10:00 to 12:00 at the Town Hall: four slots with two desks each, four weeks ahead."""
    made, _ = actions.save_plan(
        hub=hubs["town-hall"],
        weekday=1,
        starts=time(10),
        ends=time(12),
        minutes=30,
        desks=2,
        days_ahead=28,
        notice_minutes=120,
        starts_on=date(2026, 11, 1),
        by=people["manager"],
        at=MONDAY_NOON,
    )
    return made


@pytest.fixture
def slots(plan) -> list[Slot]:
    """The slots of the first Tuesday, in order."""
    return list(Slot.objects.filter(service_day=TUESDAY).order_by("starts_at"))


@pytest.fixture
def coming_slots(hubs, topics, people) -> list[Slot]:
    """Slots of one and of three desks, on a day ahead of the real clock."""
    now = datetime.now(UTC)
    ahead = ((now + timedelta(days=days)).date() for days in range(3, 14))
    # The hub keeps to the working week; one of these days is none of the bank holidays either.
    on = next(day for day in ahead if day.weekday() < 5 and bank_holidays.name_on(day) is None)
    made = []
    for desks, hour in ((1, 9), (3, 13)):
        plan, _ = actions.save_plan(
            hub=hubs["town-hall"],
            weekday=on.weekday(),
            starts=time(hour),
            ends=time(hour + 4),
            minutes=20,
            desks=desks,
            days_ahead=14,
            starts_on=date(2026, 1, 1),
            by=people["manager"],
            at=now,
        )
        made += Slot.objects.filter(plan=plan, service_day=on)[: SLOTS // 2]
    return made


@pytest.fixture
def book(slots, topics):
    """Book the first slot for somebody new, with whatever a test wants otherwise; returns the booking."""
    seen = iter(range(10_000))

    def booked(*, at: datetime = MONDAY_NOON, **facts) -> Booking:
        values = {
            "token": uuid.uuid4(),
            "slot": slots[0],
            "topic": topics["housing"],
            "language": "en",
            "by": None,
            "at": at,
            "name": "Amber Example",
        }
        if "resident" not in facts:
            values["phone"] = f"07700 9{next(seen):05d}"
        else:
            del values["name"]
        values |= facts
        if values["by"] is None and not Booking.objects.filter(token=values["token"]).exists():
            about = {name: values[name] for name in ("slot", "topic", "at")}
            actions.hold_slot(key=values["token"], **about)
        return actions.book(**values).booking

    return booked


def counters_hold() -> bool:
    """Whether every slot's counter is the number of its live bookings and holds, and within its desks."""
    live = Counter(Booking.objects.live().values_list("slot", flat=True))
    live.update(Hold.objects.live().values_list("slot", flat=True))
    counted = Slot.objects.values_list("pk", "booked", "capacity")
    return all(booked == live[slot] and booked <= capacity for slot, booked, capacity in counted)


@pytest.fixture
def desk(client, people, hubs, clock, slots):
    """The Town Hall's officer, a few minutes after the first appointments of the Tuesday have begun."""
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()
    clock.move_to(slots[0].starts_at + timedelta(minutes=5))
    client.force_login(people["desk"])
    return client


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """What is done inside is told after it, as after a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def close(hubs, people, at_once):
    """Close a day, the first Tuesday where a test says no other; returns whom it hit."""

    def closed(on=TUESDAY, at=MONDAY_NOON) -> list[Booking]:
        hits = actions.day_hits(hub=hubs["town-hall"], on=on, at=at)
        about = {"hub": hubs["town-hall"], "on": on, "by": people["manager"], "at": at}
        with at_once():
            return actions.close_day(**about, seen_hits={each.pk for each in hits})

    return closed


@pytest.fixture
def offer(people, at_once):
    """Offer another time for a booking; returns the hold."""

    def offered(booking, at=MONDAY_NOON) -> Hold:
        with at_once():
            return actions.offer_another(booking=booking, by=people["manager"], at=at)

    return offered


@pytest.fixture
def reopen(hubs, people, at_once):
    """Open the first Tuesday again; returns what that did."""

    def reopened(at=MONDAY_NOON):
        with at_once():
            return actions.reopen_day(hub=hubs["town-hall"], on=TUESDAY, by=people["manager"], at=at)

    return reopened


@pytest.fixture
def join(hubs, topics, plan):
    """Join the Town Hall's waiting list with a new number, or whatever a test wants; returns the wish."""
    seen = iter(range(10_000))

    def joined(**facts) -> Wish:
        values = {
            "token": uuid.uuid4(),
            "hub": hubs["town-hall"],
            "topic": topics["housing"],
            "from_on": TUESDAY,
            "to_on": TUESDAY + timedelta(days=6),
            "language": "en",
            "by": None,
            "at": MONDAY_NOON,
            "name": "Amber Example",
            "phone": f"07700 8{next(seen):05d}",
        }
        return actions.join_waiting_list(**(values | facts))[0]

    return joined


@pytest.fixture
def full(book, slots):
    """The first Tuesday with every desk booked; its bookings in order."""
    return [book(slot=slot) for slot in slots for _ in range(2)]


def statuses() -> list[str]:
    """How it stands with everybody on the waiting list, in the order in which they joined."""
    return list(Wish.objects.order_by("pk").values_list("status", flat=True))
