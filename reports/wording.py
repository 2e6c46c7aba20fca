"""How reports say numbers: short, in English, for a page, a title and a file alike. Pure."""

from __future__ import annotations

FEW = 20
"""Below this many, per cent say more than is known: "three more" instead."""

NOTHING = "–"
"""In place of a figure where there was nothing to measure."""


def count_words(number: float) -> str:
    """Return a whole number with its thousands apart: 18,867."""
    return f"{number:,.0f}"


def share_words(share: float) -> str:
    """Return a share of 1 in whole per cent; never 0% or 100% for what is a little more or less."""
    per_cent = share * 100
    if 0 < per_cent < 1:
        return "under 1%"
    if 99 < per_cent < 100:
        return "over 99%"
    return f"{per_cent:.0f}%"


def minutes_words(minutes: float) -> str:
    """Return a time in minutes, with half minutes where a median falls between two people: 6.5 min."""
    return f"{minutes:,g} min"


def days_words(days: float) -> str:
    """Return a time in days, to one place: 3.5 days."""
    rounded = round(days, 1)
    return "1 day" if rounded == 1 else f"{rounded:,g} days"


def more_or_fewer(now: float, before: float, than: str) -> str:
    """Compare two counts in words: "12% more than October", or "3 fewer than October" where they are few."""
    if now == before:
        return f"the same as {than}"
    word = "more" if now > before else "fewer"
    if before < FEW:
        return f"{count_words(abs(now - before))} {word} than {than}"
    change = abs(now - before) / before
    return f"{share_words(change)} {word} than {than}"


def points_apart(now: float, before: float, than: str) -> str:
    """Compare two shares in words, in whole percentage points: "3 points higher than October"."""
    points = round(now * 100) - round(before * 100)
    if points == 0:
        return f"the same as {than}"
    unit = "point" if abs(points) == 1 else "points"
    return f"{abs(points)} {unit} {'higher' if points > 0 else 'lower'} than {than}"


def longer_or_shorter(now: float, before: float, than: str, unit: str = "min") -> str:
    """Compare two times in words: "2 min longer than October"."""
    apart = round(abs(now - before), 1)
    if apart == 0:
        return f"the same as {than}"
    return f"{apart:,g} {unit} {'longer' if now > before else 'shorter'} than {than}"


def listed(names: list[str]) -> str:
    """Join names as a sentence does: "housing, council tax and parking"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
