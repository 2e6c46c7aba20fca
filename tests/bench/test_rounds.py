"""Requests that are each sent once: over several connections, and answered in their own order."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bench import processes
from bench.client import asked_page
from bench.rounds import ask_each
from bench.site import Server
from bench.tables import BenchBroken
from script.serve import HOST

MIRROR = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Mirror(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = int(self.path[1:])
        time.sleep(0.02 if number % 3 == 0 else 0)
        body = f"{number} {self.client_address[1]}".encode()
        self.send_response(404 if number == 99 else 302)
        self.send_header("Location", f"/there/{number}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Mirror).serve_forever()
"""


@contextmanager
def mirror(folder: Path):
    """A server that answers with the number it was asked for, and over which connection."""
    [port] = processes.free_ports(1)
    process = subprocess.Popen([sys.executable, "-c", MIRROR, str(port)], cwd=folder, text=True)
    try:
        # Its threads come and go with connections: what they cost is not looked at.
        server = Server("mirror", port, process, ())
        _wait_for(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait_for(server):
    for _ in range(400):
        with suppress(ConnectionRefusedError):
            socket.create_connection((HOST, server.port)).close()
            return
        time.sleep(0.025)
    raise AssertionError("the mirror does not answer")


def asked(server, *numbers):
    return [asked_page(server.port, f"/{number}", cookies="a=1") for number in numbers]


def test_each_is_answered_once_in_order_over_four_connections(tmp_path):
    with mirror(tmp_path) as server:
        figures, answers = ask_each(server, asked(server, *range(30)), "302", "/there/")
        alone, [answer] = ask_each(server, asked(server, 7), "302", "/there/7")

    numbers, connections = zip(*(each.body.split() for each in answers), strict=True)
    assert [int(each) for each in numbers] == list(range(30))
    assert len(set(connections)) == 4
    assert len(figures.latencies) == 30
    assert min(figures.latencies[::3]) >= 20_000
    assert (answer.body.split()[0], len(alone.latencies)) == (b"7", 1)


@pytest.mark.parametrize(("number", "leads_to"), [(99, "/there/"), (5, "/elsewhere/")])
def test_another_answer_than_was_expected_ends_the_bench(tmp_path, number, leads_to):
    with mirror(tmp_path) as server, pytest.raises(BenchBroken, match="mirror answered"):
        ask_each(server, asked(server, 1, 2, number), "302", leads_to)
