# ruff: noqa: E501 - lists of what is sent read best as they are sent
"""What no browser sends: odd lines, headers, bodies, and requests that hide another one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from prove.visitors import SECRET

_FORM = "Content-Type: application/x-www-form-urlencoded"
_COOKIE = f"Cookie: csrftoken={SECRET}"
_PATHS = ("/", "/staff/", "/ask/", "/track/", "/staff/sign-in/")
HIDDEN = b"GET /robots.txt?hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SEED = 6

LINES = (
    "GET / HTTP/1.1", "GET /?x=%00 HTTP/1.1", "GET /hubs/a%00b/ HTTP/1.1", "GET /%c0%af HTTP/1.1", "GET /%ff%fe HTTP/1.1",
    "GET /hubs/%F0%9F%92%A9/ HTTP/1.1", "GET //evil.example/ HTTP/1.1", "GET /../../etc/passwd HTTP/1.1",
    "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", "GET http://evil.example/ HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1",
    "TRACE / HTTP/1.1", "CONNECT evil.example:443 HTTP/1.1", "BREW / HTTP/1.1", "GET / HTTP/9.9", "GET /", "GET",
    "\x00 / HTTP/1.1", "GET / HTTP/1.1 HTTP/1.1", "get / HTTP/1.1", "GET /find/?postcode=%ED%A0%80 HTTP/1.1",
    "GET /find/?postcode=' HTTP/1.1", "GET /staff/enquiries/?page=%C2%B2 HTTP/1.1", "GET /openreferral/services?page=%C2%B2 HTTP/1.1",
    "GET /openreferral/services?page=99999999999999999999 HTTP/1.1", f"GET /{'a' * 7000} HTTP/1.1", f"GET /?{'a' * 9000} HTTP/1.1",
    f"GET /?{'a=1&' * 2000} HTTP/1.1",
    # targets in absolute and authority form, and what is nearly one
    "GET http://127.0.0.1/ HTTP/1.1", "GET https://127.0.0.1/staff/ HTTP/1.1", "GET http://a:b@127.0.0.1/ HTTP/1.1", "GET http://[::1/ HTTP/1.1",
    "GET http:// HTTP/1.1", "GET http:/// HTTP/1.1", "GET ftp://127.0.0.1/ HTTP/1.1", "GET javascript:alert(1) HTTP/1.1", "GET 127.0.0.1:80 HTTP/1.1",
    "CONNECT 127.0.0.1 HTTP/1.1", "CONNECT / HTTP/1.1", "CONNECT http://127.0.0.1/ HTTP/1.1", "POST * HTTP/1.1", "GET ? HTTP/1.1", "GET # HTTP/1.1",
    "GET /#x HTTP/1.1", "GET \\hubs\\ HTTP/1.1", "GET robots.txt HTTP/1.1",
    # escapes that are none, and bytes that are no UTF-8
    "GET /% HTTP/1.1", "GET /%4 HTTP/1.1", "GET /%zz HTTP/1.1", "GET /%u0041 HTTP/1.1", "GET /hubs/%/ HTTP/1.1", "GET /hubs/%E0%A6/ HTTP/1.1",
    "GET /hubs/%25%32%66/ HTTP/1.1", "GET /find/?postcode=%&topic=%zz HTTP/1.1", "GET /hubs/\xff\xfe/ HTTP/1.1", "GET /\xc0\xaf HTTP/1.1",
    "GET /topics/\xed\xa0\x80/ HTTP/1.1", "GET /find/?postcode=\xff HTTP/1.1", "GET /%0d%0aSet-Cookie:x=1 HTTP/1.1", "GET /staff/sign-in/?next=%0d%0aX:1 HTTP/1.1",
    # versions, blanks, and other protocols
    "GET / HTTP/0.9", "GET / HTTP/1.0", "GET / HTTP/2.0", "GET / HTTP/1.10", "GET / HTTP/-1.1", "GET / HTTP/1", "GET / http/1.1", "GET / XTTP/1.1",
    "GET  /  HTTP/1.1", "GET\t/\tHTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "\r\n\r\nGET / HTTP/1.1", "GET /\x0bx HTTP/1.1", "GET /a b HTTP/1.1",
    "GET / HTTP/1.1\rX: 1", "GE\x00T / HTTP/1.1", "G" * 3000 + " / HTTP/1.1", "PRI * HTTP/2.0\r\n\r\nSM\r\n", "SSH-2.0-x", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)  # fmt: skip
HEADERS = (
    "Host: evil.example", "Host:", "Host: 127.0.0.1\r\nHost: evil.example", "Host: 127.0.0.1:99999999", "Host: [::1",
    'Cookie: sessionid="abcdefgh\\000zzz"', "Cookie: sessionid=%00", "Cookie: csrftoken=\x01\x02", "Cookie: =;=;;",
    "Cookie: sessionid=" + "a" * 6000, "Cookie: " + "a=b; " * 1500, "Accept-Language: " + "en," * 2000, "X-Forwarded-For: \xff",
    "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example", "X-Request-ID: \x7f<script>", "If-None-Match: \"\"\"\"",
    "If-Modified-Since: Thu, 99 Foo 9999", "Range: bytes=0-0,-1", "Accept: ;;;,,,", "Accept-Encoding: br;q=nan", "Expect: 100-continue",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings", "Authorization: Bearer \xff", "Hub-Poll: 1", "No-Colon", " Folded: 1",
    "\r\n".join(f"X-{number}: 1" for number in range(200)), "X: " + "a" * 9000, "Accept-Language: \x00",
    # cookies of ours and of others
    "Cookie: csrftoken", "Cookie: csrftoken=", "Cookie: csrftoken=\xff\xfe", "Cookie: __Host-sessionid=../../x; sessionid='", 'Cookie: a="b; sessionid=x',
    'Cookie: a="\\777\\1"', "Cookie: messages=W1sieCJd:x:y", "Cookie: messages=%5B%5B%22__json_message%22%5D%5D", "Cookie: django_language=../../etc",
    "Cookie: sessionid=a; sessionid=b\r\nCookie: sessionid=c", "Cookie: $Version=1; expires=x; path=/", "Cookie: \x00=\x00", "Cookie: ;" + ";" * 3000,
    # many and large
    "\r\n".join(f"X-{number}: 1" for number in range(2000)), "X: " + "a" * 70_000, "X" * 9000 + ": 1", "\r\n".join("Cookie: a=b" for _ in range(90)),
    "X: a\r\n\tfolded: 1", "X : 1", "X\x00: 1", ": empty", "X: a\rb", "X: a\nY: b", "Content_Length: 3", "Expect: nothing", "TE: trailers, x;q=9",
    "Connection: close, close, \x01", "Keep-Alive: timeout=-1", "Content-Length: 0\r\nContent-Length: 0", "Proxy: http://evil.example", "Sec-Fetch-Site: \xff",
)  # fmt: skip
BODIES = (
    ("Transfer-Encoding: chunked", b"zz\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"5\r\nstamp\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"5\r\nst"),
    ("Transfer-Encoding: chunked", b"-5\r\nstamp\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"ffffffffffffffffff\r\nstamp"),
    ("Transfer-Encoding: chunked", b"5\r\nstamp\r\n0\r\nHost: evil.example\r\nContent-Length: 9\r\n\r\n"),
    ("Content-Length: 99999999999999999999", b"stamp"),
    ("Content-Length: 2000000", b"a" * 2_000_000),
    ("Content-Length: 30000", b"a=1&" * 7500),
    (f"Content-Length: 12\r\n{_FORM}; charset=utf-7", b"words=+AGEAYg"),
    (f"Content-Length: 7\r\n{_FORM}; charset=rot13", b"words=a"),
    (f"Content-Length: 9\r\n{_FORM}", b"words=%00"),
    (f"Content-Length: 15\r\n{_FORM}", b"words=%ED%A0%80"),
    (f"Content-Length: 8\r\n{_FORM}", b"words=%f"),
    (f"Content-Length: 8\r\n{_FORM}", b"words=\xff\xfe"),
    ("Content-Length: 8\r\nContent-Type: multipart/form-data", b"no bound"),
    ("Content-Length: 4\r\nContent-Type: multipart/form-data; boundary=x", b"--x\n"),
    ("Content-Length: 60\r\nContent-Type: multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\nb\r\n--x--"),
    ("Content-Length: 2\r\nContent-Type: application/json", b"{]"),
    ("Content-Length: 2\r\nContent-Type: \xff/;;charset", b"ab"),
    ("Content-Encoding: gzip\r\nContent-Length: 2", b"\x1f\x8b"),
)  # fmt: skip

_END = b"0\r\n\r\n"
BARE_LINE_FEEDS = b"5\nstamp\n0\n\n"
"""Chunks whose lines end in a line feed alone. nginx takes them, and hands the body on with its length instead."""
DOUBTFUL = (
    ("Content-Length: 5\r\nTransfer-Encoding: chunked", _END),
    ("Content-Length: 50\r\nTransfer-Encoding: chunked", _END),
    ("Transfer-Encoding: chunked\r\nContent-Length: 5", _END),
    ("Transfer-Encoding: chunked\r\nContent-Length: 0", _END),
    ("Transfer-Encoding: chunked, identity", _END),
    ("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", _END),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", _END),
    ("Transfer-Encoding: xchunked", _END),
    ("Transfer-Encoding : chunked", _END),
    ("Transfer-Encoding:\x0bchunked", _END),
    ('Transfer-Encoding: "chunked"', _END),
    ("Transfer-Encoding: chunked;x=1", _END),
    ("Transfer_Encoding: chunked\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", _END),
    ("X: a\nTransfer-Encoding: chunked\r\nContent-Length: 5", _END),
    ("X: a\rTransfer-Encoding: chunked\r\nContent-Length: 5", _END),
    (" Transfer-Encoding: chunked\r\nContent-Length: 5", _END),
    ("Content-Length: 5\r\nContent-Length: 60", b"stamp"),
    ("Content-Length: 0\r\nContent-Length: 5", b""),
    ("Content-Length: 5, 60", b"stamp"),
    ("Content-Length: +5", b"stamp"),
    ("Content-Length: -1", b""),
    ("Content-Length: 5;x", b"stamp"),
    ("Content-Length: 0x5", b"stamp"),
    ("Content-Length: 5 5", b"stamp"),
    ("Content-Length: 5_0", b"stamp"),
    ("Content-Length: \xb25", b"stamp"),
    ("Content-Length:", b""),
    ("Content-Length : 60", b""),
    ("Content-Length: 18446744073709551616", b""),
    ("Transfer-Encoding: chunked", BARE_LINE_FEEDS),
    ("Transfer-Encoding: chunked", b"5;\nxstamp\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"0x5\r\nstamp\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"5 \rX\r\nstamp\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"5\r\nstampXX0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"+0\r\n\r\n"),
)
"""Headers and body whose end two programs may see in different places: RFC 9112, 6.3 and 7.1, RFC 9110, 8.6.

