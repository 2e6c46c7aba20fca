"""A number for each request, given back to whoever asked, and a log line where something is to be seen."""

from __future__ import annotations

import logging
import re
import secrets
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
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
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
                _log(request, response, seconds)
        finally:
            request_id.reset(mark)
        response.headers[HEADER] = number
        return response


def _place(request: HttpRequest, response: HttpResponse) -> str:
    route = route_of(request)
    if route == UNKNOWN_ADDRESS and response.status_code < 400:
        return FROM_MEMORY
    return route


def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    facts = {
        "method": request.method,
        "route": _place(request, response),
        "status": response.status_code,
        "milliseconds": round(seconds * 1000),
    }
    level = logging.ERROR if response.status_code >= 500 else logging.INFO
    _logger.log(level, "%(method)s %(route)s %(status)s %(milliseconds)s ms", facts, extra=facts)
