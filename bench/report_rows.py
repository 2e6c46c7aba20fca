"""Made-up visits, enquiries, referrals and answers over 60 months, in any number, for reports to count.

The same number makes the same rows. Words and names are left out: no report reads them.
"""

from __future__ import annotations

import random
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

MONTHS = 60
IN_PERSON, PHONE = 0.85, 0.93
"""Shares of enquiries, added up: in person, by phone, and the rest online."""
REFERRED, CLOSED = 0.4, 0.97
"""Shares of enquiries, added up: with or through a service, closed at the desk, and the rest open."""
CALLED = 0.7
RESIDENTS = 5_000
BAR = 40


def fill(enquiries: int, last: Any, by: int) -> None:
    """Write `enquiries` enquiries, spread evenly over the 60 months that end with the month `last`.

    `by` is the id of the officer who did everything. Shows a bar on standard error.
    """
    from hubportal.demo.sheets import Driver

    driver = Driver()
    writer = _Writer(driver, by)
    started = time.monotonic()
    done = 0
    for number in range(MONTHS):
        month = last.plus(number + 1 - MONTHS)
        share = enquiries * (number + 1) // MONTHS - enquiries * number // MONTHS
        writer.write(month, share)
        done += share
        _bar(done, enquiries, time.monotonic() - started)
    print(file=sys.stderr)


def _bar(done: int, whole: int, seconds: float) -> None:
    filled = BAR * done // whole
    bar = "#" * filled + "." * (BAR - filled)
    print(
        f"\r[{bar}] {done:>9,} of {whole:,} enquiries, {seconds:.0f} s", end="", file=sys.stderr, flush=True
    )


class _Writer:
    def __init__(self, driver: Any, by: int) -> None:
        from enquiries.models import Cause, Enquiry, Feedback, Outcome, Referral, Resident, Visit
        from hubportal.demo.sheets import Sheet
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
        self.visits = Sheet(
            driver, Visit, "token", "hub_id", "kind", "hub_access", "arrived_at", "service_day", "month",
            "hour_of_week", "logged_at", "logged_by_id", "ticket_number", "called_at", "called_by_id",
        )  # fmt: skip
        self.enquiries = Sheet(
            driver, Enquiry, "reference", "private_key", "token", "visit_id", "hub_id", "channel", "topic_id",
            "resident_id", "language", "status", "outcome_id", "cause_id", "first_contact", "opened_at",
            "opened_by_id", "month", "closed_at", "closed_by_id",
        )  # fmt: skip
        self.referrals = Sheet(
            driver, Referral, "enquiry_id", "service_id", "status", "answers", "consent_wording",
            "consented_at", "due_on", "sent_at", "month", "sent_by_id", "accepted_at", "accepted_by_id",
            "had_all", "finished_at", "finished_by_id", "outcome_id", "sentence",
        )  # fmt: skip
        self.answers = Sheet(driver, Feedback, "enquiry_id", "answer", "given_at", "month")
        self.number = 0

    def write(self, month: Any, enquiries: int) -> None:
        # One transaction: rows are written before those that they refer to, which is checked at its end.
        with transaction.atomic():
            for at in sorted(_moments(self.choose, month, enquiries)):
                self._story(at, month.number)
            for sheet in (self.visits, self.enquiries, self.referrals, self.answers):
                sheet.finish()

    def _story(self, at: datetime, month: int) -> None:
        self.number += 1
        draw = self.choose.random
        way = draw()
        hub = self.choose.choice(self.hubs) if way < PHONE else None
        visit = self._visit(at, month, hub) if way < IN_PERSON else None
        channel = "in_person" if visit else "phone" if way < PHONE else "online"
        ending = draw()
        finished = ending < REFERRED * 0.8
        closed = REFERRED <= ending < CLOSED
        resolved = closed and draw() < 0.6
        outcome = (
            self.resolved if resolved or finished else self.choose.choice(self.others) if closed else None
        )
        ends = finished or closed
        cause = self.choose.choice(self.causes) if draw() < 0.15 else None
        enquiry = self.enquiries.add(
            f"{self.number:09d}", f"k{self.number:012d}", uuid.UUID(int=self.number) if hub is None else None,
            visit, hub, channel, self.topics[int(len(self.topics) * draw() ** 2)],
            self.choose.choice(self.residents) if draw() < 0.2 else None,
            self.choose.choice(("en", "en", "en", "bn", "syl", "so", "")),
            "closed" if ends else "referred" if ending < REFERRED else "open", outcome, cause,
            bool(closed and resolved), at, self.by if hub else None, month, at if ends else None,
            self.by if ends else None,
        )  # fmt: skip
        if ending < REFERRED:
            self._referral(enquiry, at, month, finished)
        if draw() < 0.05:
            self.answers.add(enquiry, self.choose.choice(("yes", "yes", "partly", "no")), at, month)

    def _visit(self, at: datetime, month: int, hub: int | None) -> int:
        from enquiries.londontime import hour_of_week, service_day

        wait = timedelta(minutes=self.choose.expovariate(0.12))
        called = at + wait if self.choose.random() < CALLED else None
        return self.visits.add(
            uuid.UUID(int=self.number), hub, "walk_in", "walk_in", at, service_day(at), month,
            hour_of_week(at), at, self.by, self.number, called, self.by if called else None,
        )  # fmt: skip

    def _referral(self, enquiry: int, at: datetime, month: int, finished: bool) -> None:
        ended = at + timedelta(days=self.choose.randint(1, 14)) if finished else None
        self.referrals.add(
            enquiry, self.choose.choice(self.services), "finished" if finished else "accepted", [],
            "I agree.", at, at.date(), at, month, self.by, at, self.by, self.choose.random() < 0.87, ended,
            self.by if ended else None, self.resolved if ended else None, "Done." if ended else "",
        )  # fmt: skip


def _residents(model: Any, by: int) -> list[int]:
    made = datetime(2020, 1, 1, tzinfo=UTC)
    rows = model.objects.bulk_create(
        model(name=f"Resident {number}", created_at=made, created_by_id=by) for number in range(RESIDENTS)
    )
    return [row.pk for row in rows]


def _moments(choose: random.Random, month: Any, number: int) -> Iterator[datetime]:
    """Yield moments of a month between 09:00 and 17:00 UTC."""
    days = (month.ends_at - month.starts_at).days
    first = datetime(month.year, month.month, 1, 9, tzinfo=UTC)
    for _ in range(number):
        yield first + timedelta(days=choose.randrange(days), seconds=choose.randrange(8 * 3600))
