"""A database with the portal's facts, and web servers on it that may be killed."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from bench import processes
from prove.findings import ProofBroken
from script.prepared_database import copy_to
from script.serve import server_command
from script.setup import PYTHON
from script.steps import StepFailed, clean_environment, run
from script.throwaway_postgres import ThrowawayPostgres

PORTAL, LYING = "hubportal.wsgi:application", "prove.lying:application"
PASSWORD = "correct-horse-battery-staple"
READY_SECONDS = 180


@dataclass(frozen=True)
class Node:
    """One web server with its workers, in a process group of its own."""

    port: int
    process: Popen[str]

    def workers(self) -> list[int]:
        """Return the processes that answer requests now."""
        return processes.tree(self.process.pid)[1:]

    def kill_a_worker(self) -> None:
        """Kill one worker outright; the web server starts another."""
        if workers := self.workers():
            with suppress(ProcessLookupError):
                os.kill(random.choice(workers), signal.SIGKILL)

    def kill(self) -> None:
        """Kill the web server and all its workers outright, as a machine that loses its power."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def reload(self) -> None:
        """Start new workers with the code as it is now, and let the old ones finish."""
        self.process.send_signal(signal.SIGHUP)

    def answers(self, path: str = "/healthz") -> int:
        """Return the status of a page, 0 without an answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=READY_SECONDS) as page:
                return page.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@dataclass(frozen=True)
class Site:
    """A prepared database. `file` is SQLite's, `postgres` the server of the other engine."""

    engine: str
    folder: Path
    env: dict[str, str]
    file: Path | None = None
    postgres: ThrowawayPostgres | None = None

    def on(self, url: str) -> Site:
        """Return the same site with another database."""
        file = Path(url.removeprefix("sqlite:///")) if self.file else None
        return Site(self.engine, self.folder, self.env | {"DATABASE_URL": url}, file, self.postgres)

    def manage(self, *words: str | Path) -> str:
        """Run a management command on this database; raises StepFailed."""
        return run(PYTHON, "manage.py", *words, env=self.env)

    @contextmanager
    def node(
        self,
        workers: int,
        *,
        server: str = "gunicorn",
        application: str = PORTAL,
        settings: str = "prove.settings",
        loaded_once: bool = True,
    ) -> Iterator[Node]:
        """Run a web server until the block ends; raises ProofBroken when it does not answer.

        `loaded_once`: workers are copies of one process, so that a killed one costs little to replace. Such a
        server cannot be reloaded with new code. Only gunicorn can do that.
        """
        [port] = processes.free_ports(1)
        command = server_command(port, server=server, application=application, workers=workers)
        log = self.folder / f"server-{port}.log"
        env = self.env | {"DJANGO_SETTINGS_MODULE": settings}
        if loaded_once:
            env["GUNICORN_CMD_ARGS"] = "--preload"
        started = Node(port, processes.start(command, env=env, log=log))
        try:
            until = time.monotonic() + READY_SECONDS
            while started.answers() != 200:
                if started.process.poll() is not None or time.monotonic() > until:
                    raise ProofBroken(f"the web server does not answer:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield started
        finally:
            processes.stop(started.process)


@contextmanager
def prepared(engine: str) -> Iterator[Site]:
    """Make a database of this engine with hubs, topics and demo accounts; it is gone after the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubs-prove-")))
        file, postgres = folder / "hubs.sqlite3", None
        url = f"sqlite:///{file}"
        if engine == "postgresql":
            file, postgres = None, stack.enter_context(ThrowawayPostgres(durable=True))
            url = postgres.url
        env = clean_environment(
            DATABASE_URL=url,
            DEMO_PASSWORD=PASSWORD,
            SECRET_KEY="prove " * 12,
            DJANGO_SETTINGS_MODULE="prove.settings",
            BACKUP_DIR=str(folder / "backups"),
        )
        env.pop("DEBUG", None)
        site = Site(engine, folder, env, file, postgres)
        try:
            if file:
                copy_to(file)
            for command in (["migrate"], ["load_hubs"], ["load_desk"], ["load_demo", "--no-history"]):
                site.manage(*command, "--verbosity=0")
        except StepFailed as failure:
            raise ProofBroken(f"{failure}\n{failure.output[-2000:]}") from failure
        yield site
