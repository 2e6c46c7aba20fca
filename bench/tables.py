"""Plain text tables, and what a run ends with."""

from __future__ import annotations

import os
from collections.abc import Sequence

from bench.ratios import LARGEST_DIFFERENCE, Aim

MET, NOT_MET, NO_VERDICT = 0, 1, 3
"""Exit codes of every bench; 2 is for a bench that could not run."""


class BenchBroken(Exception):
    """The bench could not do its work; the text says why and what to do."""


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under headings: the first column to the left, all others to the right."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    for row in [headings, ["-" * width for width in widths], *rows]:
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip(), flush=True)


def print_machine() -> None:
    """Print what else keeps the machine busy, since that is what spoils a run."""
    load = ", ".join(f"{minutes:.2f}" for minutes in os.getloadavg())
    print(f"Machine: {os.cpu_count()} cores; load over 1, 5, 15 minutes before the run: {load}", flush=True)


def judge(aims: Sequence[Aim]) -> int:
    """Print each aim with its verdict; returns MET only if all are met."""
    rows = []
    for aim in aims:
        figure = "-" if aim.figure is None else f"{aim.figure:,.2f}".removesuffix(".00") + aim.unit
        limit = f"{'at least' if aim.at_least else 'at most'} {aim.limit:,g}{aim.unit}"
        rows.append([aim.name, figure, limit, aim.verdict])
    print()
    print_table(["Aim", "figure", "limit", "verdict"], rows)
    return MET if all(aim.met for aim in aims) else NOT_MET


def refuse(what: str, share: float) -> int:
    """Say that there is no verdict, because two identical subjects differ by `share`; returns NO_VERDICT."""
    print(
        f"\nNO VERDICT: two identical {what} differ by {share:.1%}, more than {LARGEST_DIFFERENCE:.0%}. "
        "Something else is using this machine; run it again when it is quiet.",
        flush=True,
    )
    return NO_VERDICT
