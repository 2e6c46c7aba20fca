"""A new release is put in place while the service runs, and taken by a reload of the unit's own command."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import processes
from tests.deploy.test_deploy import DEPLOY, unit

SAYS = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "1")])
    return [b"{says}"]
"""
WAIT_SECONDS = 60


def release(folder: Path, says: str) -> Path:
    (folder / "hubportal").mkdir(parents=True)
    (folder / "hubportal" / "wsgi.py").write_text(SAYS.format(says=says))
    shutil.copytree(DEPLOY, folder / "deploy")
    return folder


def answer(port: int) -> str:
    """What the server says, and nothing while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=WAIT_SECONDS) as page:
            return page.read().decode()
    except OSError:
        return ""


def says_in_the_end(port: int, wanted: str) -> bool:
    until = time.monotonic() + WAIT_SECONDS
    while answer(port) != wanted:
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[Path, int, int]]:
    """The folder that is in place, a link to the first release; the server's port; its process."""
    release(tmp_path / "first", "1")
    in_place = tmp_path / "in-place"
    in_place.symlink_to("first")
    command = unit(DEPLOY / "systemd" / "hubs.service")["Service"]["ExecStart"]
    words = [word.replace("/srv/hubs", str(in_place)) for word in shlex.split(command)]
    [port] = processes.free_ports(1)
    env = dict(os.environ, BIND=f"127.0.0.1:{port}", WORKERS="1", THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    with subprocess.Popen([sys.executable, *words[1:]], cwd=in_place, env=env, text=True) as server:
        yield in_place, port, server.pid
        server.terminate()


@pytest.mark.parametrize("way", ["a link", "a folder of the same name"])
def test_a_reload_takes_the_release_that_is_in_place_now(way, served, tmp_path):
    in_place, port, server = served
    assert says_in_the_end(port, "1")

    in_place.unlink()
    if way == "a link":
        release(tmp_path / "second", "2")
        in_place.symlink_to("second")
    else:
        release(in_place, "2")
    os.kill(server, signal.SIGHUP)

    assert says_in_the_end(port, "2")
