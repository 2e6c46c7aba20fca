"""Residents who book, move and cancel at random for a while, and what must hold whatever happened to them.

Run as a program it is one of several workers on one database, to be killed at any moment:

    python -m tests.appointments.history <worker> <workers> <operations> <journal>

Each line of the journal is one operation that was acknowledged: written, and on disk, after its commit.
"""

from __future__ import annotations

import json
import os
import random
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

from django.db.models import F

from appointments import actions
from appointments.errors import NotAllowedNow, SlotTaken, TooManyBookings
from appointments.models import Booking, Hold, Slot
from hubs.models import Topic

CLIENTS_A_WORKER = 3


def work(worker: int, operations: int, journal: Path) -> None:
    """Do random operations for some residents, and write down each that was acknowledged."""
    rng = random.Random(f"{worker} {os.getpid()}")
    topic = Topic.objects.get(slug="housing")
    slots = list(Slot.objects.offered())
    with journal.open("a") as lines:
        for number in range(operations):
            client = rng.randrange(CLIENTS_A_WORKER)
            done = _operate(rng, topic, slots, f"Client {worker}-{client}-{os.getpid()}-{number}", worker)
            if done:
                lines.write(json.dumps(done) + "\n")
                lines.flush()
                os.fsync(lines.fileno())


def _operate(
    rng: random.Random, topic: Topic, slots: list[Slot], name: str, worker: int
) -> dict[str, object] | None:
    at = datetime.now(UTC)
    slot = rng.choice(slots)
    # Every worker moves and cancels anybody's bookings, so that they meet.
    pks = list(Booking.objects.filter(status="booked").order_by("?").values_list("pk", flat=True)[:1])
    what = rng.choices(("book", "hold", "move", "cancel"), (4, 1, 3, 3))[0]
    try:
        if what == "hold":
            # Over at once, so that whoever needs the desk next gives it back.
            actions.hold_slot(slot=slot, topic=topic, at=at - timedelta(minutes=10))
            return None
        if what == "book" or not pks:
            key = uuid.uuid4()
            if rng.random() < 0.5:
                actions.hold_slot(slot=slot, topic=topic, at=at, key=key)
                facts = {"by": None}
            else:
                facts = {"by": slot.plan.changed_by, "channel": "phone"}
            booked = actions.book(
                token=key, slot=slot, topic=topic, language="en", at=at, name=name, **facts
            ).booking
            return {"did": "booked", "reference": booked.reference}
        booking = Booking.objects.select_related("slot", "topic").get(pk=pks[0])
        if what == "cancel":
            actions.cancel(booking=booking, by=None, at=at)
            return {"did": "cancelled", "reference": booking.reference}
        actions.move(booking=booking, slot=slot, by=None, at=at)
    except (SlotTaken, TooManyBookings, NotAllowedNow):
        return None
    return {"did": "moved", "reference": booking.reference}


def faults(journals: list[Path]) -> list[str]:
    """Return everything that is wrong after all workers have ended."""
    acknowledged = [json.loads(line) for each in journals if each.exists() for line in _whole_lines(each)]
    return [*_wrong_counters(), *_wrong_rows(), *_lost(acknowledged)]


def _wrong_counters() -> Iterator[str]:
    for slot in Slot.objects.all():
        live = slot.bookings.live().count() + slot.holds.live().count()
        if slot.booked != live:
            yield f"{slot}: the counter says {slot.booked}, and {live} bookings and holds are live"
        if live > slot.capacity:
            yield f"{slot}: {live} live of {slot.capacity} desks"


def _wrong_rows() -> Iterator[str]:
    for booking in Booking.objects.exclude(service_day=F("slot__service_day")):
        yield f"{booking}: its day is not its slot's"
    for booking in Booking.objects.filter(status="cancelled").exclude(events__kind="cancelled"):
        yield f"{booking}: cancelled without an event"
    if Hold.objects.filter(end="used").count() != Booking.objects.filter(channel="online").count():
        yield "not every hold that was used became a booking"


def _lost(acknowledged: list[dict[str, str]]) -> Iterator[str]:
    statuses = dict(Booking.objects.values_list("reference", "status"))
    for each in acknowledged:
        if each["reference"] not in statuses:
            yield f"{each['reference']}: acknowledged as {each['did']}, and lost"
        elif each["did"] == "cancelled" and statuses[each["reference"]] != "cancelled":
            yield f"{each['reference']}: cancelled, and alive"


def _whole_lines(journal: Path) -> list[str]:
    # The last line of a worker that was killed may be cut short: it was not acknowledged.
    return journal.read_text().split("\n")[:-1]


if __name__ == "__main__":
    number, _workers, operations, journal = sys.argv[1:]
    work(int(number), int(operations), Path(journal))
