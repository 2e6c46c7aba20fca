"""Visits to the servers in turn, in short slices, round after round."""

from __future__ import annotations

import json
import selectors
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from subprocess import Popen

from bench import processes
from bench.client import ANSWER_SECONDS, Answer, Connection, Order, header
from bench.ratios import percentile
from bench.site import Server
from bench.tables import BenchBroken
from script.serve import HOST
from script.steps import clean_environment

TRIES_FOR_A_SLICE = 4
WARM_UP_SECONDS = 0.5


@dataclass(frozen=True)
class Subject:
    """What is asked of which server in one slice; every answer must have `status`."""

    name: str
    server: Server
    paths: list[str]
    status: str = "200"
    revalidate: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    forms: Callable[[], list[str]] | None = None
    """Gives the bodies that one slice posts; none is ever posted twice."""


@dataclass
class Figures:
    """What the rounds gave for one subject, a value a round; latencies in microseconds from all rounds."""

    rates: list[float] = field(default_factory=list)
    """Requests a second."""
    costs: list[float] = field(default_factory=list)
    """CPU microseconds a request, of the server's whole process tree."""
    latencies: list[int] = field(default_factory=list)
    size: int = 0
    """Bytes of one answer, header and body, on average."""

    def take(self, more: Figures) -> None:
        """Add what further rounds gave."""
        self.rates += more.rates
        self.costs += more.costs
        self.latencies += more.latencies
        self.size = more.size

    def milliseconds(self, share: float) -> float:
        """The latency that `share` (0 to 1) of all requests did not exceed."""
        return percentile(self.latencies, share) / 1000


class Client:
    """The load client's process, driven line by line."""

    def __init__(self, process: Popen[str]) -> None:
        self._process = process

    def visit(self, order: Order) -> dict:
        """Have the order carried out; returns the client's outcome, or its `failure`. Raises BenchBroken."""
        if self._process.stdin is None or self._process.stdout is None:
            raise BenchBroken("the load client was started without pipes")
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise BenchBroken("the load client has ended")
        return json.loads(line)


@contextmanager
def load_client() -> Iterator[Client]:
    """The load client in a process group of its own; it ends with the block."""
    process = processes.start([sys.executable, "-m", "bench.client"], env=clean_environment(), piped=True)
    try:
        yield Client(process)
    finally:
        processes.stop(process)


def visit_in_turn(
    subjects: Sequence[Subject], client: Client, *, rounds: int, seconds: float
) -> dict[str, Figures]:
    """Visit every subject once a round, in slices of `seconds`; returns the figures by subject's name.

    Each round begins with another subject, so that none always follows the same neighbour. Raises BenchBroken
    when a subject cannot be measured.
    """
    for subject in subjects:
        _slice(subject, client, WARM_UP_SECONDS, Figures())
    figures = {subject.name: Figures() for subject in subjects}
    for number in range(rounds):
        first = number % len(subjects)
        for subject in [*subjects[first:], *subjects[:first]]:
            _slice(subject, client, seconds, figures[subject.name])
    return figures


def ask_each(
    server: Server, requests: Sequence[bytes], status: str, leads_to: str = ""
) -> tuple[Figures, list[Answer]]:
    """Send each of these requests once, over as many connections as a visit has; return what that cost, as
    one round, and the answers in the order of the requests.

    As busy as on a visit, the server costs what it costs there: one that waits for the next request sleeps,
    and to wake it up costs half as much as a bare page. Raises BenchBroken where an answer has another
    status, or leads elsewhere than to `leads_to`, BadAnswer where there is none, and `processes.ThreadEnded`.
    """
    connections: list[Connection] = []
    try:
        for _ in range(min(Order.connections, len(requests))):
            connections.append(Connection(HOST, server.port))
        before = processes.cpu_time(server.roots)
        began = time.perf_counter()
        answers, latencies = _answers_to(requests, connections)
        lasted = time.perf_counter() - began
        spent = processes.cpu_between(before, processes.cpu_time(server.roots))
    finally:
        for connection in connections:
            connection.socket.close()
    for answer in answers:
        if answer.status != status or not (header(answer.head, "location") or "").startswith(leads_to):
            raise BenchBroken(f"{server.name} answered {answer.head[:500].decode('latin-1')}")
    size = round(sum(answer.size for answer in answers) / len(answers))
    count = len(requests)
    return Figures([count / lasted], [spent / 1000 / count], latencies, size), answers


def _answers_to(requests: Sequence[bytes], connections: list[Connection]) -> tuple[list[Answer], list[int]]:
    """Return the answers in the order of the requests, and how many microseconds each took."""
    found: dict[int, tuple[Answer, int]] = {}
    left = iter(enumerate(requests))
    with selectors.DefaultSelector() as waiting:

        def go_on(connection: Connection) -> None:
            number, request = next(left, (None, b""))
            if number is None:
                waiting.unregister(connection.socket)
            else:
                waiting.modify(connection.socket, selectors.EVENT_READ, (connection, number))
                connection.send(request)

        for connection in connections:
            waiting.register(connection.socket, selectors.EVENT_READ)
            go_on(connection)
        while waiting.get_map():
            ready = waiting.select(ANSWER_SECONDS)
            if not ready:
                raise BenchBroken(f"no answer within {ANSWER_SECONDS:g} s")
            for key, _ in ready:
                connection, number = key.data
                if (answer := connection.receive()) is not None:
                    found[number] = answer, int((time.perf_counter() - connection.sent_at) * 1e6)
                    go_on(connection)
    answers, latencies = zip(*(found[number] for number in range(len(requests))), strict=True)
    return list(answers), list(latencies)


def _slice(subject: Subject, client: Client, seconds: float, figures: Figures) -> None:
    plain = Order(
        subject.server.port, subject.paths, seconds, revalidate=subject.revalidate, headers=subject.headers
    )
    reason = ""
    for _ in range(TRIES_FOR_A_SLICE):
        order = replace(plain, forms=subject.forms()) if subject.forms else plain
        before = processes.cpu_time(subject.server.roots)
        outcome = client.visit(order)
        after = processes.cpu_time(subject.server.roots)
        if failure := outcome.get("failure"):
            reason = failure
            continue
        # A page's ETag may change within the slice when a hub opens or closes: then the slice is repeated.
        if set(outcome["statuses"]) != {subject.status}:
            reason = f"answers by status: {outcome['statuses']}, expected {subject.status}"
            continue
        try:
            spent = processes.cpu_between(before, after)
        except processes.ThreadEnded as ended:
            reason = str(ended)
            continue
        count = len(outcome["latencies"])
        figures.rates.append(count / outcome["seconds"])
        figures.costs.append(spent / 1000 / count)
        figures.latencies.extend(outcome["latencies"])
        figures.size = round(outcome["bytes_received"] / count)
        return
    raise BenchBroken(f"{subject.name}: {TRIES_FOR_A_SLICE} slices in vain, the last one because: {reason}")
