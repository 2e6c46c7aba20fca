"""One database of made-up enquiries, and what reports on it cost; `bench.reports` runs one process each.

python -m bench.report_database ENQUIRIES ROUNDS        with DATABASE_URL set; prints one line of JSON
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

AT = datetime.now(tz=UTC)
"""The running month is today's; the 59 before it get signed off."""


def main(enquiries: int, rounds: int) -> dict[str, Any]:
    """Fill the database of DATABASE_URL, measure, and return the figures: milliseconds, a list each."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import User
    from bench.report_export import first_rows, signed_in
    from bench.report_rows import MONTHS, fill
    from bench.report_walk_ins import walk_in_figures
    from hubportal.demo.accounts import load_accounts
    from reports.actions import sign_off
    from reports.months import Month

    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_hubs", verbosity=0)
    call_command("load_desk", verbosity=0)
    load_accounts(password=secrets.token_hex())
    by = User.objects.get(username="manager")
    running = Month.of(AT)
    fill(enquiries, running, by.pk)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
        else:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("RESET statement_timeout")
    started = time.monotonic()
    for back in range(1, MONTHS):
        sign_off(month=running.plus(-back), by=by, at=AT)
    figures: dict[str, Any] = {"sign off": [1000 * (time.monotonic() - started) / (MONTHS - 1)]}
    months = f"{running.plus(1 - MONTHS)}/{running}"
    figures |= _measure(running, rounds)
    browser = signed_in()
    figures["first rows"] = [first_rows(browser, months) for _ in range(rounds)]
    return figures | walk_in_figures(months)


def _measure(running: Any, rounds: int) -> dict[str, list[float]]:
    from django.db import connection

    from bench.report_rows import MONTHS
    from bench.report_sql import statements
    from bench.working_time import working_clock
    from reports.counting import FULL, TREND, Signed, Statement, count_months
    from reports.measures import CAUSES
    from reports.report import TREND_MONTHS, report
    from reports.rows import Scope, _cut
    from reports.tally import AXES, TOPIC

    signed = Signed.read()
    sent = _statements_sent(lambda: count_months([running], Scope(), FULL, signed=signed, at=AT, axes=AXES))
    moment = connection.ops.adapt_datetimefield_value(_cut(AT))
    by_hand = statements(connection.vendor, running.number, moment)
    before = running.plus(-1)
    sixty = [running.plus(-back) for back in range(MONTHS)]
    by_topic, topics = (Statement((CAUSES,)),), {CAUSES.name: (TOPIC,)}
    trend = [before.plus(-back) for back in range(TREND_MONTHS)]
    subjects: dict[str, Callable[[], object]] = {
        "ours": lambda: [_fetched(*each) for each in sent],
        "by hand": lambda: [_fetched(*each) for each in by_hand],
        "running month": lambda: report(running, running, at=AT),
        "signed-off month": lambda: report(before, before, at=AT),
        "topics by month": lambda: count_months(sixty, Scope(), by_topic, signed=signed, at=AT, axes=topics),
        "trend": lambda: count_months(trend, Scope(), TREND, signed=signed, at=AT),
        "all months": lambda: report(running.plus(-59), running, at=AT),
    }
    assert len(sent) == len(by_hand)
    clock = working_clock()
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            # Timed the second time: what the subject before it threw out of the caches says nothing of this.
            subject()
            began = clock()
            subject()
            found[name].append(1000 * (clock() - began))
    return found


def _statements_sent(work: Callable[[], object]) -> list[tuple[str, Any]]:
    from django.db import connection

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return sent


def _fetched(sql: str, values: Any) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return len(cursor.fetchall())


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
