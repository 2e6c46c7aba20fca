"""One line in the log for each sign-in, refusal and lock: an account's number and what happened, no name."""

from __future__ import annotations

import logging

from django.http import HttpRequest

_log = logging.getLogger("accounts.security")


def note(request: HttpRequest, what: str) -> None:
    """Write down what whoever is signed in has done; `what` holds words of ours alone, nothing typed."""
    _log.info("account=%s %s", request.user.pk or "none", what)
