# ruff: noqa: E501 - lists of what is sent read best as they are sent
"""Requests that no browser sends, byte by byte: never 500, never a server that stops answering."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator

from prove import portal
from prove.findings import Finding, control, none_of
from prove.site import Node, Site
from prove.tiers import Tier
from prove.visitors import NO_ANSWER, SECRET

_ANSWER_SECONDS = 5
_SLOW_CLIENTS = 8
_FORM = "Content-Type: application/x-www-form-urlencoded"
_COOKIE = f"Cookie: csrftoken={SECRET}"

ODD_LINES = (
    "GET / HTTP/1.1", "GET /?x=%00 HTTP/1.1", "GET /hubs/a%00b/ HTTP/1.1", "GET /%c0%af HTTP/1.1", "GET /%ff%fe HTTP/1.1",
    "GET /hubs/%F0%9F%92%A9/ HTTP/1.1", "GET //evil.example/ HTTP/1.1", "GET /../../etc/passwd HTTP/1.1",
    "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", "GET http://evil.example/ HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1",
    "TRACE / HTTP/1.1", "CONNECT evil.example:443 HTTP/1.1", "BREW / HTTP/1.1", "GET / HTTP/9.9", "GET /", "GET",
    "\x00 / HTTP/1.1", "GET / HTTP/1.1 HTTP/1.1", "get / HTTP/1.1", "GET /find/?postcode=%ED%A0%80 HTTP/1.1",
    "GET /find/?postcode=' HTTP/1.1", "GET /staff/enquiries/?page=%C2%B2 HTTP/1.1", "GET /openreferral/services?page=%C2%B2 HTTP/1.1",
    "GET /openreferral/services?page=99999999999999999999 HTTP/1.1", f"GET /{'a' * 7000} HTTP/1.1", f"GET /?{'a' * 9000} HTTP/1.1",
    f"GET /?{'a=1&' * 2000} HTTP/1.1",
)  # fmt: skip
ODD_HEADERS = (
    "Host: evil.example", "Host:", "Host: 127.0.0.1\r\nHost: evil.example", "Host: 127.0.0.1:99999999", "Host: [::1",
    'Cookie: sessionid="abcdefgh\\000zzz"', "Cookie: sessionid=%00", "Cookie: csrftoken=\x01\x02", "Cookie: =;=;;",
    "Cookie: sessionid=" + "a" * 6000, "Cookie: " + "a=b; " * 1500, "Accept-Language: " + "en," * 2000, "X-Forwarded-For: \xff",
    "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example", "X-Request-ID: \x7f<script>", "If-None-Match: \"\"\"\"",
    "If-Modified-Since: Thu, 99 Foo 9999", "Range: bytes=0-0,-1", "Accept: ;;;,,,", "Accept-Encoding: br;q=nan", "Expect: 100-continue",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings", "Authorization: Bearer \xff", "Hub-Poll: 1", "No-Colon", " Folded: 1",
    "\r\n".join(f"X-{number}: 1" for number in range(200)), "X: " + "a" * 9000, "Accept-Language: \x00",
)  # fmt: skip
ODD_BODIES = (
    ("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\nContent-Length: 5", b"5\r\nstamp\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked, chunked", b"0\r\n\r\n"),
    ("Transfer-Encoding: xchunked", b"0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"zz\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"5\r\nstamp\r\n0\r\n\r\n"),
    ("Content-Length: -1", b""),
    ("Content-Length: +5", b"stamp"),
    ("Content-Length: 5, 5", b"stamp"),
    ("Content-Length: 5\r\nContent-Length: 6", b"stamps"),
    ("Content-Length: 99999999999999999999", b"stamp"),
    ("Content-Length: 5;x", b"stamp"),
    ("Content-Length: 2000000", b"a" * 2_000_000),
    ("Content-Length: 30000", b"a=1&" * 7500),
    (f"Content-Length: 12\r\n{_FORM}; charset=utf-7", b"words=+AGEAYg"),
    (f"Content-Length: 7\r\n{_FORM}; charset=rot13", b"words=a"),
    (f"Content-Length: 9\r\n{_FORM}", b"words=%00"),
    (f"Content-Length: 15\r\n{_FORM}", b"words=%ED%A0%80"),
    ("Content-Length: 8\r\nContent-Type: multipart/form-data", b"no bound"),
    ("Content-Length: 4\r\nContent-Type: multipart/form-data; boundary=x", b"--x\n"),
    ("Content-Length: 2\r\nContent-Type: application/json", b"{]"),
)


def odd_requests(site: Site, tier: Tier) -> Iterator[Finding]:
    """Send each odd request on a connection of its own; the control sends them where nothing refuses them."""
    with site.node(2) as node:
        seen = _answers(node)
        slow = [_begun(node) for _ in range(_SLOW_CLIENTS)]
        alive = node.answers()
        for each in slow:
            each.close()
    # 501 is what the web server must say to a transfer coding it does not know: RFC 9112, 6.1.
    faults = sum(count for status, count in seen.items() if status.startswith("5") and status != "501")
    yield none_of("5xx to odd requests", faults, str(sum(seen.values())))
    yield none_of(
        f"pages not answered beside {_SLOW_CLIENTS} clients that never finish", int(alive != 200), "1"
    )
    if site.postgres is not None:
        with site.node(1, settings="prove.unguarded") as node:
            unguarded = _answers(node)
        yield control("5xx without the middleware that refuses malformed requests", unguarded["500"])


def _requests() -> Iterator[bytes]:
    for line in ODD_LINES:
        yield f"{line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode("latin-1", "replace")
    for header in ODD_HEADERS:
        host = "" if header.startswith("Host") else "Host: 127.0.0.1\r\n"
        for path in ("/", "/staff/", "/ask/"):
            text = f"GET {path} HTTP/1.1\r\n{host}{header}\r\nConnection: close\r\n\r\n"
            yield text.encode("latin-1", "replace")
    for headers, body in ODD_BODIES:
        kind = "" if "Content-Type" in headers else f"{_FORM}\r\n"
        for path in (portal.ASK, "/track/", "/staff/sign-in/"):
            text = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{_COOKIE}\r\n{kind}{headers}\r\nConnection: close\r\n\r\n"
            yield text.encode("latin-1") + body


def _answers(node: Node) -> Counter[str]:
    seen: Counter[str] = Counter()
    for request in _requests():
        seen[_answer(node, request)] += 1
    return seen


def _answer(node: Node, request: bytes) -> str:
    """Return the status that the server gives to these bytes, NO_ANSWER when it closes or stays silent."""
    try:
        with socket.create_connection(("127.0.0.1", node.port), timeout=_ANSWER_SECONDS) as caller:
            caller.sendall(request)
            caller.shutdown(socket.SHUT_WR)
            line = caller.makefile("rb").readline().split()
    except OSError:
        return NO_ANSWER
    return line[1].decode("latin-1") if len(line) > 1 and line[0].startswith(b"HTTP/") else NO_ANSWER


def _begun(node: Node) -> socket.socket:
    """Begin a request and leave it there."""
    caller = socket.create_connection(("127.0.0.1", node.port), timeout=_ANSWER_SECONDS)
    caller.sendall(b"POST /ask/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nword")
    return caller
