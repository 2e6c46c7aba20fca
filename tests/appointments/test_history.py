"""A long history of booking, moving and cancelling by many at once, whose workers are killed meanwhile."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from appointments import actions
from appointments.models import Booking, Slot
from tests.amounts import FULL
from tests.appointments.history import CLIENTS_A_WORKER, faults, work

OPERATIONS, WORKERS, KILLS = (3_000, 8, 25) if FULL else (160, 2, 2)
assert not FULL or WORKERS * CLIENTS_A_WORKER == 24


@pytest.fixture
def twenty_slots(hubs, topics, people) -> list[Slot]:
    """Twenty slots of one to three desks, some days ahead of the real clock."""
    now = datetime.now(UTC)
    for weekday, desks in enumerate((1, 2, 3, 2, 1)):
        actions.save_plan(
            hub=hubs["town-hall"],
            weekday=weekday,
            starts=clock_time(10),
            ends=clock_time(12),
            minutes=30,
            desks=desks,
            days_ahead=14,
            notice_minutes=0,
            starts_on=date(2026, 1, 1),
            by=people["manager"],
            at=now + timedelta(days=7),
        )
    kept = Slot.objects.order_by("starts_at")[:20].values_list("pk", flat=True)
    Slot.objects.exclude(pk__in=list(kept)).delete()
    return list(Slot.objects.all())


@pytest.fixture
def workers_database(twenty_slots, shared_database) -> dict[str, str]:
    """The environment in which another process meets the test's database."""
    values = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{values['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**values)
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}


@pytest.mark.django_db(transaction=True)
def test_a_history_with_kills_loses_and_oversells_nothing(workers_database, tmp_path):
    journals = [tmp_path / f"{number}.jsonl" for number in range(WORKERS)]

    def start(number: int) -> subprocess.Popen[bytes]:
        words = [str(number), str(WORKERS), str(OPERATIONS // WORKERS), str(journals[number])]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.appointments.history", *words],
            cwd=settings.BASE_DIR,
            env=workers_database,
            stderr=subprocess.PIPE,
        )

    running = {number: start(number) for number in range(WORKERS)}
    rng = random.Random(7)
    for _ in range(KILLS):
        before = _written(journals)
        until = time.monotonic() + 30
        while _written(journals) < before + 8 and time.monotonic() < until:
            time.sleep(0.02)
        number = rng.choice(sorted(running))
        running[number].kill()
        running[number].wait()
        running[number].stderr.close()
        running[number] = start(number)
    said = {number: process.communicate()[1].decode() for number, process in running.items()}

    assert {number: process.returncode for number, process in running.items()} == dict.fromkeys(running, 0), (
        said
    )
    assert faults(journals) == []
    assert _written(journals) > OPERATIONS / 3


@pytest.mark.django_db(transaction=True)
def test_the_faults_that_it_looks_for_would_be_found(twenty_slots, topics, people, tmp_path):
    """The negative control: each invariant broken once, with the constraints out of the way."""
    journal = tmp_path / "1.jsonl"
    # Each turn its own number, which its chances follow from: some end with everything cancelled.
    for turn in range(1, 21):
        work(turn, 10, journal)
        if Booking.objects.filter(status="booked").exists():
            break
    assert faults([journal]) == []
    booking = Booking.objects.filter(status="booked").first()
    with journal.open("a") as lines:
        lines.write('{"did": "booked", "reference": "LOST"}\n')
        lines.write(f'{{"did": "cancelled", "reference": "{booking.reference}"}}\n')
    full = booking.slot
    for desk in range(10, 10 + full.capacity):
        copy = Booking.objects.get(pk=booking.pk)
        copy.pk, copy.desk, copy.token = None, desk, uuid.uuid4()
        copy.reference, copy.private_key = f"COPY{desk:05d}", str(desk)
        copy.save(force_insert=True)

    found = "\n".join(faults([journal]))
    assert "LOST: acknowledged as booked, and lost" in found
    assert "cancelled, and alive" in found
    assert "the counter says" in found
    assert f"of {full.capacity} desks" in found


def _written(journals: list[Path]) -> int:
    return sum(each.read_bytes().count(b"\n") for each in journals if each.exists())
