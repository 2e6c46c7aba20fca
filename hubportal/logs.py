"""Logs that carry no personal data: a line for people in the demo, JSON in production."""

from __future__ import annotations

import logging
import re
import traceback
from contextvars import ContextVar
from typing import Any

import structlog
from django.http import HttpRequest

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The number of the request under way, "" outside of one."""

UNKNOWN_ADDRESS = "(no such page)"
ABOUT_A_REQUEST = ("method", "route", "status", "milliseconds", "waited_ms")
"""What a log line may carry beside its text; nothing else that is passed as `extra` is written."""

_QUERY = re.compile(r"\?\S*")
# The last part of a resident's private link: whoever has it can read the enquiry.
_PRIVATE_KEY = re.compile(r"/[\w-]{43}(?=/|\s|$)")


class WithoutPersonalData(logging.Filter):
    """Cut queries, private keys and typed addresses out of log lines: any of them may hold a postcode."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        bare = message
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            bare = bare.replace(request.get_full_path(), route_of(request))
            bare = bare.replace(request.path, route_of(request)) if len(request.path) > 1 else bare
        bare = _PRIVATE_KEY.sub("/…", _QUERY.sub("?…", bare))
        if bare != message:
            record.msg, record.args = bare, None
        return True


def route_of(request: HttpRequest) -> str:
    """Return the pattern that the address of a request fits, which names nobody: `hubs/<slug:slug>/`."""
    match = request.resolver_match
    return f"/{match.route}" if match else UNKNOWN_ADDRESS


def json_formatter() -> logging.Formatter:
    """Return the formatter of one JSON object a line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=ABOUT_A_REQUEST),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_request_id,
            _describe_exception,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _add_request_id(logger: Any, name: str, line: Any) -> Any:
    # Django logs what was not found or refused after the outermost middleware has ended.
    request = getattr(line.get("_record"), "request", None)
    if number := request_id.get() or getattr(request, "request_id", ""):
        line["request_id"] = number
    return line


def _describe_exception(logger: Any, name: str, line: Any) -> Any:
    """Write which exception came from where, and not what it says: it may quote what somebody typed."""
    exc_info = line.pop("exc_info", None)
    error = exc_info[1] if isinstance(exc_info, tuple) else None
    if error is not None:
        cause = error.__cause__
        line["exception"] = type(error).__name__
        line["code"] = getattr(cause, "pgcode", None) or getattr(cause, "sqlite_errorname", None)
        line["at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
    return line
