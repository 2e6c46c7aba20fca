"""What `script/test` checks, in which order, and how the tests in it are counted."""

import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from script.setup import PYTHON
from script.steps import ROOT, clean_environment

BROWSER_TESTS = "tests/browser"
# A process that has done its share takes over from the others', so none waits for the longest test.
IN_PROCESSES = ("-n", "2", "--dist", "worksteal")
# Twice as many, because half of the time each waits: for its browser's next frame, for an answer, for a key.
IN_BROWSERS = ("-n", "4", "--dist", "worksteal")
# What a developer's shell may hold for the portal itself: the checks bring their own.
PORTAL_SETTINGS = (
    "DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "DATABASE_URL",
    "DEMO_PASSWORD",
    "BEHIND_TLS_PROXY",
)
SQLITE = {"DATABASE_URL": "sqlite://:memory:"}


@dataclass(frozen=True)
class Check:
    """One part of `script/test`: a command, and whether it is a pytest run whose tests are counted."""

    name: str
    command: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    counts_tests: bool = False


@dataclass(frozen=True)
class Tally:
    """How many tests passed, failed (errors included) and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        line = f"{self.passed} passed, {self.failed} failed"
        return f"{line}, {self.skipped} skipped" if self.skipped else line


@dataclass(frozen=True)
class Result:
    """How a check ended: `state` is "ok", "FAILED" or "skipped"."""

    name: str
    state: str
    seconds: float = 0.0
    tally: Tally = Tally()
    reason: str = ""


def code_checks() -> list[Check]:
    """Style, migrations, production settings and translations, and the database that the tests copy."""
    templates = ["templates", *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("*/templates")))]
    code = [*sorted(path.parent.name for path in ROOT.glob("*/apps.py")), "script"]
    production = SQLITE | {
        "DEBUG": "False",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "hubs.example.org",
        "SITE_URL": "https://hubs.example.org",
        "HSTS_INCLUDE_SUBDOMAINS": "True",
        "HSTS_PRELOAD": "True",
    }
    return [
        Check("Style (ruff check)", ("ruff", "check")),
        Check("Format (ruff format)", ("ruff", "format", "--check")),
        Check("Security (bandit)", ("bandit", "-q", "-c", "pyproject.toml", "-ll", "-r", *code)),
        Check("Templates (djlint)", ("djlint", "--lint", "--quiet", *templates)),
        Check("Migrations", ("manage.py", "makemigrations", "--check", "--dry-run"), SQLITE),
        Check(
            "Production settings", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"), production
        ),
        Check("Translations", ("manage.py", "messages", "--check"), SQLITE),
        Check("Database to copy (SQLite)", ("script.prepared_database",), SQLITE),
    ]


def types() -> Check:
    """The types: takes as long as all of `code_checks`, on one core, so it is run beside them."""
    return Check("Types (mypy)", ("mypy",), SQLITE)


def unit_tests(database: str, url: str, *options: str) -> Check:
    """Every test that needs no browser, on the database with this DATABASE_URL; `options` are pytest's."""
    command = ("pytest", f"--ignore={BROWSER_TESTS}", "-q", *IN_PROCESSES, *options)
    return Check(f"Tests on {database}", command, {"DATABASE_URL": url}, counts_tests=True)


def browser_tests(chromium: Path) -> Check:
    """The tests that drive this Chromium."""
    env = SQLITE | {"CHROMIUM": str(chromium), "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    command = ("pytest", BROWSER_TESTS, "-q", *IN_BROWSERS)
    return Check("Tests in the browser", command, env, counts_tests=True)


def proofs_under_fault() -> Check:
    """Kills, crashes, races and full disks: prove/README.md."""
    return Check("Proof under fault", ("prove", "--in-tests"))


def chosen_tests(arguments: list[str], env: dict[str, str]) -> Check:
    """One pytest run with a person's own arguments."""
    return Check("Chosen tests", ("pytest", *arguments), env, counts_tests=True)


def perform(check: Check, folder: Path) -> Result:
    """Run a check with its output shown as it comes; `folder` takes pytest's report."""
    print(f"\n== {check.name}", flush=True)
    report = folder / f"{check.name}.xml"
    started = time.monotonic()
    exit_code = subprocess.run(
        _command(check, report), cwd=ROOT, env=_environment(check), check=False
    ).returncode
    tally = read_report(report, exit_code) if check.counts_tests else Tally()
    return _told(check, exit_code, time.monotonic() - started, tally)


@contextmanager
def beside(check: Check, folder: Path) -> Iterator[Callable[[], Result]]:
    """Run a check without tests while the block runs others; what it gives waits, shows the output and tells.

    `folder` takes the output meanwhile. A check that is not waited for is ended with the block.
    """
    output = folder / f"{check.name}.txt"
    command = _command(check, folder / f"{check.name}.xml")
    started = time.monotonic()
    with output.open("wb") as written, ThreadPoolExecutor(1) as watching:
        running = subprocess.Popen(
            command, cwd=ROOT, env=_environment(check), stdout=written, stderr=subprocess.STDOUT
        )
        ended = watching.submit(lambda: (running.wait(), time.monotonic()))

        def result() -> Result:
            exit_code, at = ended.result()
            print(f"\n== {check.name}\n{output.read_text(errors='replace')}", end="", flush=True)
            return _told(check, exit_code, at - started, Tally())

        try:
            yield result
        finally:
            running.terminate()


def _command(check: Check, report: Path) -> list[str]:
    command = [str(PYTHON), *check.command]
    if check.command[0] != "manage.py":
        command.insert(1, "-m")
    if check.counts_tests:
        command.append(f"--junit-xml={report}")
    return command


def _environment(check: Check) -> dict[str, str]:
    kept = {name: value for name, value in clean_environment().items() if name not in PORTAL_SETTINGS}
    return kept | check.env


def _told(check: Check, exit_code: int, seconds: float, tally: Tally) -> Result:
    state = "ok" if exit_code == 0 else "FAILED"
    print(f"-- {state}, {seconds:.1f} s", flush=True)
    return Result(check.name, state, seconds, tally)


def read_report(report: Path, exit_code: int) -> Tally:
    """Count the tests in pytest's JUnit report.

    A run that failed without naming a test (no test found, a crash before the report) counts as one failure.
    """
    tally = Tally()
    if report.exists():
        for suite in ElementTree.parse(report).iter("testsuite"):  # nosec B314
            counts = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
            failed = counts["failures"] + counts["errors"]
            tally += Tally(counts["tests"] - failed - counts["skipped"], failed, counts["skipped"])
    if exit_code != 0 and tally.failed == 0:
        tally += Tally(failed=1)
    return tally
