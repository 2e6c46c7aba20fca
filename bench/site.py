"""The portal as the bench serves it: own demo database, production server command, free ports."""

from __future__ import annotations

import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from bench import processes
from bench.tables import BenchBroken
from script.serve import HOST, SERVERS, server_command
from script.setup import PYTHON, manage
from script.steps import VAR, StepFailed, clean_environment
from script.throwaway_postgres import PostgresBroken, PostgresMissing, ThrowawayPostgres

PORTAL = "hubportal.wsgi:application"
HELLO = "bench.hello.wsgi:application"
READY_SECONDS = 30
# One worker each: the servers are compared, not how well this machine's few cores are shared among workers,
# and with one worker a page is in the memo after the first request for it.
WORKERS = 1


@dataclass(frozen=True)
class Server:
    """A running web server. `roots` are the processes whose trees do its work, PostgreSQL's among them."""

    name: str
    port: int
    process: Popen[str]
    roots: tuple[int, ...]

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def workers(self) -> list[int]:
        """The processes that load the application: those without children, the largest first."""
        pids = processes.tree(self.process.pid)
        leaves = [pid for pid in pids if processes.tree(pid) == [pid]]
        return sorted(leaves, key=lambda pid: processes.memory(pid)[0], reverse=True)


@dataclass(frozen=True)
class Planned:
    """A server to start: `application` is PORTAL or HELLO, `server` one of `script.serve.SERVERS`."""

    name: str
    application: str
    server: str = SERVERS[0]
    python: Path = PYTHON
    """Of the virtual environment that has the application and the server."""


@dataclass(frozen=True)
class Site:
    """The portal's demo data, ready to be served; `database_roots` are PostgreSQL's processes, if any."""

    folder: Path
    env: dict[str, str]
    database_roots: tuple[int, ...] = ()


@contextmanager
def prepared_site(*, postgres: bool = False, history: bool = True) -> Iterator[Site]:
    """A database with the demo's facts and visits, in a temporary folder or in a throw-away PostgreSQL.

    Without `history` it has the facts alone.

    Static files are those that the set-up has collected; they are the same for every database. Raises
    BenchBroken.
    """
    if not (VAR / "static" / "staticfiles.json").exists():
        raise BenchBroken(
            "static files are not collected yet: run script/bench, which sets the clone up first."
        )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubs-bench-")))
        url, roots = f"sqlite:///{folder / 'hubs.sqlite3'}", ()
        try:
            if postgres:
                url = stack.enter_context(ThrowawayPostgres()).url
                roots = (_postmaster(),)
            env = clean_environment(
                DATABASE_URL=url, DEMO_PASSWORD="not-signed-in-to", SECRET_KEY="bench " * 12
            )
            env.pop("DEBUG", None)
            manage("prepare_demo", *(() if history else ("--no-history",)), env=env)
        except (PostgresMissing, PostgresBroken) as failure:
            raise BenchBroken(f"PostgreSQL: {failure}") from failure
        except StepFailed as failure:
            raise BenchBroken(f"{failure}\n{failure.output[-2000:]}") from failure
        yield Site(folder, env, roots)


@contextmanager
def running(site: Site, plans: list[Planned]) -> Iterator[list[Server]]:
    """Start all planned servers at once, each in its own process group; they end with the block.

    Raises BenchBroken when one does not answer.
    """
    with ExitStack() as stack:
        servers = []
        for plan, port in zip(plans, processes.free_ports(len(plans)), strict=True):
            command = server_command(port, server=plan.server, application=plan.application, workers=WORKERS)
            command[0] = str(plan.python)
            log = site.folder / f"{plan.name}.log".replace("/", "-")
            process = processes.start(command, env=site.env | {"PORT": str(port)}, log=log)
            stack.callback(processes.stop, process)
            roots = (process.pid, *(site.database_roots if plan.application == PORTAL else ()))
            servers.append(Server(plan.name, port, process, roots))
        for server in servers:
            _wait_until_ready(server, site.folder / f"{server.name}.log".replace("/", "-"))
        yield servers


def status_of(server: Server, path: str) -> int:
    """The status with which the server answers a GET of `path`, 0 when it does not answer."""
    try:
        with urllib.request.urlopen(server.address + path, timeout=READY_SECONDS) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _wait_until_ready(server: Server, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while status_of(server, "/") == 0:
        if server.process.poll() is not None or time.monotonic() > until:
            said = log.read_text(errors="replace")[-2000:]
            raise BenchBroken(f"{server.name} does not answer. It said:\n{said}")
        time.sleep(0.1)


def _postmaster() -> int:
    """The PostgreSQL that this process has just started: its child of that name."""
    for pid in processes.tree(os.getpid())[1:]:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres":
            return pid
    raise BenchBroken("the throw-away PostgreSQL is not among this process's children")
