"""When the database is away for a moment, nobody needs to notice; if it stays away, nothing typed is lost.

A request that may safely be sent twice is tried again until the database is back, for `OUTAGE_WAIT_SECONDS`
from when this process first missed it. After that, and for all other requests, the answer is 503 with
`Retry-After`, and a form that was sent comes back with everything in it (templates/errors/503.html).

For the replica, which only reports and open data need, nobody waits: they are tried once more where it
answers again, and else their threads go on with pages that do not need it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    connections,
)
from django.http import HttpRequest, HttpResponse

from hubportal import metrics

GetResponse = Callable[[HttpRequest], HttpResponse]

FORM_TOKENS = ("token", "stamp")
"""Fields that make a form count once however often it is sent: enquiries.form_tokens and enquiries.stamps."""

_LOOK_AGAIN_SECONDS = 0.1
_SAFE = ("GET", "HEAD", "OPTIONS")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

# Result codes, the last byte of which is the kind: https://www.sqlite.org/rescode.html
_SQLITE_KIND = 0xFF
_SQLITE_FAULT_OF_OURS = 1
_SQLITE_READ_ONLY, _SQLITE_IO_ERROR, _SQLITE_CANNOT_OPEN, _SQLITE_MOVED = 8, 10, 14, 1032
# PostgreSQL, appendix A: our own time-outs, disk full, read-only. Trying again at once is of no use.
_PG_REFUSALS = {"57014", "55P03", "53100", "25006"}


class Outage(Enum):
    """Why the database cannot do what it was asked."""

    AWAY = "away"
    """Not there, or no longer where it was: it may be back in a moment."""
    READ_ONLY = "read only"
    """The connection cannot write; a new one may."""
    REFUSING = "refusing"
    """The disk is full, the file is damaged, a statement took too long."""


def outage_of(error: BaseException | None) -> Outage | None:
    """Return what kind of outage an exception from the database tells of, None for a fault of our own."""
    if isinstance(error, InternalError):
        return Outage.REFUSING if _pg_code(error) in _PG_REFUSALS else None
    if not isinstance(error, OperationalError | InterfaceError) and type(error) is not DatabaseError:
        return None
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    if code is None:
        return Outage.REFUSING if _pg_code(error) in _PG_REFUSALS else Outage.AWAY
    kind = code & _SQLITE_KIND
    if kind == _SQLITE_FAULT_OF_OURS:
        return None
    if kind == _SQLITE_CANNOT_OPEN or code == _SQLITE_MOVED:
        return Outage.AWAY
    return Outage.READ_ONLY if kind in (_SQLITE_READ_ONLY, _SQLITE_IO_ERROR) else Outage.REFUSING


def outage_behind(error: BaseException | None) -> Outage | None:
    """Return the outage that led to an exception, such as a session that could not be saved."""
    while error is not None:
        if outage := outage_of(error):
            return outage
        error = error.__cause__ or error.__context__
    return None


def may_be_sent_twice(request: HttpRequest) -> bool:
    """Whether the same request again changes nothing more: it only reads, or carries its form's token."""
    if request.method in _SAFE:
        return True
    return request.method == "POST" and any(request.POST.get(name) for name in FORM_TOKENS)


class OutageMiddleware:
    """Try a request again that found the database away, if it may be sent twice, until the database is back.

    Around everything that uses the database; error pages say in `response.outage` what went wrong. A full
    disk is not waited for: pages that only read need the threads meanwhile.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # When this process first missed the database; its threads share it. After OUTAGE_WAIT_SECONDS nobody
        # waits any more, so that threads stay free for pages that need no database.
        self._away_since: float | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_form(request):
            request.body  # noqa: B018 - read now, so that it can be read again
        untouched, environ = dict(request.__dict__), dict(request.META)
        response = self.get_response(request)
        outage = getattr(response, "outage", None)
        if outage is None:
            self._note_answer()
            return response
        missed: set[str] = set()
        while self._worth_another_try(outage, request, missed):
            _wash(request, untouched, environ)
            before, response = outage, self.get_response(request)
            outage = getattr(response, "outage", None)
            if outage is None:
                self._away_since = None
                metrics.note_outage("answered")
                return response
            if outage is before is Outage.READ_ONLY:
                break
        metrics.note_outage("refused")
        return response

    def _worth_another_try(self, outage: Outage, request: HttpRequest, missed: set[str]) -> bool:
        """Whether the database that was missed may answer now; it is added to those `missed` before."""
        if outage is Outage.REFUSING:
            return False
        before, now = missed.copy(), _let_go()
        missed |= now
        if not may_be_sent_twice(request):
            return False
        if outage is Outage.READ_ONLY:
            return True
        if DEFAULT_DB_ALIAS in now:
            return self._is_back_in_time()
        return before.isdisjoint(now) and all(_is_back(alias) for alias in now)

    def _is_back_in_time(self) -> bool:
        """Wait for the database; False once it has been away for as long as anybody waits."""
        since = self._away_since = self._away_since or time.monotonic()
        while time.monotonic() < since + settings.OUTAGE_WAIT_SECONDS:
            time.sleep(_LOOK_AGAIN_SECONDS)
            if _is_back(DEFAULT_DB_ALIAS):
                return True
        return False

    def _note_answer(self) -> None:
        # Connections were let go when the database was missed: this thread has one again, so it is back.
        if self._away_since is not None and connections[DEFAULT_DB_ALIAS].connection is not None:
            self._away_since = None


def _is_form(request: HttpRequest) -> bool:
    if request.method != "POST" or request.content_type not in _FORMS:
        return False
    length = request.META.get("CONTENT_LENGTH") or ""
    return length.isdecimal() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _wash(request: HttpRequest, untouched: dict[str, Any], environ: dict[str, Any]) -> None:
    """Make the request again what it was when it came; in place, since those further out hold it too."""
    request.META.clear()
    request.META.update(environ)
    request.__dict__.clear()
    request.__dict__.update(untouched)


def _let_go() -> set[str]:
    """Close connections that may be broken, or be open on what is no longer there; return which failed."""
    failed = set()
    for each in connections.all(initialized_only=True):
        if each.errors_occurred:
            failed.add(each.alias)
        if not each.in_atomic_block:
            with suppress(DatabaseError, InterfaceError):
                each.close()
            # A closed connection keeps it: the next failure could be another's.
            each.errors_occurred = False
    return failed or {DEFAULT_DB_ALIAS}


def _is_back(alias: str) -> bool:
    database = connections[alias]
    try:
        database.ensure_connection()
        return database.is_usable()
    except (DatabaseError, InterfaceError):
        return False


def _pg_code(error: BaseException) -> str | None:
    return getattr(error.__cause__, "pgcode", None)
