"""What looks at pages looks at the whole page, however slowly it comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.rules import broken_rules, broken_when_narrow, wider_than_the_screen

pytestmark = pytest.mark.browser

START = b'<!doctype html><html lang="en"><title>Start</title><form method="post"><button>Next</button></form>'
WIDE = b'<!doctype html><html lang="en"><title>Next</title><main><h1>x</h1><img style="width: 2000px"></main>'
COMES_AFTER = 0.3
"""Seconds between the head of an answer and the page: far longer than a question of Playwright takes."""


class Slow(BaseHTTPRequestHandler):
    """Answers a form with the head of a page at once and the page itself a moment later."""

    def do_GET(self) -> None:
        self._answer(START)

    def do_POST(self) -> None:
        self._answer(WIDE, after=COMES_AFTER)

    def _answer(self, page: bytes, *, after: float = 0) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.flush()
        time.sleep(after)
        self.wfile.write(page)

    def log_message(self, *_words) -> None:
        """Say nothing among the tests' lines."""


@pytest.fixture
def arriving(browser) -> Iterator:
    """Return a page whose head alone has come."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page(viewport={"width": 320, "height": 640})
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.locator("button").click()
        yield page
        page.close()
        server.shutdown()


def test_rules_are_asked_of_a_page_that_has_come(arriving):
    assert "image-alt" in broken_rules(arriving)


def test_the_width_is_taken_of_a_page_that_has_come(arriving):
    assert wider_than_the_screen(arriving) > 1600


def test_a_narrow_look_waits_for_the_page_too(arriving):
    assert broken_when_narrow(arriving)[1] > 1600
