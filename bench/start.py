"""`python -m bench start`: seconds from a bare clone to the first page, and for the second start."""

from __future__ import annotations

import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench import processes
from bench.ratios import Aim
from bench.tables import BenchBroken
from script.serve import HOST
from script.steps import ROOT, clean_environment

FIRST_START, SECOND_START = 120, 4
"""Seconds, from issue 2."""
GIVE_UP_SECONDS = 600
POLL_SECONDS = 0.05


def measure_start(*, cold: bool) -> list[Aim]:
    """Clone the last commit, run `script/server` there twice and time its first page; returns the aims.

    With `cold`, pip and npm begin with empty caches. Raises BenchBroken.
    """
    with tempfile.TemporaryDirectory(prefix="hubs-bench-") as name:
        folder, env = Path(name), clean_environment()
        env.pop("DATABASE_URL", None)
        if cold:
            env |= {"PIP_CACHE_DIR": str(folder / "pip"), "npm_config_cache": str(folder / "npm")}
        clone = folder / "clone"
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, clone], check=True, env=env)
        cloned = time.monotonic() - began
        first = _seconds_to_first_page(clone, env, folder / "first.log")
        second = _seconds_to_first_page(clone, env, folder / "second.log")
        _print_steps(folder / "first.log")
    caches = "empty caches" if cold else "this machine's caches"
    print(f"clone {cloned:.1f} s, first start {first:.1f} s ({caches}), second start {second:.1f} s")
    return [
        Aim("bare clone to first page", cloned + first, FIRST_START, unit=" s"),
        Aim("second start to first page", second, SECOND_START, unit=" s"),
    ]


def _seconds_to_first_page(clone: Path, env: dict[str, str], log: Path) -> float:
    [port] = processes.free_ports(1)
    began = time.monotonic()
    server = processes.start(
        [str(clone / "script" / "server")], env=env | {"PORT": str(port)}, log=log, cwd=clone
    )
    try:
        while not _answers(port):
            if server.poll() is not None or time.monotonic() - began > GIVE_UP_SECONDS:
                raise BenchBroken(f"script/server did not come up. It said:\n{log.read_text()[-3000:]}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - began
    finally:
        processes.stop(server)


def _print_steps(log: Path) -> None:
    """Print the set-up's lines with their seconds, without the sign-ins that follow them."""
    print("\nThe first start's steps:")
    for line in log.read_text().splitlines():
        if " … " in line:
            print(f"  {line}")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=30) as page:
            return page.status == 200
    except OSError:
        return False
