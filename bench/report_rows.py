"""Made-up visits, enquiries, referrals and answers over 60 months, in any number, for reports to count.

The same number makes the same rows. Words and names are left out: no report reads them.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.bulk import Table, unguarded

MONTHS = 60
IN_PERSON, PHONE = 0.85, 0.93
"""Shares of enquiries, added up: in person, by phone, and the rest online."""
REFERRED, CLOSED = 0.4, 0.97
"""Shares of enquiries, added up: with or through a service, closed at the desk, and the rest open."""
CALLED = 0.7
RESIDENTS = 5_000
OPEN_SECONDS, LONGEST_WAIT = 8 * 3600, 6 * 3600
BAR = 40
LANGUAGES = ("en", "en", "en", "bn", "syl", "so", "")

_NINE = 9 * 3600
_CLOCK = [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in range(24 * 3600)]


def fill(enquiries: int, last: Any, by: int) -> None:
    """Write `enquiries` enquiries, spread evenly over the 60 months that end with the month `last`.

    `by` is the id of the officer who did everything. Shows a bar on standard error.
    """
    from django.db import connection

    from enquiries.models import Enquiry, Feedback, Referral, Visit

    started = time.monotonic()
    done = 0
    with unguarded([Visit, Enquiry, Referral, Feedback]):
        writer = _Writer(by)
        for number in range(MONTHS):
            month = last.plus(number + 1 - MONTHS)
            share = enquiries * (number + 1) // MONTHS - enquiries * number // MONTHS
            writer.write(month, share)
            done += share
            _bar(done, enquiries, time.monotonic() - started)
        print("\nIndexes and triggers are made again", file=sys.stderr, flush=True)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # It must know every row, or the trigger of a row that goes would find the index damaged.
            cursor.execute("INSERT INTO enquiries_enquiry_words (enquiries_enquiry_words) VALUES ('rebuild')")
    print(f"Filled in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def _bar(done: int, whole: int, seconds: float) -> None:
    filled = BAR * done // whole
    bar = "#" * filled + "." * (BAR - filled)
    print(
        f"\r[{bar}] {done:>9,} of {whole:,} enquiries, {seconds:.0f} s", end="", file=sys.stderr, flush=True
    )


class _Day:
    """A day of a month, its columns ready; `hours` is the London hour of the week at 00:00 UTC."""

    def __init__(self, on: date) -> None:
        offset = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo("Europe/London")).utcoffset()
        assert offset is not None
        self.text = on.isoformat()
        self.hours = on.weekday() * 24 + offset // timedelta(hours=1)
        self.later = [(on + timedelta(days=days)).isoformat() for days in range(15)]


class _Writer:
    def __init__(self, by: int) -> None:
        from enquiries.models import Cause, Enquiry, Feedback, Outcome, Referral, Resident, Visit
        from hubs.models import Hub, Service, Topic

        self.by = by
        self.choose = random.Random(2023)  # the same rows in every run
        self.hubs, self.topics, self.services, self.causes = (
            list(model.objects.values_list("pk", flat=True)) for model in (Hub, Topic, Service, Cause)
        )
        outcomes = Outcome.objects.values_list("group", "pk")
        self.resolved = next(pk for group, pk in outcomes if group == "resolved")
        self.others = [pk for group, pk in outcomes if group not in ("resolved", "referred")]
        self.residents = _residents(Resident, by)
        self.visits = Table(
            Visit, "token", "hub_id", "kind", "hub_access", "arrived_at", "service_day", "month",
            "hour_of_week", "logged_at", "logged_by_id", "ticket_number", "called_at", "called_by_id",
        )  # fmt: skip
        self.enquiries = Table(
            Enquiry, "reference", "private_key", "token", "visit_id", "hub_id", "channel", "topic_id",
            "resident_id", "language", "status", "outcome_id", "cause_id", "first_contact", "opened_at",
            "opened_by_id", "month", "closed_at", "closed_by_id",
        )  # fmt: skip
        self.referrals = Table(
            Referral, "enquiry_id", "service_id", "status", "answers", "consent_wording",
            "consented_at", "due_on", "sent_at", "month", "sent_by_id", "accepted_at", "accepted_by_id",
            "had_all", "finished_at", "finished_by_id", "outcome_id", "sentence",
        )  # fmt: skip
        self.answers = Table(Feedback, "enquiry_id", "answer", "given_at", "month")
        self.number = 0

    def write(self, month: Any, enquiries: int) -> None:
        """Write the stories of a month, in the order in which they began."""
        days = [_Day(month.first_day + timedelta(days=day)) for day in range(_length(month))]
        below = self.choose.randrange
        moments = sorted((below(len(days)), _NINE + below(OPEN_SECONDS)) for _ in range(enquiries))
        for day, second in moments:
            self._story(days[day], second, month.number)
        for table in (self.visits, self.enquiries, self.referrals, self.answers):
            table.write()

    def _story(self, day: _Day, second: int, month: int) -> None:
        self.number += 1
        draw, pick = self.choose.random, self._pick
        at = f"{day.text} {_CLOCK[second]}"
        way, ending = draw(), draw()
        hub = pick(self.hubs) if way < PHONE else None
        visit = self._visit(day, second, at, month, hub) if way < IN_PERSON else None
        channel = "in_person" if visit else "phone" if way < PHONE else "online"
        finished = ending < REFERRED * 0.8
        closed = REFERRED <= ending < CLOSED
        resolved = closed and draw() < 0.6
        outcome = self.resolved if resolved or finished else pick(self.others) if closed else None
        ends = finished or closed
        enquiry = self.enquiries.add(
            f"{self.number:09d}", f"k{self.number:012d}", f"{self.number:032x}" if hub is None else None,
            visit, hub, channel, self.topics[int(len(self.topics) * draw() ** 2)],
            pick(self.residents) if draw() < 0.2 else None, pick(LANGUAGES),
            "closed" if ends else "referred" if ending < REFERRED else "open", outcome,
            pick(self.causes) if draw() < 0.15 else None, int(resolved), at, self.by if hub else None, month,
            at if ends else None, self.by if ends else None,
        )  # fmt: skip
        if ending < REFERRED:
            self._referral(enquiry, day, second, at, month, finished)
        if draw() < 0.05:
            self.answers.add(enquiry, pick(("yes", "yes", "partly", "no")), at, month)

    def _visit(self, day: _Day, second: int, at: str, month: int, hub: int | None) -> int:
        called = None
        if self.choose.random() < CALLED:
            wait = min(LONGEST_WAIT, int(60 * self.choose.expovariate(0.12)))
            called = f"{day.text} {_CLOCK[second + wait]}"
        return self.visits.add(
            f"{self.number:032x}", hub, "walk_in", "walk_in", at, day.text, month,
            day.hours + second // 3600, at, self.by, self.number, called, self.by if called else None,
        )  # fmt: skip

    def _referral(self, enquiry: int, day: _Day, second: int, at: str, month: int, finished: bool) -> None:
        ended = f"{day.later[1 + int(14 * self.choose.random())]} {_CLOCK[second]}" if finished else None
        self.referrals.add(
            enquiry, self._pick(self.services), "finished" if finished else "accepted", "[]", "I agree.", at,
            day.text, at, month, self.by, at, self.by, int(self.choose.random() < 0.87), ended,
            self.by if ended else None, self.resolved if ended else None, "Done." if ended else "",
        )  # fmt: skip

    def _pick(self, of: Any) -> Any:
        """Return one of them; `random.choice` takes three times as long."""
        return of[int(len(of) * self.choose.random())]


def _length(month: Any) -> int:
    return (month.plus(1).first_day - month.first_day).days


def _residents(model: Any, by: int) -> list[int]:
    made = datetime(2020, 1, 1, tzinfo=UTC)
    rows = model.objects.bulk_create(
        model(name=f"Resident {number}", created_at=made, created_by_id=by) for number in range(RESIDENTS)
    )
    return [row.pk for row in rows]
