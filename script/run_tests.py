"""`script/test`: set the clone up, run every check, and say in one table what failed."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from script import setup
from script.browser import find_chromium
from script.checks import (
    SQLITE,
    Check,
    Result,
    Tally,
    beside,
    browser_tests,
    chosen_tests,
    code_checks,
    perform,
    proofs_under_fault,
    types,
    unit_tests,
)
from script.steps import VENV, StepFailed, explain, one_set_up_at_a_time
from script.throwaway_postgres import (
    PostgresBroken,
    PostgresMissing,
    ThrowawayPostgres,
    server_programs,
)


def main(arguments: list[str]) -> int:
    """Run all checks, or those the arguments choose; returns 0 only if every one of them passed."""
    signal.signal(signal.SIGTERM, _stop)
    started = time.monotonic()
    try:
        with one_set_up_at_a_time():
            setup.set_up_for_tests()
        with tempfile.TemporaryDirectory(prefix="hubs-tests-") as folder:
            results = list(_results(arguments, Path(folder)))
    except StepFailed as failure:
        explain(failure)
        return summarise([Result("Set-up", "FAILED", tally=Tally(failed=1))], time.monotonic() - started)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return summarise(results, time.monotonic() - started)


def summarise(results: list[Result], seconds: float) -> int:
    """Print the table and, as the last line, the sum of all tests; returns the exit code."""
    print("\n== Summary")
    for result in results:
        detail = result.reason or (str(result.tally) if result.tally != Tally() else "")
        print(f"  {result.state:8}{result.name:24}{result.seconds:7.1f} s  {detail}".rstrip())
    failed = [result.name for result in results if result.state == "FAILED"]
    print(f"  {'in all':32}{seconds:7.1f} s")
    if failed:
        print(f"Failed: {', '.join(failed)}")
    print(sum((result.tally for result in results), Tally()), flush=True)
    return 1 if failed else 0


def _results(arguments: list[str], folder: Path) -> Iterator[Result]:
    if arguments and arguments != ["--fast"]:
        yield perform(_chosen(arguments), folder)
        return
    with beside(types(), folder) as told:
        for check in code_checks():
            yield perform(check, folder)
        yield told()
    yield perform(unit_tests("SQLite", SQLITE["DATABASE_URL"]), folder)
    if not arguments:
        yield _if_possible("Tests on PostgreSQL", lambda: _on_postgres(folder))
        yield _if_possible("Tests in the browser", lambda: perform(browser_tests(find_chromium()), folder))
        yield perform(proofs_under_fault(), folder)


def _chosen(arguments: list[str]) -> Check:
    env = {"DATABASE_URL": os.environ.get("DATABASE_URL") or SQLITE["DATABASE_URL"]}
    try:
        env = browser_tests(find_chromium()).env | env
    except StepFailed as failure:
        print(f"Without a browser: {failure}")
    return chosen_tests(arguments, env)


def _on_postgres(folder: Path) -> Result:
    if server_programs(VENV) is None:
        with one_set_up_at_a_time():
            setup.install_postgres_programs()
    with ThrowawayPostgres(VENV) as postgres:
        return perform(unit_tests("PostgreSQL", postgres.url, "--only-with-database"), folder)


def _if_possible(name: str, part: Callable[[], Result]) -> Result:
    """The part's result; where this machine lacks what it needs, "skipped", or "FAILED" where CI is true."""
    try:
        return part()
    except PostgresBroken as failure:
        explain(StepFailed("PostgreSQL did not start", output=str(failure)))
        return Result(name, "FAILED", tally=Tally(failed=1), reason="PostgreSQL did not start")
    except (StepFailed, PostgresMissing) as failure:
        explain(failure if isinstance(failure, StepFailed) else StepFailed(str(failure)))
        if os.environ.get("CI", "").lower() == "true":
            return Result(name, "FAILED", tally=Tally(failed=1), reason=str(failure))
        return Result(name, "skipped", tally=Tally(skipped=1), reason=str(failure))


def _stop(signal_number: int, frame: FrameType | None) -> None:
    # An exception, so that subprocess.run ends the child it waits for and the database server goes too.
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
