"""Many officers at once: a database that threads share, a real web server on it, and people signed in."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler

Answer = TypeVar("Answer")
SECRET = "a" * 32
"""A CSRF secret: the same in cookie and form is what Django asks for."""


@pytest.fixture
def shared_database(transactional_db, tmp_path) -> Iterator[None]:
    """The test's database where threads meet as they do in production.

    SQLite in memory cannot be shared by writers, so its rows go on in a file with the portal's own settings.
    Ask for the rows that the test needs before this fixture.
    """
    if connections["default"].vendor != "sqlite":
        yield
        return
    in_memory, settings = connections["default"], connections.settings["default"]
    in_memory.ensure_connection()
    file = tmp_path / "shared.sqlite3"
    with sqlite3.connect(file) as copy:
        in_memory.connection.backup(copy)
        # As the portal's own file is from its first migration on. Threads that all switch a new file over at
        # once do not wait for each other: SQLite answers "locked" whatever the time-out.
        copy.execute("PRAGMA journal_mode=WAL")
    copy.close()
    del connections["default"]
    connections.settings["default"] = settings | {"NAME": str(file)}
    yield
    connections["default"].close()
    connections.settings["default"] = settings
    connections["default"] = in_memory


class ClosingHandler(QuietWSGIRequestHandler):
    """Closes after each answer, so that a server that was stopped answers nothing more."""

    protocol_version = "HTTP/1.0"


class DeskServer(ThreadedWSGIServer):
    """A web server whose queue holds a whole desk pressing the same button."""

    request_queue_size = 128
    daemon_threads = True


@pytest.fixture
def desk_server(shared_database) -> Iterator[int]:
    """A web server with a thread for each request, on the shared database; gives its port."""
    with serving() as port:
        yield port


class serving:
    """Context manager that serves the portal on `port`, any free one for 0, and gives the port."""

    def __init__(self, port: int = 0) -> None:
        self._server = DeskServer(("127.0.0.1", port), ClosingHandler)
        self._server.set_app(WSGIHandler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> int:
        self._thread.start()
        return self._server.server_port

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass(frozen=True)
class Reply:
    """What the web server answered."""

    status: int
    headers: dict[str, str]
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


class Officer:
    """Somebody signed in, as a browser that keeps its cookies."""

    def __init__(self, port: int, user: Any) -> None:
        client = Client()
        client.force_login(user)
        self._port = port
        self.session = client.cookies["sessionid"].value
        self._cookies = {"csrftoken": SECRET, "sessionid": self.session}

    def get(self, path: str, **headers: str) -> Reply:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> Reply:
        body = urlencode({"csrfmiddlewaretoken": SECRET} | (fields or {}))
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Reply:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, path, body, headers | {"Cookie": cookies})
        answer = connection.getresponse()
        reply = Reply(answer.status, dict(answer.getheaders()), answer.read().decode())
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.split(";")[0]
        connection.close()
        return reply


def at_once(jobs: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Run jobs in a thread each, started together; return their answers in order or raise an error."""
    together = threading.Barrier(len(jobs))

    def started(job: Callable[[], Answer]) -> Answer:
        together.wait()
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(started, jobs))
