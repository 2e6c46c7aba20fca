"""A web server with the faults that odd requests look for: the control of `prove.probes`."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

_ANSWER = b"HTTP/1.1 %d \r\nContent-Length: 0\r\n\r\n"
_DEAF_FOR = 1
"""How many callers are turned away after what upset the server."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    deaf = 0
    threads: threading.Semaphore

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self.threads:
            super().process_request_thread(request, client_address)


class _Stumbling(socketserver.StreamRequestHandler):
    """Answers 500 to an escape of NUL, knows no transfer coding, is deaf for a while after a bad length."""

    server: _Server
    timeout = 10

    def handle(self) -> None:
        if self.server.deaf:
            self.server.deaf -= 1
            return
        with suppress(OSError):
            while (line := self.rfile.readline()) and self._answer(line):
                pass

    def _answer(self, line: bytes) -> bool:
        """Answer a request; return whether another one may follow."""
        length, goes_on = 0, True
        while (header := self.rfile.readline().strip()) != b"":
            name, _, value = header.partition(b":")
            if (name, value) == (b"Connection", b" close"):
                goes_on = False
            if name.lower() == b"content-length":
                if value.strip().isdigit():
                    length = int(value)
                else:
                    self.server.deaf = _DEAF_FOR
        if length < 1_000_000:
            self.rfile.read(length)
        self.wfile.write(_ANSWER % (500 if b"%00" in line else 200))
        return goes_on


@contextmanager
def stumbling_server(*, at_once: int = 1000) -> Iterator[int]:
    """Run the server until the block ends, with so many callers answered at once; give its port."""
    with _Server(("127.0.0.1", 0), _Stumbling) as server:
        server.threads = threading.Semaphore(at_once)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
