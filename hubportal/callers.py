"""Where a request came from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from enquiries.limits import caller_address


def address_of(request: HttpRequest) -> str:
    """Return the internet address of whoever sent a request, also behind a proxy of ours.

    Wrong passwords are counted by name and address: with the proxy's own address for everybody, anybody
    could close anybody's account.
    """
    return caller_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        behind_proxy=settings.BEHIND_TLS_PROXY,
    )
