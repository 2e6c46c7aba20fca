"""Odd requests, byte by byte, and slow clients: never 500, never a server that stops answering others."""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from select import select

from prove.findings import Finding, ProofBroken, control, none_of, told
from prove.odd_bytes import Odd, odd_requests
from prove.site import READY_SECONDS, Site
from prove.stumbling import stumbling_server
from prove.tiers import Tier
from script.serve import SERVERS

_ANSWER_SECONDS = 5.0
_WAITED_SECONDS = 0.5
"""After so long without a word our half of the connection is closed."""
_QUIET_SECONDS = 0.15
"""Whoever takes part of a request for another one answers it at once."""
_CONTROL_REQUESTS = 250
"""To the server that stumbles: enough for each of its faults, since it waits after each answer."""
_TRIES = 20
_SLOW_CLIENTS = 8
_BYTE_SECONDS = 0.05
_MOST_READ = 2_000_000
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([2-9]\d\d)[ \r]")
_WHAT_THE_STANDARD_WANTS = ("501", "505")
"""To a transfer coding or a version that the web server does not know: RFC 9112, 6.1, RFC 9110, 15.6.6."""
_GOOD = b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

FAULTS = ("5xx", "one request taken for two", "a good request right after went unanswered")


def odd_bytes(site: Site, tier: Tier) -> Iterator[Finding]:
    """Send each odd request on a connection of its own to each web server; then to one that stumbles."""
    for server in SERVERS:
        with site.node(2, server=server, loaded_once=server == "gunicorn") as node:
            settled(node.port)
            faults = stumbles(node.port, odd_requests(tier.odd_requests))
            for name in FAULTS:
                yield none_of(f"{name}, odd requests to {server}", faults[name], str(tier.odd_requests))
    with stumbling_server() as port:
        faults = stumbles(port, odd_requests(_CONTROL_REQUESTS))
    for name in FAULTS:
        yield control(f"{name}, by a server that stumbles", faults[name])
    if site.postgres is not None:
        with site.node(1, settings="prove.unguarded") as node:
            unguarded = stumbles(node.port, odd_requests(tier.odd_requests))
        yield control("5xx without the middleware that refuses malformed requests", unguarded["5xx"])


def slow_clients(site: Site, tier: Tier) -> Iterator[Finding]:
    """Ask for pages beside clients that never finish, that do not read, and that dribble.

    Gunicorn has a thread read each request to its end: nginx in front is what keeps slow clients from it, so
    without nginx its figures are told, not judged.
    """
    for server in SERVERS:
        with site.node(2, server=server, loaded_once=server == "gunicorn") as node:
            settled(node.port)
            unanswered = {name: not _answers_beside(node.port, begin) for name, begin in SLOW.items()}
            after = answers_to(node.port, Odd(_GOOD, 1)) != ["200"]
            dribbled = _SLOW_CLIENTS - _dribbled(node.port)
        for name, missing in unanswered.items():
            fault = f"pages not answered beside {_SLOW_CLIENTS} clients that {name}, {server}"
            judged = server != "gunicorn"
            yield none_of(fault, missing, "1") if judged else told(f"{fault} alone", f"{missing:d} of 1")
        yield none_of(f"pages not answered after they left, {server}", after, "1")
        yield none_of(f"requests that came byte by byte not answered, {server}", dribbled, str(_SLOW_CLIENTS))
    with stumbling_server(at_once=1) as port:
        yield control(
            "pages not answered by a server with one thread", not _answers_beside(port, _without_end)
        )


def stumbles(port: int, requests: Iterable[Odd]) -> Counter[str]:
    """Send the requests one after another, with a good one after each; count the faults by their name."""
    found: Counter[str] = Counter()
    for each in requests:
        statuses = answers_to(port, each)
        wrong = [one for one in statuses if one.startswith("5") and one not in _WHAT_THE_STANDARD_WANTS]
        found["5xx"] += bool(wrong)
        found["one request taken for two"] += len([one for one in statuses if one != "400"]) > each.answers
        found[FAULTS[2]] += answers_to(port, Odd(_GOOD, 1)) != ["200"]
    return found


def settled(port: int) -> None:
    """Wait until every worker answers: one that still starts may be given connections, and lets them wait."""
    until = time.monotonic() + READY_SECONDS
    while [answers_to(port, Odd(_GOOD, 1)) for _ in range(_TRIES)] != [["200"]] * _TRIES:
        if time.monotonic() > until:
            raise ProofBroken("not every worker answers")


def answers_to(port: int, odd: Odd) -> list[str]:
    """Return the statuses that these bytes bring, none where the server closes or stays silent."""
    came = bytearray()
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), _ANSWER_SECONDS) as caller:
        with suppress(OSError):  # Closed while we send: what it said before that counts.
            caller.sendall(odd.sent)
        if not select([caller], [], [], _WAITED_SECONDS)[0]:
            # It waits for more: there is none.
            caller.shutdown(socket.SHUT_WR)
        while len(came) < _MOST_READ and (part := caller.recv(65536)):
            came += part
            caller.settimeout(_QUIET_SECONDS)
    return [status.decode() for status in _STATUS_LINE.findall(came)]


def _connection(port: int, sent: bytes) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", port), _ANSWER_SECONDS)
    caller.sendall(sent)
    return caller


def _without_end(port: int) -> socket.socket:
    return _connection(port, b"GET /ask/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX: wor")


def _without_body(port: int) -> socket.socket:
    return _connection(port, b"POST /ask/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nword")


def _without_reading(port: int) -> socket.socket:
    return _connection(port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50)


SLOW: dict[str, Callable[[int], socket.socket]] = {
    "never finish their headers": _without_end,
    "never send their body": _without_body,
    "never read": _without_reading,
}


def _answers_beside(port: int, begin: Callable[[int], socket.socket]) -> bool:
    """Whether a page is answered while others hang."""
    with ExitStack() as open_ones:
        for _ in range(_SLOW_CLIENTS):
            open_ones.enter_context(begin(port))
        return answers_to(port, Odd(_GOOD, 1)) == ["200"]


def _dribbled(port: int) -> int:
    """Send good requests byte by byte, all at the same time; return how many were answered."""
    with ExitStack() as open_ones:
        callers = [open_ones.enter_context(_connection(port, b"")) for _ in range(_SLOW_CLIENTS)]
        for byte in _GOOD:
            for caller in callers:
                caller.sendall(bytes([byte]))
            time.sleep(_BYTE_SECONDS)
        return sum(caller.recv(65536).startswith(b"HTTP/1.1 200") for caller in callers)
