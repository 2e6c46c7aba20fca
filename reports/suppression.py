"""Which counts of a month may be published, so that nobody can be recognised in a small one. Pure.

A count under five is hidden, and its neighbours with it. The total is published too, and the total less what
is shown is as good as published, so a count must never be hidden alone (secondary suppression). Which
neighbours go along depends on names and not on numbers: were it the next smallest count, whoever knows the
rule could run it backwards (5, 4 and 4 visits: the two hidden ones make 8, and neither is above 5, so both
are 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SMALLEST_SHOWN = 5
"""The smallest count that is published."""


@dataclass(frozen=True)
class Published:
    """What the public may read of one month: None stands for a count that is hidden."""

    cells: dict[str, int | None]
    total: int | None


def publishable(counts: Mapping[str, int]) -> Published:
    """Return `counts` and their total, hidden where somebody could work out a count under five.

    Counts hang together in twos (three at the end of an odd number) in the order of their keys: one small
    count hides its whole group, and where the hidden ones come to less than five together, the next group as
    well. Where nothing is left to hide behind, the total is hidden too. Raises ValueError for a count below
    nothing.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("a count is never below nothing")
    groups = _groups(counts)
    hidden = [group for group in groups if any(counts[key] < SMALLEST_SHOWN for key in group)]
    others = [group for group in groups if group not in hidden]
    while hidden and others and _sum(hidden, counts) < SMALLEST_SHOWN:
        hidden.append(others.pop(0))
    keys = {key for group in hidden for key in group}
    total = sum(counts.values())
    return Published(
        {key: None if key in keys else count for key, count in counts.items()},
        total if total >= SMALLEST_SHOWN else None,
    )


def _groups(keys: Iterable[str]) -> list[list[str]]:
    ordered = sorted(keys)
    groups = [ordered[start : start + 2] for start in range(0, len(ordered), 2)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _sum(groups: Iterable[Iterable[str]], counts: Mapping[str, int]) -> int:
    return sum(counts[key] for group in groups for key in group)
