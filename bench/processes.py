"""Processes the bench starts, what they cost, and how they end. Needs Linux: it reads /proc."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from script.steps import ROOT

DEATH_SIGNAL_OPTION = 1  # PR_SET_PDEATHSIG in linux/prctl.h
STOP_SECONDS = 10


class ThreadEnded(Exception):
    """A thread or process ended between two readings and took the count of its time with it."""


def start(
    command: Sequence[str],
    *,
    env: dict[str, str],
    log: Path | None = None,
    cwd: Path = ROOT,
    piped: bool = False,
) -> subprocess.Popen[str]:
    """Start a command in a process group of its own; it ends with this process, even when this one is killed.

    What it prints goes to `log`; with `piped`, standard input and output are pipes.
    """
    with contextlib.ExitStack() as files:
        output = files.enter_context(log.open("ab")) if log else None
        return subprocess.Popen(
            list(command),
            cwd=cwd,
            env=env,
            text=True,
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )


def stop(process: subprocess.Popen[str]) -> None:
    """End a process of ours and its group: politely, then by force after STOP_SECONDS."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    # Its workers share its group, which nobody else can have joined: the group was made for it. They may have
    # outlived it if it had to be killed.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 on which nobody listens.

    All are held until the last one is found: Granian would share a port with another Granian in silence.
    """
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def tree(root: int) -> list[int]:
    """The process `root` and all its descendants that live now."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The command's name, in brackets, may hold spaces and brackets; the parent is the second
                # field after it.
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def cpu_time(roots: Sequence[int]) -> dict[tuple[int, int], int]:
    """Nanoseconds on a CPU so far of every thread below `roots`, by process and thread.

    The first field of /proc/<pid>/task/<tid>/schedstat (Linux, Documentation/scheduler/sched-stats.rst). It
    has no ticks, unlike the times in /proc/<pid>/stat, which would be 10 ms apart.
    """
    spent = {}
    for pid in {pid for root in roots for pid in tree(root)}:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    spent[pid, int(task.name)] = int((task / "schedstat").read_text().split()[0])
    return spent


def cpu_between(before: dict[tuple[int, int], int], after: dict[tuple[int, int], int]) -> int:
    """Nanoseconds spent between two readings of `cpu_time`; raises ThreadEnded if the count is not whole."""
    if ended := before.keys() - after.keys():
        raise ThreadEnded(f"{len(ended)} threads ended while they were being measured")
    return sum(spent - before.get(thread, 0) for thread, spent in after.items())


def memory(pid: int) -> tuple[int, int]:
    """Resident and proportional set size of one process in bytes; shared pages count fully in the first."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, size = line.partition(":")
        sizes[name] = int(size.split()[0]) * 1024
    return sizes["Rss"], sizes["Pss"]


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(DEATH_SIGNAL_OPTION, signal.SIGTERM)
