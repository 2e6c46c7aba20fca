"""A number for each request, given back to whoever asked, and a log line where something is to be seen."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from hubportal import metrics
from hubportal.logs import UNKNOWN_ADDRESS, request_id, route_of

GetResponse = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-ID"
FROM_MEMORY = "(page from memory)"
SLOW_MILLISECONDS = 1000

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_logger = logging.getLogger("hubportal.requests")


def number_for(given: str) -> str:
    """Return the number that a request was given by the proxy, or one of its own."""
    if given and _GIVEN.fullmatch(given):
        return given
    # To be found in a log, not to be kept secret: asking the system for real chance costs five times as much.
    return f"{random.getrandbits(64):016x}"


def notes_requests() -> bool:
    """Whether anybody wants to know of requests that went well: in the log or in the figures."""
    return bool(settings.LOG_REQUESTS or settings.METRICS_TOKEN)


def note_from_memory(method: str, status: int, seconds: float, number: str) -> None:
    """Count and log, where that is wanted, a page that was answered before Django saw the request."""
    if settings.METRICS_TOKEN:
        metrics.note_request(method, FROM_MEMORY, status, seconds)
    if settings.LOG_REQUESTS:
        mark = request_id.set(number)
        _log(method, FROM_MEMORY, status, seconds)
        request_id.reset(mark)


class RequestLogMiddleware:
    """Outermost. Take the request's number from the proxy or make one; log what failed or was slow.

    Every request is logged when `LOG_REQUESTS` is set; the proxy in front writes its own log of all. Lines
    and metrics name the pattern of the address, never the address itself.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._log_all = settings.LOG_REQUESTS
        self._count = bool(settings.METRICS_TOKEN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = number_for(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.request_id = number  # type: ignore[attr-defined]
        mark = request_id.set(number)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            if self._count:
                metrics.note_request(
                    request.method or "", _place(request, response), response.status_code, seconds
                )
            if self._log_all or response.status_code >= 500 or seconds * 1000 >= SLOW_MILLISECONDS:
                _log(request.method, _place(request, response), response.status_code, seconds)
        finally:
            request_id.reset(mark)
        response.headers[HEADER] = number
        return response


def _place(request: HttpRequest, response: HttpResponse) -> str:
    route = route_of(request)
    if route == UNKNOWN_ADDRESS and response.status_code < 400:
        return FROM_MEMORY
    return route


def _log(method: str | None, place: str, status: int, seconds: float) -> None:
    facts = {"method": method, "route": place, "status": status, "milliseconds": round(seconds * 1000)}
    level = logging.ERROR if status >= 500 else logging.INFO
    _logger.log(level, "%(method)s %(route)s %(status)s %(milliseconds)s ms", facts, extra=facts)
