"""How reports say numbers: short, in English, for a page, a title and a file alike. Pure."""

from __future__ import annotations

from collections.abc import Callable

from reports.figures import COUNT, DAYS, MINUTES, SHARE, Figure
from reports.months import Month

FEW = 20
"""Below this many, per cent say more than is known: "three more" instead."""

SAME = "the same as"

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


def more_or_fewer(now: float, before: float) -> str:
    """Compare two counts: "12% more than", or "3 fewer than" where they are few, or "the same as"."""
    if now == before:
        return SAME
    apart = abs(now - before)
    words = count_words(apart) if before < FEW else share_words(apart / before)
    return f"{words} {'more' if now > before else 'fewer'} than"


def points_apart(now: float, before: float) -> str:
    """Compare two shares in whole percentage points: "3 points higher than"."""
    if share_words(now) == share_words(before):
        return SAME
    points = abs(round(now * 100) - round(before * 100))
    apart = f"{points} {'point' if points == 1 else 'points'}" if points else "under 1 point"
    return f"{apart} {'higher' if now > before else 'lower'} than"


def longer_or_shorter(now: float, before: float, unit: str = "min") -> str:
    """Compare two times: "2 min longer than"."""
    apart = round(abs(now - before), 1)
    if apart == 0:
        return SAME
    return f"{apart:,g} {unit} {'longer' if now > before else 'shorter'} than"


def span_words(first: Month, last: Month) -> str:
    """Name one month or a range: "October 2026", "March to November 2023", "March 2023 to April 2024"."""
    if first == last:
        return first.words
    start = first.words.split()[0] if first.year == last.year else first.words
    return f"{start} to {last.words}"


def figure_words(figure: Figure) -> str:
    """Say a figure's value in its unit; a dash where there was nothing to measure."""
    if figure.value is None:
        return NOTHING
    return _UNITS[figure.unit](figure.value)


def base_words(figure: Figure) -> str:
    """Say what a figure rests on: "980 of 2,602", "of 812"; empty for a plain count."""
    if figure.base is not None:
        return f"{count_words(figure.count)} of {count_words(figure.base.count)}"
    return f"of {count_words(figure.count)}" if figure.unit in (MINUTES, DAYS) else ""


def compared_words(now: Figure, before: Figure, *, unfinished: bool = False) -> str:
    """Compare a figure with the same of other months, up to "than"; empty where that would say nothing.

    So it is where there was nothing before, and for the counts of a month that is not over.
    """
    if now.value is None or before.value is None or not says_something(before):
        return ""
    if unfinished and now.unit == COUNT:
        return ""
    return _APART[now.unit](now.value, before.value)


def says_something(figure: Figure) -> bool:
    """Whether there was anything to count or to measure: a share of 0% says something, no visits do not."""
    return figure.value is not None and (figure.unit != COUNT or figure.count > 0)


def listed(names: list[str]) -> str:
    """Join names as a sentence does: "housing, council tax and parking"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def tied(names: list[str]) -> str:
    """Join the names of those that share a place, the first three of them: "A, B, C and 4 more"."""
    return listed(names if len(names) <= _NAMED + 1 else [*names[:_NAMED], f"{len(names) - _NAMED} more"])


def _days_apart(now: float, before: float) -> str:
    return longer_or_shorter(now, before, "days")


_NAMED = 3
_UNITS: dict[str, Callable[[float], str]] = {
    COUNT: count_words,
    SHARE: share_words,
    MINUTES: minutes_words,
    DAYS: days_words,
}
_APART: dict[str, Callable[[float, float], str]] = {
    COUNT: more_or_fewer,
    SHARE: points_apart,
    MINUTES: longer_or_shorter,
    DAYS: _days_apart,
}
