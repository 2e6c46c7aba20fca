"""The postcode look-up with few and with many rows: it must not matter how many postcodes there are."""

from __future__ import annotations

import io
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.made_up_postcodes import made_up_postcodes
from bench.ratios import Aim, Spread, difference, percentile, ratio_by_round, spread
from bench.tables import BenchBroken, print_table
from script.throwaway_postgres import PostgresBroken, PostgresMissing, ThrowawayPostgres

ROWS = {"small": 26_000, "twin": 26_000, "large": 1_800_000}
"""Rows by table: as many as the file we ship has, and about as many as the country has in use."""
ASKED = 3_000
"""Different postcodes asked of each table, the same in every round, so that they are warm after the first."""
MOST_TIMES_SLOWER = 1.2


@dataclass(frozen=True)
class LookUps:
    """Microseconds a look-up, one median a round for each table, and how far the identical tables differ."""

    by_table: dict[str, list[float]]
    slowest: dict[str, float]
    ratio: Spread
    apart: float


def measure_lookup(*, rounds: int, postgres: bool) -> tuple[float, list[Aim]]:
    """Make the three tables, look postcodes up in turn; returns the twins' difference and the aim.

    Raises BenchBroken when PostgreSQL was asked for and is not there.
    """
    with _three_databases(postgres) as urls:
        model = _portal_with(urls)
        for table, rows in ROWS.items():
            started = time.monotonic()
            _fill(model, table, rows, postgres)
            print(f"{rows:>9,} made-up postcodes in {table}: {time.monotonic() - started:.1f} s", flush=True)
        found = _look_up_in_turn(model, rounds)
        _close(ROWS)
    engine = "PostgreSQL" if postgres else "SQLite"
    print()
    print_table(
        [f"Look-up on {engine}", "rows", "median µs (low-high)", "p99 µs"],
        [
            [table, f"{ROWS[table]:,}", f"{spread(medians):.0f}", f"{found.slowest[table]:.0f}"]
            for table, medians in found.by_table.items()
        ],
    )
    print(f"large / small, round by round: {found.ratio:.3f}; two identical tables: {found.apart:.1%} apart")
    name = f"look-up with {ROWS['large']:,} rows ({engine})"
    return found.apart, [Aim(name, found.ratio.median, MOST_TIMES_SLOWER, unit=" x 26,000 rows")]


def _look_up_in_turn(model: Any, rounds: int) -> LookUps:
    choose = random.Random(2023)  # the same postcodes in every run
    asked = {table: choose.sample(list(made_up_postcodes(rows)), ASKED) for table, rows in ROWS.items()}
    medians: dict[str, list[float]] = {table: [] for table in ROWS}
    every: dict[str, list[float]] = {table: [] for table in ROWS}
    for number in range(-1, rounds):
        for table in ROWS:
            times = _times(model, table, asked[table])
            if number >= 0:  # the round before the first warms the caches
                medians[table].append(median(times))
                every[table].extend(times)
    return LookUps(
        medians,
        {table: percentile(times, 0.99) for table, times in every.items()},
        ratio_by_round(medians["large"], medians["small"]),
        difference(medians["small"], medians["twin"]),
    )


def _times(model: Any, table: str, codes: Sequence[str]) -> list[float]:
    times = []
    for code in codes:
        began = time.perf_counter_ns()
        row = model.objects.using(table).filter(pk=code).first()  # as in hubs.finding.answer_for
        times.append((time.perf_counter_ns() - began) / 1000)
        if row is None:
            raise BenchBroken(f"{code} is not in {table}")
    return times


@contextmanager
def _three_databases(postgres: bool) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        if not postgres:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubs-bench-")))
            yield {table: f"sqlite:///{folder / table}.sqlite3" for table in ROWS}
            return
        try:
            url = stack.enter_context(ThrowawayPostgres()).url
        except (PostgresMissing, PostgresBroken) as failure:
            raise BenchBroken(f"PostgreSQL: {failure}") from failure
        _create_databases(url, ROWS)
        yield {table: urlunsplit(urlsplit(url)._replace(path=f"/{table}")) for table in ROWS}


def _create_databases(url: str, names: Iterable[str]) -> None:
    import psycopg2

    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"CREATE DATABASE {name}")
    connection.close()


def _portal_with(urls: dict[str, str]) -> Any:
    import django

    os.environ |= {f"BENCH_{table.upper()}_URL": url for table, url in urls.items()}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "bench.lookup_settings", "DATABASE_URL": urls["small"]}
    django.setup()
    from hubs.models import Postcode

    return Postcode


def _fill(model: Any, table: str, rows: int, postgres: bool) -> None:
    from django.db import connections

    connection = connections[table]
    with connection.schema_editor() as editor:
        editor.create_model(model)
    places = ((530_000 + number % 20_000, 180_000 + number // 200) for number in range(rows))
    lines = (
        (code, easting, northing, 51.5 + northing / 1e7, -easting / 1e7, "E09000030", "", True)
        for code, (easting, northing) in zip(made_up_postcodes(rows), places, strict=True)
    )
    name = model._meta.db_table
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute("SET statement_timeout = 0")  # the portal's limit is for pages
            text = io.StringIO("".join("\t".join(map(str, line)) + "\n" for line in lines))
            cursor.copy_expert(f"COPY {name} FROM STDIN", text)
            cursor.execute(f"ANALYZE {name}")
            cursor.execute("RESET statement_timeout")
        else:
            cursor.execute("BEGIN")
            # The driver's own method: Django's would build 1,800,000 statements for its query log.
            cursor.cursor.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", lines)
            cursor.execute("COMMIT")


def _close(tables: Iterable[str]) -> None:
    from django.db import connections

    for table in tables:
        connections[table].close()
