"""What logging a walk-in costs while nobody takes anything out of the portal, and while somebody does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

HUB, LOG = "bow", "/staff/visits/log/"
WALK_INS, TURNS = 20, 4
"""Walk-ins in a row, and how often alone and beside an export take turns."""
WARM_UP = 10


def walk_in_figures(months: str) -> dict[str, list[float]]:
    """Return milliseconds of walk-ins: of CPU alone and beside an export, and on the clock beside it."""
    from bench.desk_shift import begin
    from bench.working_time import working_clock

    shift = begin(HUB, WARM_UP + 2 * WALK_INS * TURNS, 0)
    browser, forms = _desk(shift), iter(shift["tokens"])
    clock = working_clock()
    _log(browser, shift, forms, WARM_UP, clock)
    found: dict[str, list[float]] = {"walk-in alone": [], "walk-in beside": [], "walk-in beside, clock": []}
    for _ in range(TURNS):
        found["walk-in alone"] += [cpu for cpu, _ in _log(browser, shift, forms, WALK_INS, clock)]
        with _somebody_exports(months):
            beside = _log(browser, shift, forms, WALK_INS, clock)
        found["walk-in beside"] += [cpu for cpu, _ in beside]
        found["walk-in beside, clock"] += [clock for _, clock in beside]
    return found


def _desk(shift: dict[str, Any]) -> Any:
    from django.test import Client

    browser = Client(SERVER_NAME="localhost")
    browser.cookies = SimpleCookie(shift["cookies"])
    return browser


def _log(
    browser: Any, shift: dict[str, Any], forms: Iterator[str], number: int, working: Callable[[], float]
) -> list[tuple[float, float]]:
    found = []
    for _ in range(number):
        form = f"{shift['by_script']}&token={next(forms)}"
        cpu, clock = working(), time.perf_counter()
        response = browser.post(LOG, form, content_type="application/x-www-form-urlencoded")
        found.append((1000 * (working() - cpu), 1000 * (time.perf_counter() - clock)))
        assert response.status_code == 302, response.status_code
    return found


@contextmanager
def _somebody_exports(months: str) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.report_export", *months.split("/")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        yield
        assert process.poll() is None, "the export ended before the walk-ins did"
        process.stdin.close()
