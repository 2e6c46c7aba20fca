"""Logs that carry no personal data."""

from __future__ import annotations

import logging
import re

_QUERY = re.compile(r"\?\S*")
# The last part of a resident's private link: whoever has it can read the enquiry.
_PRIVATE_KEY = re.compile(r"/[\w-]{43}(?=/|\s|$)")


class WithoutPersonalData(logging.Filter):
    """Cut query strings and private keys out of log lines: a resident's postcode travels in a query."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        bare = _PRIVATE_KEY.sub("/…", _QUERY.sub("?…", message))
        if bare != message:
            record.msg, record.args = bare, None
        return True
