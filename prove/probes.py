"""Odd requests, byte by byte, and slow clients: never 500, never a server that stops answering others."""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import count
from select import select

from prove.findings import Finding, ProofBroken, control, none_of, skipped, told
from prove.front import in_front, nginx
from prove.odd_bytes import BARE_LINE_FEEDS, Odd, odd_requests
from prove.site import READY_SECONDS, Site
from prove.stumbling import stumbling_server
from prove.tiers import Tier
from script.serve import SERVERS

_ANSWER_SECONDS = 5.0
_WAITED_SECONDS = 0.5
"""After so long without a word to an odd request our half of the connection is closed."""
_PATIENCE_SECONDS = 20.0
"""How long a good request may take: on a busy machine seconds, behind threads that are held up for ever."""
_IMPATIENCE_SECONDS = 3.0
"""As above, where being held up is what is expected, or is told and not judged."""
_QUIET_SECONDS = 0.15
"""Whoever takes part of a request for another one answers it at once."""
_CONTROL_REQUESTS = 250
"""To the server that stumbles: enough for each of its faults, since it waits after each answer."""
_TRIES = 20
_callers = count()
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
    yield from _odd_bytes_by_nginx(site, tier)
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
    without nginx its figures are told, and with it they are judged.
    """
    for server in SERVERS:
        with site.node(2, server=server, loaded_once=server == "gunicorn") as node:
            settled(node.port)
            judged = server != "gunicorn"
            within = _PATIENCE_SECONDS if judged else _IMPATIENCE_SECONDS
            unanswered = {name: not _answers_beside(node.port, begin, within) for name, begin in SLOW.items()}
            after = not answers_a_good_one(node.port)
            dribbled = _SLOW_CLIENTS - _dribbled(node.port)
        for name, missing in unanswered.items():
            fault = f"pages not answered beside {_SLOW_CLIENTS} clients that {name}, {server}"
            yield none_of(fault, missing, "1") if judged else told(f"{fault} alone", f"{missing:d} of 1")
        yield none_of(f"pages not answered after they left, {server}", after, "1")
        yield none_of(f"requests that came byte by byte not answered, {server}", dribbled, str(_SLOW_CLIENTS))
    yield from _slow_clients_of_nginx(site)
    with stumbling_server(at_once=1) as port:
        answered = _answers_beside(port, _without_end, _IMPATIENCE_SECONDS)
        yield control("pages not answered by a server with one thread", not answered)


def _odd_bytes_by_nginx(site: Site, tier: Tier) -> Iterator[Finding]:
    """The same by way of nginx: what it hands on must be one request for gunicorn too."""
    if nginx() is None:
        yield skipped("odd requests by way of nginx", "nginx is not installed")
        return
    with site.node(2) as node, in_front([node.port], site.folder / "nginx-odd", certificate=None) as front:
        settled(node.port)
        odd = [each for each in odd_requests(tier.odd_requests) if BARE_LINE_FEEDS not in each.sent]
        faults = stumbles(front.port, odd)
    for name in FAULTS:
        yield none_of(f"{name}, odd requests to nginx before gunicorn", faults[name], str(len(odd)))


def _slow_clients_of_nginx(site: Site) -> Iterator[Finding]:
    """The same with nginx before gunicorn, as deploy/nginx/hubs.conf has it: nobody holds anybody up."""
    if nginx() is None:
        yield skipped("slow clients of nginx before gunicorn", "nginx is not installed")
        return
    with site.node(2) as node, in_front([node.port], site.folder / "nginx", certificate=None) as front:
        settled(node.port)
        for name, begin in SLOW.items():
            missing = not _answers_beside(front.port, begin, _PATIENCE_SECONDS)
            fault = f"pages not answered beside {_SLOW_CLIENTS} clients that {name}, nginx before gunicorn"
            yield none_of(fault, missing, "1")
        dribbled = _SLOW_CLIENTS - _dribbled(front.port)
    yield none_of(
        "requests that came byte by byte not answered, nginx before gunicorn", dribbled, str(_SLOW_CLIENTS)
    )


def stumbles(port: int, requests: Iterable[Odd]) -> Counter[str]:
    """Send the requests one after another, with a good one after each; count the faults by their name."""
    found: Counter[str] = Counter()
    for each in requests:
        statuses = answers_to(port, each)
        wrong = [one for one in statuses if one.startswith("5") and one not in _WHAT_THE_STANDARD_WANTS]
        found["5xx"] += bool(wrong)
        found["one request taken for two"] += len([one for one in statuses if one != "400"]) > each.answers
        found[FAULTS[2]] += not answers_a_good_one(port)
    return found


def settled(port: int) -> None:
    """Wait until every worker answers: one that still starts may be given connections, and lets them wait."""
    until = time.monotonic() + READY_SECONDS
    while not all(answers_a_good_one(port) for _ in range(_TRIES)):
        if time.monotonic() > until:
            raise ProofBroken("not every worker answers")


def answers_to(port: int, odd: Odd) -> list[str]:
    """Return the statuses that these bytes bring, none where the server closes or stays silent."""
    came = bytearray()
    with suppress(OSError), _connection(port, b"") as caller:
        with suppress(OSError):  # Closed while we send: what it said before that counts.
            caller.sendall(odd.sent)
        if not select([caller], [], [], _WAITED_SECONDS)[0]:
            # It waits for more: there is none.
            caller.shutdown(socket.SHUT_WR)
        while len(came) < _MOST_READ and (part := caller.recv(65536)):
            came += part
            caller.settimeout(_QUIET_SECONDS)
    return [status.decode() for status in _STATUS_LINE.findall(came)]


def answers_a_good_one(port: int, within: float = _PATIENCE_SECONDS) -> bool:
    """Return whether a plain request is answered in so many seconds.

    Our half of the connection stays open meanwhile: a slow web server may take its end for our leaving.
    """
    with suppress(OSError), _connection(port, _GOOD) as caller:
        return _says_200(caller, within)
    return False


def _says_200(caller: socket.socket, within: float) -> bool:
    caller.settimeout(within)
    with suppress(OSError):
        found = _STATUS_LINE.match(caller.recv(65536))
        return found is not None and found[1] == b"200"
    return False


def _connection(port: int, sent: bytes) -> socket.socket:
    """Connect from an address of this machine that nobody had yet: nginx limits each caller for itself."""
    number = next(_callers)
    somebody = (f"127.1.{number // 250 % 250}.{number % 250 + 1}", 0)
    caller = socket.create_connection(("127.0.0.1", port), _ANSWER_SECONDS, source_address=somebody)
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


def _answers_beside(port: int, begin: Callable[[int], socket.socket], within: float) -> bool:
    """Whether a page is answered while others hang."""
    with ExitStack() as open_ones:
        for _ in range(_SLOW_CLIENTS):
            open_ones.enter_context(begin(port))
        return answers_a_good_one(port, within)


def _dribbled(port: int) -> int:
    """Send good requests byte by byte, all at the same time; return how many were answered."""
    with ExitStack() as open_ones:
        callers = [open_ones.enter_context(_connection(port, b"")) for _ in range(_SLOW_CLIENTS)]
        for byte in _GOOD:
            for caller in callers:
                caller.sendall(bytes([byte]))
            time.sleep(_BYTE_SECONDS)
        return sum(_says_200(caller, _PATIENCE_SECONDS) for caller in callers)
