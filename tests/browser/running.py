"""Starting the site that the browser visits, for the tests and for the gallery of pages."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from script.serve import HOST, server_command
from script.steps import StepFailed
from script.throwaway_postgres import ROOT, end_with_parent
from tests.browser.frozen_site import PASSWORD

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""How Chromium is started: nothing of it may ask the internet for anything."""

MADE_BEFORE = ["static/build/public.css", "locale/bn/LC_MESSAGES/django.mo"]
START_SECONDS = 60


class Site:
    """The running site: where it answers and what its server has written so far."""

    def __init__(self, address: str, output: Path) -> None:
        self.address, self._output = address, output

    @property
    def written(self) -> str:
        """Everything on the server's standard output and error."""
        return self._output.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """The portal on the production web server, with a database file of its own in `folder`.

    Raises `StepFailed` where it was not built before, or does not start.
    """
    missing = [name for name in MADE_BEFORE if not (ROOT / name).exists()]
    if missing:
        raise StepFailed(f"Not built yet: {', '.join(missing)}. script/test builds everything.")
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


def sign_in(page: Any, address: str) -> None:
    """Sign the manager at Bow in, by the form."""
    page.goto(f"{address}/staff/sign-in/")
    page.locator("#id_username").fill("manager")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")


def _wait_until_it_answers(site: Site, server: subprocess.Popen) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{site.address}/robots.txt", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise StepFailed(f"The site did not start:\n{site.written}")
