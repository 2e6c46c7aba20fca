"""The crowd of visitors that asks while something is broken."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from prove.crashes import ask

pytestmark = pytest.mark.django_db


class Thankful(http.server.BaseHTTPRequestHandler):
    """Acknowledges whatever it is sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.send_response(302)
        self.send_header("Location", "/ask/sent/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def thankful(topics) -> Iterator[http.server.ThreadingHTTPServer]:
    """A web server that keeps nothing; `asked` counts what it was sent."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Thankful) as server:
        server.asked = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_run_that_is_stopped_sends_no_more_questions(thankful):
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask([thankful.server_port], 3_000, 2, 300, stop)

    assert 0 < thankful.asked < 1_500
