"""Odd requests find what they look for: in a server that stumbles all of it, in one that does not nothing."""

import http.server
import socketserver
import threading
import time
from collections import Counter

import pytest

from prove.odd_bytes import CLEAR, DOUBTFUL, Odd, odd_requests
from prove.probes import FAULTS, answers_a_good_one, answers_to, stumbles
from prove.stumbling import stumbling_server

GOOD = b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def body(headers: str, sent: bytes) -> bytes:
    return f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n\r\n".encode() + sent + GOOD


@pytest.fixture
def stumbling():
    with stumbling_server() as port:
        yield port


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        ("5xx", b"GET /?x=%00 HTTP/1.1\r\n\r\n"),
        ("one request taken for two", body("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n")),
        ("a good request right after went unanswered", body("Content-Length: -1", b"")),
    ],
)
def test_a_server_that_stumbles_is_found(stumbling, fault, sent):
    assert stumbles(stumbling, [Odd(sent, 1)])[fault] == 1


def test_good_requests_are_no_fault_one_after_another_on_one_connection(stumbling):
    assert answers_to(stumbling, Odd(GOOD * 3, 3)) == ["200"] * 3
    assert stumbles(stumbling, [Odd(GOOD * 3, 3)]) == Counter(dict.fromkeys(FAULTS, 0))


def test_a_server_that_refuses_everything_odd_has_no_fault():
    class Careful(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careful) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        doubtful = [Odd(body(headers, sent), 1) for headers, sent in DOUBTFUL[:3]]
        found = stumbles(server.server_address[1], doubtful)
        server.shutdown()
        thread.join()

    assert found == Counter(dict.fromkeys(FAULTS, 0))


def test_a_server_that_is_slow_has_no_fault():
    """Slower than our patience with odd requests, and it answers nobody who seems to have left."""

    class Slow(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            time.sleep(1)
            self.request.setblocking(False)
            try:
                left = self.request.recv(1) == b""
            except BlockingIOError:
                left = False
            if not left:
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        port = server.server_address[1]
        found = stumbles(port, [Odd(GOOD, 1)])
        in_time, too_late = answers_a_good_one(port), answers_a_good_one(port, within=0.2)
        server.shutdown()
        thread.join()

    assert found == Counter(dict.fromkeys(FAULTS, 0))
    assert (in_time, too_late) == (True, False)


def test_odd_requests_are_the_same_each_time_and_as_many_as_wanted():
    first = list(odd_requests(1_000))

    assert (len(first), first) == (1_000, list(odd_requests(1_000)))
    assert not set(DOUBTFUL) & set(CLEAR)
