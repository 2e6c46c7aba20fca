"""Takes all enquiries of 60 months out as CSV, again and again, until its input ends.

Runs as a process of its own beside desks that log walk-ins (`python -m bench.report_export 2021-12 2026-11`),
with DATABASE_URL set. Says "begun" once the first rows have left.
"""

from __future__ import annotations

import select
import sys
import time
from typing import Any

ASKED = {"personal": "no", "format": "csv"}


def signed_in() -> Any:
    """Return a browser in which the demo's manager is signed in."""
    from django.test import Client

    from accounts.models import User

    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(username="manager"))
    return browser


def export(browser: Any, months: str) -> Any:
    """Ask for the enquiries of some months, "first/last"; returns the response, to be read piece by piece."""
    response = browser.post(f"/staff/reports/{months}/rows/export/?measure=enquiries", ASKED)
    assert response.status_code == 200, response.status_code
    return response


def first_rows(browser: Any, months: str) -> float:
    """Return the milliseconds from asking until the first rows have left, the heading before them."""
    began = time.perf_counter()
    pieces = iter(export(browser, months))
    heading, rows = next(pieces), next(pieces)
    assert heading
    assert rows.count(b"\r\n") > 1
    return 1000 * (time.perf_counter() - began)


def main(months: str) -> None:
    """Export until standard input has something to say or ends."""
    import django

    django.setup()
    browser = signed_in()
    begun = False
    while True:
        for number, _piece in enumerate(export(browser, months)):
            if number and not begun:
                print("begun", flush=True)
                begun = True
            if select.select([sys.stdin], [], [], 0)[0]:
                return


if __name__ == "__main__":
    main("/".join(sys.argv[1:]))
