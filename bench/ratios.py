"""The bench's arithmetic: ratios taken round by round, percentiles, and when a verdict may be given. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LARGEST_DIFFERENCE = 0.07
"""Identical servers may differ by this share; beyond it the machine is too noisy for a verdict (issue 2)."""
FEWEST_ROUNDS = 7


@dataclass(frozen=True)
class Spread:
    """The median of a figure over all rounds, and its lowest and highest value."""

    median: float
    lowest: float
    highest: float

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} ({self.lowest:{spec}}-{self.highest:{spec}})"


def spread(values: Sequence[float]) -> Spread:
    """Summarise one figure of every round; raises ValueError when there is none."""
    if not values:
        raise ValueError("no rounds")
    return Spread(median(values), min(values), max(values))


def ratio_by_round(figures: Sequence[float], anchors: Sequence[float]) -> Spread:
    """Divide each round's figure by the same round's anchor, then summarise.

    Round by round, because what slows the machine down for a while then slows both. Raises ValueError when
    the two were not measured in the same rounds.
    """
    if len(figures) != len(anchors):
        raise ValueError(f"{len(figures)} rounds against {len(anchors)}")
    return spread([figure / anchor for figure, anchor in zip(figures, anchors, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed: the nearest rank."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def difference(first: Sequence[float], second: Sequence[float]) -> float:
    """How far apart two subjects that ought to be equal are, as a share: the median ratio's distance from 1.

    The larger over the smaller, so that it does not matter which one is named first.
    """
    ratio = ratio_by_round(first, second).median
    return max(ratio, 1 / ratio) - 1


@dataclass(frozen=True)
class Aim:
    """A figure that the project promises. `figure` is None when it could not be measured."""

    name: str
    figure: float | None
    limit: float
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the promise holds; an unmeasured one does not."""
        if self.figure is None:
            return False
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    @property
    def verdict(self) -> str:
        """In words."""
        if self.figure is None:
            return "not measured"
        return "met" if self.met else "NOT MET"
