"""One server, one browser and a few windows for all browser tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from script.browser import find_chromium
from script.serve import HOST, server_command
from script.throwaway_postgres import ROOT, end_with_parent
from tests.browser.visits import Window

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MADE_BEFORE = ["static/build/public.css", "locale/bn/LC_MESSAGES/django.mo"]
START_SECONDS = 60
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 256}
"""A small phone; also what is left of 1280 × 1024 at 400 % (WCAG 1.4.10)."""


class Site:
    """The running site: where it answers and what its server has written so far."""

    def __init__(self, address: str, output: Path) -> None:
        self.address, self._output = address, output

    @property
    def written(self) -> str:
        """Everything on the server's standard output and error."""
        return self._output.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """The portal on the production web server, with a database file of its own."""
    missing = [name for name in MADE_BEFORE if not (ROOT / name).exists()]
    if missing:
        pytest.fail(f"Not built yet: {', '.join(missing)}. script/test builds everything.", pytrace=False)
    folder = tmp_path_factory.mktemp("site")
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'hubs.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "FROZEN_SITE": "yes",
    }
    subprocess.run([sys.executable, "-m", "tests.browser.frozen_site"], cwd=ROOT, env=env, check=True)
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = server_command(port, application="tests.browser.frozen_site:application", workers=1)
    command[0] = sys.executable
    output = folder / "server.log"
    with output.open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=log, stderr=log, preexec_fn=end_with_parent
        )
    made = Site(f"http://{HOST}:{port}", output)
    try:
        _wait_until_it_answers(made, server)
        yield made
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(START_SECONDS)


def _wait_until_it_answers(site: Site, server: subprocess.Popen) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{site.address}/robots.txt", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The site did not start:\n{site.written}", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=FLAGS)
        yield started
        started.close()


def _window(browser: Browser, site: Site, **options) -> Iterator[Window]:
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", **options)
    # Nothing here takes long; a page that hangs shall not hang the tests.
    context.set_default_timeout(20_000)
    yield Window(context, site.address)
    context.close()


@pytest.fixture(scope="session")
def desk(browser, site) -> Iterator[Window]:
    """A window 1280 pixels wide."""
    yield from _window(browser, site, viewport=DESK)


@pytest.fixture(scope="session")
def phone(browser, site) -> Iterator[Window]:
    """A window 320 × 256 pixels large."""
    yield from _window(browser, site, viewport=PHONE)


@pytest.fixture(scope="session")
def without_script(browser, site) -> Iterator[Window]:
    """A window whose browser runs no script of the page."""
    yield from _window(browser, site, viewport=DESK, java_script_enabled=False)
