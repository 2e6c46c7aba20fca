"""`python -m bench search`: the newest 25 enquiries with given words, among millions.

Six kinds of question: a common word, a rare one, both, a surname, a reference, and a word that is nowhere.
What counts is the time in the database: each statement of the desk's own search is run again by itself.
"""

from __future__ import annotations

import io
import itertools
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.made_up_enquiries import (
    COMMON,
    COMMONEST,
    NAMES,
    SEED,
    made_up_enquiries,
    made_up_reference,
    rare_words,
    surnames,
    vocabulary,
)
from bench.ratios import Aim, percentile
from bench.site import prepared_site
from bench.tables import print_table

ASKED_OF_EACH, RUNS = 40, 4
MOST_MILLISECONDS = {"sqlite": 1.0, "postgresql": 40.0}
A_BATCH = 50_000
SHOWN = 25


def measure_search(*, rows: int, postgres: bool) -> list[Aim]:
    """Fill a database in a temporary folder, ask, print the table; returns the aim. Raises BenchBroken."""
    with prepared_site(postgres=postgres, history=False) as site:
        os.environ |= site.env | {"DJANGO_SETTINGS_MODULE": "hubportal.settings"}
        import django

        django.setup()
        from django.db import connection

        try:
            _fill(connection, rows)
            times = {kind: _times(connection, texts) for kind, texts in questions(rows).items()}
        finally:
            connection.close()
    print()
    print_table(
        [
            f"Newest {SHOWN} of {rows:,} ({connection.vendor}), database time",
            "median ms",
            "p95 ms",
            "slowest ms",
        ],
        [
            [
                kind,
                *(f"{figure:.2f}" for figure in (percentile(each, 0.5), percentile(each, 0.95), max(each))),
            ]
            for kind, each in times.items()
        ],
    )
    worst = max(times, key=lambda kind: percentile(times[kind], 0.5))
    name = f"search, worst of {len(times)} kinds: {worst} ({connection.vendor})"
    return [Aim(name, percentile(times[worst], 0.5), MOST_MILLISECONDS[connection.vendor], unit=" ms")]


def questions(rows: int) -> dict[str, list[str]]:
    """Return what is asked, by kind: the same in every run."""
    draw = random.Random(SEED + 1)
    common, rare, names = vocabulary()[COMMONEST:COMMON], rare_words(), surnames()[: NAMES // 10]

    def some(choices: list[str]) -> list[str]:
        return draw.choices(choices, k=ASKED_OF_EACH)

    return {
        "common word": some(common),
        "rare word": some(rare),
        "common and rare": [" ".join(pair) for pair in zip(some(common), some(rare), strict=True)],
        "surname": some(names),
        "reference": [made_up_reference(draw.randrange(rows)) for _ in range(ASKED_OF_EACH)],
        "no hit": [f"{word}nowhere" for word in some(rare)],
    }


def _times(connection: Any, texts: list[str]) -> list[float]:
    """Return milliseconds in the database for each text.

    The shortest of a few runs, since a busy machine makes some longer; the first finds the caches cold.
    """
    found = {text: _statements(connection, text) for text in texts}
    return [min(_run(connection, found[text]) for _ in range(RUNS)) for text in texts]


def _statements(connection: Any, text: str) -> list[tuple[str, Any]]:
    from enquiries.models import Enquiry

    asked = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        list(Enquiry.objects.search(text).for_desk()[:SHOWN])
    return asked


def _run(connection: Any, statements: list[tuple[str, Any]]) -> float:
    began = time.perf_counter_ns()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
    return (time.perf_counter_ns() - began) / 1e6


def _fill(connection: Any, rows: int) -> None:
    began = time.monotonic()
    index = "enquiries_enquiry_words"
    _execute(connection, *(line.format(index=index) for line in _BEFORE[connection.vendor]))
    lines = _lines(rows)
    for done in range(A_BATCH, rows + A_BATCH, A_BATCH):
        _add(connection, list(itertools.islice(lines, A_BATCH)))
        if done % (A_BATCH * 10) == 0 or done >= rows:
            print(f"{min(done, rows):>10,} enquiries, {time.monotonic() - began:.0f} s", flush=True)
    _execute(connection, *(line.format(index=index) for line in _AFTER[connection.vendor]))
    print(f"{'':>10} indexed, {time.monotonic() - began:.0f} s", flush=True)
    connection.close()  # with what was set only for filling it


def _lines(rows: int) -> Iterator[tuple[Any, ...]]:
    """Yield the values of `_COLUMNS`: closed phone calls, seconds apart, at every hub, about every topic."""
    from accounts.models import User
    from enquiries.londontime import month_number
    from enquiries.models import Outcome
    from hubs.models import Hub, Topic

    hubs, topics = (list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in (Hub, Topic))
    officer, outcome = User.objects.earliest("pk").pk, Outcome.objects.earliest("pk").pk
    for number, made in enumerate(made_up_enquiries(rows)):
        at = FIRST + timedelta(seconds=20 * number)
        where = (hubs[number % len(hubs)], topics[number % len(topics)])
        who_and_when = (at.isoformat(" "), month_number(at), officer, at.isoformat(" "), officer, outcome)
        what = (made.reference, made.reference, "phone", "", "", "", "closed", made.search_text, "", False)
        yield what + where + who_and_when


def _add(connection: Any, lines: list[tuple[Any, ...]]) -> None:
    names = ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "".join("\t".join(map(str, line)) + "\n" for line in lines)
            cursor.copy_expert(f"COPY enquiries_enquiry ({names}) FROM STDIN", io.StringIO(text))
            return
        cursor.execute("BEGIN")
        # The driver's own method: Django's would build a statement for each row for its query log.
        places = ", ".join("?" * len(_COLUMNS))
        cursor.cursor.executemany(f"INSERT INTO enquiries_enquiry ({names}) VALUES ({places})", lines)
        cursor.execute("COMMIT")


def _execute(connection: Any, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


FIRST = datetime(2023, 3, 1, tzinfo=UTC)
_COLUMNS = (
    *("reference", "private_key", "channel", "words", "language", "reply_by", "status", "search_text"),
    *("agreed", "first_contact", "hub_id", "topic_id", "opened_at", "month", "opened_by_id"),
    *("closed_at", "closed_by_id", "outcome_id"),
)
# Words are indexed at the end and all at once, as after a restore; one by one would take an hour.
_BEFORE = {
    "sqlite": ("PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000", "DROP TRIGGER {index}_insert"),
    "postgresql": (
        *("SET statement_timeout = 0", "SET maintenance_work_mem = '512MB'"),
        "DROP INDEX {index}",
    ),
}
_AFTER = {
    "sqlite": ("INSERT INTO {index} ({index}) VALUES ('rebuild')", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": (
        "CREATE INDEX {index} ON enquiries_enquiry USING gin (search_words)",
        "ANALYZE enquiries_enquiry",
    ),
}
