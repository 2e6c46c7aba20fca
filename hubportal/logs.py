"""Logs that carry no personal data."""

from __future__ import annotations

import logging
import re

from django.http import HttpRequest

UNKNOWN_ADDRESS = "(no such page)"

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