Whoever answers such a request must close the connection then, so that nothing behind it is taken for a request.
"""
CLEAR = (
    ("Transfer-Encoding: chunked, chunked", _END),
    ("Content-Length: 5", b"stamp"),
    ("Transfer-Encoding: chunked", b"5\r\nstamp\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"5;name=value;x\r\nstamp\r\n0\r\nX-Trailer: 1\r\n\r\n"),
)
"""Headers and body whose end is plain (RFC 9112, 6.3: the last coding tells): a request behind it is one."""


@dataclass(frozen=True)
class Odd:
    """What goes over one connection. `answers` is how many requests may be answered there at the most.

    More mean that part of one was taken for another. A 400 to what is left answers none: it ends the connection.
    """

    sent: bytes
    answers: int


def odd_requests(count: int) -> Iterator[Odd]:
    """Return so many odd requests, the same each time: those written down first, then changed ones."""
    return islice(chain(_written_down(), _changed(random.Random(SEED))), count)


def _written_down() -> Iterator[Odd]:
    for headers, body in (*DOUBTFUL, *CLEAR):
        answers = 2 if (headers, body) in CLEAR else 1
        for path in _PATHS:
            yield Odd(_post(path, headers, body, keep=True) + HIDDEN, answers)
    yield Odd(_get("/robots.txt") * 20, 20)
    yield Odd(_get("/") * 3 + b"\x00\x00\x00", 4)
    for line in LINES:
        yield Odd(f"{line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode("latin-1"), 1)
    for header in HEADERS:
        host = "" if header.startswith("Host") else "Host: 127.0.0.1\r\n"
        for path in _PATHS[:3]:
            text = f"GET {path} HTTP/1.1\r\n{host}{header}\r\nConnection: close\r\n\r\n"
            yield Odd(text.encode("latin-1"), 1)
    for headers, body in (*BODIES, *DOUBTFUL):
        for path in _PATHS[2:]:
            yield Odd(_post(path, headers, body), 1)


def _changed(chance: random.Random) -> Iterator[Odd]:
    """Requests in which some bytes were lost, doubled, or became others."""
    known: Sequence[bytes] = [each.sent[:4000] for each in _written_down()]
    while True:
        sent = bytearray(chance.choice(known))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(sent) + 1)
            sent[at : at + chance.randint(0, 3)] = chance.choice(
                (b"", b"\r", b"\n", b"\r\n", b"\x00", b"\xff", b":", b" ", b"%", chance.randbytes(1))
            )
        # How many requests such bytes are is nobody's guess: each line end may begin one.
        yield Odd(bytes(sent), sent.count(b"\n") + 1)


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def _post(path: str, headers: str, body: bytes, *, keep: bool = False) -> bytes:
    kind = "" if "Content-Type" in headers else f"{_FORM}\r\n"
    end = "" if keep else "Connection: close\r\n"
    text = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{_COOKIE}\r\n{kind}{headers}\r\n{end}\r\n"
    return text.encode("latin-1") + body
