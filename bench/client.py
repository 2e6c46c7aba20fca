"""The load client: HTTP/1.1 over keep-alive sockets to this machine alone, in a process of its own.

Reads orders and writes results on its pipes, one JSON object a line, and ends when its input ends. A library
client would cost more CPU time than the pages it asks for and so measure itself on a small machine.
"""

from __future__ import annotations

import ipaddress
import json
import selectors
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode

MOST_REQUESTS = 100_000
MOST_SECONDS = 10.0
MOST_CONNECTIONS = 16
LIFETIME_SECONDS = 3600
ANSWER_SECONDS = 15.0
LIKE_A_BROWSER = {
    "Accept-Encoding": "gzip, deflate, br",
    "Accept": "text/html,*/*",
    "User-Agent": "hubs-bench",
}
A_FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


class Refused(ValueError):
    """The order asks for more than this client may do."""


class BadAnswer(Exception):
    """The server closed the connection, kept silent, or spoke something else than we can read."""


@dataclass(frozen=True)
class Order:
    """Ask for `paths` in turn until `seconds` are over or `count` requests have been sent."""

    port: int
    paths: list[str]
    seconds: float
    host: str = "127.0.0.1"
    count: int = MOST_REQUESTS
    connections: int = 4
    revalidate: bool = False
    """Send each path's ETag back, as a browser that has the page."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with each request, such as the cookies of somebody who is signed in, or instead of a browser's."""
    forms: list[str] = field(default_factory=list)
    """Bodies of forms, each posted once at most, to the first of `paths`; none: the paths are fetched."""

    def check(self) -> None:
        """Raise Refused unless the order is bounded and for this machine."""
        if not ipaddress.ip_address(self.host).is_loopback:
            raise Refused(f"{self.host} is not this machine")
        if not (self.paths and 0 < self.count <= MOST_REQUESTS and 0 < self.seconds <= MOST_SECONDS):
            raise Refused(f"at most {MOST_REQUESTS} requests and {MOST_SECONDS:g} seconds in one order")
        if not 0 < self.connections <= MOST_CONNECTIONS:
            raise Refused(f"at most {MOST_CONNECTIONS} connections")
        if any("\r" in text or "\n" in text for pair in self.headers.items() for text in pair):
            raise Refused("a header has one line")


@dataclass
class Outcome:
    """What came back. `seconds` runs to the last answer; `latencies` are in microseconds."""

    seconds: float = 0.0
    latencies: list[int] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    bytes_received: int = 0


@dataclass
class Answer:
    """One response; `size` is all of it in bytes, header and body."""

    status: str
    size: int
    head: bytes
    body: bytes = b""


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._buffer = b""

    def send(self, request: bytes) -> None:
        """Put the next request on its way."""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> Answer | None:
        """Read what has come; the answer once it is whole, else None. Raises BadAnswer."""
        received = self.socket.recv(262_144)
        if not received:
            raise BadAnswer("the server closed the connection")
        self._buffer += received
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self._buffer[:end]
        size = end + 4 + _length_of_body(head)
        if len(self._buffer) < size:
            return None
        body, self._buffer = self._buffer[end + 4 : size], self._buffer[size:]
        return Answer(head[9:12].decode("ascii", "replace"), size, head, body)

    def ask(self, request: bytes) -> Answer:
        """Send one request and wait for its answer."""
        self.send(request)
        while (answer := self.receive()) is None:
            pass
        return answer


def header(head: bytes, name: str) -> str | None:
    """The value of a header in the head of a response, None if it is not there."""
    for line in head.decode("latin-1").split("\r\n")[1:]:
        found, _, value = line.partition(":")
        if found.lower() == name:
            return value.strip()
    return None


def posted_form(port: int, path: str, fields: Mapping[str, object], *, cookies: str) -> bytes:
    """The request that posts a form to a server of this machine."""
    body = urlencode(fields)
    head = f"POST {path} HTTP/1.1\r\nHost: {Order.host}:{port}\r\nCookie: {cookies}\r\n{A_FORM}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode("ascii")


def asked_page(port: int, path: str, *, cookies: str) -> bytes:
    """The request for a page of a server of this machine."""
    return f"GET {path} HTTP/1.1\r\nHost: {Order.host}:{port}\r\nCookie: {cookies}\r\n\r\n".encode("ascii")


def visit(order: Order) -> Outcome:
    """Carry the order out; raises Refused or BadAnswer."""
    order.check()
    connections = [Connection(order.host, order.port) for _ in range(order.connections)]
    try:
        with selectors.DefaultSelector() as waiting:
            for connection in connections:
                waiting.register(connection.socket, selectors.EVENT_READ, connection)
            return _exchange(order, _requests(order, connections[0]), connections, waiting)
    finally:
        for connection in connections:
            connection.socket.close()


def _exchange(
    order: Order, requests: list[bytes], connections: list[Connection], waiting: selectors.BaseSelector
) -> Outcome:
    outcome = Outcome()
    most = min(order.count, len(order.forms) or order.count)
    started = time.perf_counter()
    sent = under_way = 0
    for connection in connections[:most]:
        connection.send(requests[sent % len(requests)])
        sent, under_way = sent + 1, under_way + 1
    while under_way:
        ready = waiting.select(ANSWER_SECONDS)
        if not ready:
            raise BadAnswer(f"no answer within {ANSWER_SECONDS:g} s")
        for key, _ in ready:
            connection = key.data
            answer = connection.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            outcome.latencies.append(int((now - connection.sent_at) * 1e6))
            outcome.statuses[answer.status] = outcome.statuses.get(answer.status, 0) + 1
            outcome.bytes_received += answer.size
            if now - started < order.seconds and sent < most:
                connection.send(requests[sent % len(requests)])
                sent += 1
            else:
                under_way -= 1
    outcome.seconds = time.perf_counter() - started
    return outcome


def _requests(order: Order, connection: Connection) -> list[bytes]:
    headers = LIKE_A_BROWSER | order.headers
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if order.forms:
        lines = f"POST {order.paths[0]} HTTP/1.1\r\nHost: {order.host}:{order.port}\r\n{more}{A_FORM}"
        return [f"{lines}Content-Length: {len(form)}\r\n\r\n{form}".encode("ascii") for form in order.forms]
    requests = []
    for path in order.paths:
        lines = f"GET {path} HTTP/1.1\r\nHost: {order.host}:{order.port}\r\n{more}"
        if order.revalidate:
            etag = header(connection.ask(f"{lines}\r\n".encode()).head, "etag")
            if etag is None:
                raise BadAnswer(f"{path} has no ETag")
            lines += f"If-None-Match: {etag}\r\n"
        requests.append(f"{lines}\r\n".encode())
    return requests


def _length_of_body(head: bytes) -> int:
    if head[9:12] in (b"304", b"204"):
        return 0
    length = header(head, "content-length")
    if length is None:
        raise BadAnswer("an answer without Content-Length")
    return int(length)


def main() -> None:
    """Serve orders from standard input until it ends, an hour at most."""
    signal.alarm(LIFETIME_SECONDS)
    for line in sys.stdin:
        try:
            result = asdict(visit(Order(**json.loads(line))))
        except (Refused, BadAnswer, OSError) as failure:
            result = {"failure": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
