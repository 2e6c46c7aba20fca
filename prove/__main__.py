"""`python -m prove`: run the proofs on both databases and print one table; README.md explains them."""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.tables import print_machine
from prove.findings import Finding, judge, load, skipped
from prove.tiers import FULL, IN_TESTS, QUICK
from script.setup import PYTHON
from script.steps import ROOT, VENV, clean_environment
from script.throwaway_postgres import end_with_parent, server_programs

ENGINES = ("sqlite", "postgresql")


def main(words: list[str]) -> int:
    """Run what was asked for; returns 0 when every proof held and every control found its fault."""
    asked = _parser().parse_args(words)
    tier = FULL if asked.full else QUICK
    ci = os.environ.get("CI", "").lower() == "true"
    started = time.monotonic()
    print_machine()
    found: list[tuple[str, Finding]] = []
    with tempfile.TemporaryDirectory(prefix="hubs-prove-") as folder:
        for engine in [asked.engine] if asked.engine else ENGINES:
            if engine == "postgresql" and server_programs(VENV) is None:
                found.append((engine, skipped("everything", "PostgreSQL is not installed")))
                continue
            to = Path(folder) / f"{engine}.json"
            names = asked.proof or (IN_TESTS[engine] if asked.in_tests else ())
            ended = _run([engine, tier.name, str(to), *names])
            found += [(engine, each) for each in (load(to) if to.exists() else [])]
            if ended:
                found.append((engine, Finding("the harness itself", f"exit {ended}", "exit 0", held=False)))
    code = judge(found, ci=ci)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, cpu = time.monotonic() - started, used.ru_utime + used.ru_stime
    verdict = "FAILED." if code else "Everything held."
    print(f"\nTier {tier.name}: {seconds:.0f} s, {cpu:.0f} s of CPU. {verdict}", flush=True)
    return code


def _run(words: list[str]) -> int:
    command = [str(PYTHON), "-m", "prove.run", *words]
    running = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), preexec_fn=end_with_parent)
    try:
        return running.wait()
    except KeyboardInterrupt:
        running.send_signal(signal.SIGINT)
        running.wait()
        raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/prove", description="Prove the portal under fault.")
    parser.add_argument("proof", nargs="*", help="only these: kills, nodes, restarts, forms, tickets, …")
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--full", action="store_true", help="before a release; takes hours")
    amount.add_argument("--in-tests", action="store_true", help="those that script/test runs, 3 minutes")
    parser.add_argument("--engine", choices=ENGINES, help="only on this database")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
