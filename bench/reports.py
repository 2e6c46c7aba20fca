"""What monthly reports cost with few and with many enquiries, on SQLite or PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.ratios import Aim, percentile, ratio_by_round, spread
from bench.tables import BenchBroken, print_table
from script.steps import clean_environment
from script.throwaway_postgres import PostgresBroken, PostgresMissing, ThrowawayPostgres

SIZES = (100_000, 1_000_000, 5_000_000)
"""Enquiries over 60 months."""
MOST_TIMES_BY_HAND = 1.5
MOST_TIMES_FEW = 1.2
HELPDESK_SECONDS = 5.1
"""django-helpdesk's report by queue and month over 100,000 tickets, measured for the issue. Ours is by topic
and month, over the 60 months that all of them are in."""
TIMES_FASTER = 300
MOST_MS_TO_FIRST_ROWS = 1000
MOST_TIMES_ALONE = 2
MOST_MS_WALK_IN = 500
SHOWN = (
    *("ours", "by hand", "running month", "signed-off month", "trend", "topics by month"),
    *("all months", "sign off", "first rows", "walk-in alone", "walk-in beside", "walk-in beside, clock"),
)


def measure_reports(*, sizes: Sequence[int], rounds: int, postgres: bool) -> list[Aim]:
    """Fill a database for each size, measure each; returns the aims. Raises BenchBroken."""
    engine = "PostgreSQL" if postgres else "SQLite"
    found: dict[int, dict[str, list[float]]] = {}
    for size in sizes:
        with _database(postgres) as url:
            found[size] = _in_a_process(url, size, rounds)
    print()
    print_table(
        [f"Milliseconds on {engine}", *(f"{size:,}" for size in sizes)],
        [[name, *(f"{median(found[size][name]):.1f}" for size in sizes)] for name in SHOWN],
    )
    return [aim for size in sizes for aim in _aims_of(size, found[size])] + _flat(found)


def _aims_of(size: int, figures: dict[str, list[float]]) -> Iterator[Aim]:
    ratio = ratio_by_round(figures["ours"], figures["by hand"]).median
    yield Aim(f"running month, {size:,}: database time", ratio, MOST_TIMES_BY_HAND, unit=" x by hand")
    if size == SIZES[0]:
        faster = 1000 * HELPDESK_SECONDS / median(figures["topics by month"])
        yield Aim("against django-helpdesk's 5.1 s", faster, TIMES_FASTER, at_least=True, unit=" x faster")
    first = median(figures["first rows"])
    yield Aim(f"60 months as CSV, {size:,}: first rows", first, MOST_MS_TO_FIRST_ROWS, unit=" ms")
    alone, beside = (median(figures[name]) for name in ("walk-in alone", "walk-in beside"))
    yield Aim(f"walk-in during an export, {size:,}: CPU", beside / alone, MOST_TIMES_ALONE, unit=" x alone")
    slow = percentile(figures["walk-in beside, clock"], 0.99)
    yield Aim(f"walk-in during an export, {size:,}: p99", slow, MOST_MS_WALK_IN, unit=" ms")


def _flat(found: dict[int, dict[str, list[float]]]) -> list[Aim]:
    few, *more = found
    return [
        Aim(
            f"{name}, {size:,}",
            spread(found[size][name]).median / spread(found[few][name]).median,
            MOST_TIMES_FEW,
            unit=f" x {few:,}",
        )
        for size in more
        for name in ("signed-off month", "trend")
    ]


def _in_a_process(url: str, size: int, rounds: int) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "bench.report_database", str(size), str(rounds)]
    environment = clean_environment() | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "hubportal.settings",
    }
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise BenchBroken(f"the database with {size:,} enquiries ended with exit code {done.returncode}")
    return json.loads(done.stdout)


@contextmanager
def _database(postgres: bool) -> Iterator[str]:
    with ExitStack() as stack:
        if not postgres:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubs-bench-")))
            yield f"sqlite:///{folder / 'reports.sqlite3'}"
            return
        try:
            url = stack.enter_context(ThrowawayPostgres()).url
        except (PostgresMissing, PostgresBroken) as failure:
            raise BenchBroken(f"PostgreSQL: {failure}") from failure
        yield url
