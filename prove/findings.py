"""What a proof found, as rows of one table, and when a run has failed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.tables import print_table


class ProofBroken(Exception):
    """The harness could not do its work; the text says why."""


@dataclass(frozen=True)
class Finding:
    """One figure. A `control` is a run without the safeguard: it must find what the proof looks for."""

    fault: str
    figure: str
    wanted: str
    held: bool
    control: bool = False
    skipped: bool = False

    @property
    def state(self) -> str:
        """Return the verdict as one word."""
        if self.skipped:
            return "skipped"
        return "ok" if self.held else "FAILED"


def none_of(fault: str, count: int, of: str = "") -> Finding:
    """Return the finding that something must never happen."""
    return Finding(fault, f"{count:d}{f' of {of}' if of else ''}", "0", count == 0)


def exactly(fault: str, count: int, wanted: int) -> Finding:
    """Return the finding that a number must be met exactly."""
    return Finding(fault, str(count), str(wanted), count == wanted)


def control(fault: str, count: int) -> Finding:
    """Return the finding of a negative control: the fault must be seen at least once."""
    return Finding(f"control: {fault}", f"{count:d}", "at least 1", count > 0, control=True)


def told(fault: str, figure: str) -> Finding:
    """Return a figure that says something about the machine as well, and so fails nothing."""
    return Finding(fault, figure, "told, not judged", held=True)


def skipped(fault: str, reason: str) -> Finding:
    """Return a proof that this machine cannot do; where CI is true that fails the run."""
    return Finding(fault, "-", reason, held=False, skipped=True)


def save(findings: Sequence[Finding], to: Path) -> None:
    """Write findings for the process that prints the table."""
    to.write_text(json.dumps([asdict(each) for each in findings]), "utf-8")


def load(source: Path) -> list[Finding]:
    """Read what `save` wrote."""
    return [Finding(**each) for each in json.loads(source.read_text("utf-8"))]


def judge(found: Sequence[tuple[str, Finding]], *, ci: bool) -> int:
    """Print one table of engine and finding; returns 0 when everything held."""
    rows = [[each.fault, engine, each.figure, each.wanted, each.state] for engine, each in found]
    print()
    print_table(["Fault", "database", "figure", "wanted", "verdict"], rows)
    failed = [each for _, each in found if (ci if each.skipped else not each.held)]
    return 1 if failed or not found else 0
