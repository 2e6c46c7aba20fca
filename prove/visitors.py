"""Visitors of the running portal: they fill in its real forms over HTTP, and try again when told to."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

SECRET = "a" * 32
"""A CSRF secret: the same in cookie and form is what Django asks for."""
GIVE_UP_SECONDS = 300
_AGAIN_SECONDS = 0.05
_ANSWER_SECONDS = 120
"""Both far longer than any answer takes: nothing may fail because the machine is busy."""
NO_ANSWER = "none"


@dataclass
class Census:
    """What came back: how often each status, and the forms that were acknowledged, each with its answer."""

    statuses: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, str] = field(default_factory=dict)
    given_up: int = 0
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def faults(self) -> int:
        """Return how many answers were faults of the portal: any 5xx but 502 and 503."""
        return sum(
            n for status, n in self.statuses.items() if status[0] == "5" and status not in ("502", "503")
        )


class Visitor:
    """A browser that keeps one connection; `ports` are those of the nodes it may ask, tried in turn."""

    def __init__(self, ports: Sequence[int], *, cookies: str = "", keep_alive: bool = True) -> None:
        self._ports = list(ports)
        random.shuffle(self._ports)
        self._cookies = f"csrftoken={SECRET}" + (f"; {cookies}" if cookies else "")
        self._keep_alive = keep_alive
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[str, str]:
        """Ask for a page once; return status (NO_ANSWER when there is none) and body."""
        status, _, body = self._ask("GET", path, None)
        return status, body

    def post(self, path: str, form: dict[str, str], *, json: bool = False) -> tuple[str, str]:
        """Send a form once; return status and where it leads, or the body when `json` is wanted."""
        body = urlencode({"csrfmiddlewaretoken": SECRET} | form)
        status, location, text = self._ask("POST", path, body, json=json)
        return status, text if json else location

    def post_for_page(self, path: str, form: dict[str, str]) -> tuple[str, str]:
        """Send a form once; return status and the page that it was answered with."""
        status, _, body = self._ask("POST", path, urlencode({"csrfmiddlewaretoken": SECRET} | form))
        return status, body

    def post_until_acknowledged(
        self, path: str, form: dict[str, str], census: Census, name: str, *, json: bool = False
    ) -> None:
        """Send a form again and again, as somebody would who wants it to arrive; note every answer."""
        until = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < until:
            started = time.monotonic()
            status, answer = self.post(path, form, json=json)
            with census.lock:
                census.statuses[status] += 1
                census.slowest = max(census.slowest, time.monotonic() - started)
                if status == ("200" if json else "302"):
                    census.acknowledged[name] = answer
                    return
            if status not in (NO_ANSWER, "502", "503"):
                break
            time.sleep(_AGAIN_SECONDS)
        with census.lock:
            census.given_up += 1

    def _ask(self, method: str, path: str, body: str | None, *, json: bool = False) -> tuple[str, str, str]:
        headers = {"Cookie": self._cookies, "Accept": "application/json" if json else "text/html"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if not self._keep_alive:
            headers["Connection"] = "close"
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    "127.0.0.1", self._ports[0], timeout=_ANSWER_SECONDS
                )
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")
            if answer.will_close or not self._keep_alive:
                self.leave()
            return str(answer.status), answer.headers.get("Location", ""), text
        except (OSError, http.client.HTTPException):
            self.leave()
            self._ports.append(self._ports.pop(0))
            return NO_ANSWER, "", ""

    def leave(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def crowd(visitors: int, work: Iterable[Callable[[], None]]) -> None:
    """Do every piece of work, so many at the same time; raises the first error."""
    with ThreadPoolExecutor(visitors) as pool:
        for done in [pool.submit(each) for each in work]:
            done.result()
