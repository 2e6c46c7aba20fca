"""How often somebody may ask or look something up from the internet: windows and callers, arithmetic alone.

Counts stand in the database (`SubmissionCount`), so that every worker and every machine agrees on them. A
window is fixed, from the full hour or minute on: who waits for its end can try twice as often around it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EVERYBODY = "*"
"""Stands for all callers together."""

KEPT_FOR = timedelta(days=1)
"""Counts older than this are swept."""

_KEY_LENGTH = 32
_HOME_NETWORK = 64
"""Bits of an IPv6 address that name a household; each device chooses the rest, and may change it."""


@dataclass(frozen=True)
class Limit:
    """How often `what` may be tried within `seconds`: by one caller, and by everybody together."""

    what: str
    seconds: int
    per_caller: int
    overall: int

    def window(self, at: datetime) -> datetime:
        """Return the start of the window that holds an aware moment, in UTC."""
        whole = int(at.timestamp())
        return datetime.fromtimestamp(whole - whole % self.seconds, tz=UTC)

    def wait(self, at: datetime) -> int:
        """Return how many seconds there are until the next window, at least 1."""
        return self.seconds - int(at.timestamp()) % self.seconds

    def most(self, caller: str) -> int:
        """Return how many tries a caller has, or `EVERYBODY` together."""
        return self.overall if caller == EVERYBODY else self.per_caller


def caller_key(address: str, secret: str) -> str:
    """Return the name under which an internet address is counted: a keyed hash, no address.

    All of an IPv6 household counts as one, else each of its addresses would have a count of its own.
    """
    return hmac.new(secret.encode(), _network(address).encode(), hashlib.sha256).hexdigest()[:_KEY_LENGTH]


def caller_address(remote: str, forwarded_for: str, *, behind_proxy: bool) -> str:
    """Return the address that a request came from.

    Behind a proxy of ours that is the last one in `X-Forwarded-For`, the one the proxy added: those before it
    are whatever the caller wrote. Without a proxy the header is the caller's own and counts for nothing.
    """
    if not behind_proxy:
        return remote
    return forwarded_for.rpartition(",")[2].strip() or remote


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _HOME_NETWORK), strict=False))
