"""How many people came, and when: the published totals of 2023 spread over months, days and hours.

Pure: no row is read or written here. What the council published is `PUBLISHED`; every share below is made up
so that a chart of the demo looks like a place that people use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

FIRST_DAY = date(2023, 3, 1)
"""The demo's history begins when the published figures do."""


@dataclass(frozen=True)
class Totals:
    """What is counted over a stretch of time: visits, enquiries referred, and resolved at first contact."""

    visits: int
    referrals: int
    resolved: int


PUBLISHED = Totals(visits=18_867, referrals=7_841, resolved=7_760)
"""March to November 2023, London months, all hubs. Source: Tower Hamlets Council's news of December 2023 on
the Residents' Hubs. It names housing, council tax and parking as the commonest topics, in this order."""

PUBLISHED_MONTHS = tuple(range(202303, 202312))
LAST_PUBLISHED_DAY = date(2023, 11, 30)

VISITS_A_BUSY_DAY = 22.0
"""Visits on a day of weight 1 in months without a published total: about as many a month as in 2023."""

_WEEKDAYS = (1.22, 1.08, 1.0, 0.94, 0.82, 0.6, 0.5)
_MONTHS = (1.05, 1.0, 1.12, 1.08, 0.98, 0.97, 0.95, 0.88, 1.06, 1.04, 1.02, 0.78)
_HUBS = {"town-hall": 0.55, "bethnal-green": 0.85, "bow": 1.05, "chrisp-street": 1.2, "cubitt-town": 0.62}
_FIRST_MONTHS = {202303: 0.62, 202304: 0.74, 202305: 0.86, 202306: 0.94}
"""Word had to get round first."""


def weight(hub_slug: str, on: date) -> float:
    """How busy a hub is on a date it opens; 1 is an ordinary Wednesday at an ordinary hub."""
    month = on.year * 100 + on.month
    return (
        _HUBS.get(hub_slug, 0.8)
        * _WEEKDAYS[on.weekday()]
        * _MONTHS[on.month - 1]
        * _FIRST_MONTHS.get(month, 1.0)
    )


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Split `total` in proportion to `weights`; the parts add up to exactly `total` (largest remainders).

    Raises ValueError where there is something to split and nothing to give it to.
    """
    whole = sum(weights)
    if whole <= 0:
        if total:
            raise ValueError("nothing has any weight")
        return [0] * len(weights)
    shares = [total * each / whole for each in weights]
    parts = [int(each) for each in shares]
    by_remainder = sorted(range(len(shares)), key=lambda at: (parts[at] - shares[at], at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    return parts


def published_by_month(month_weights: Sequence[float]) -> dict[int, Totals]:
    """Split the published totals over their months, given how busy each of them was."""
    parts = (
        apportion(total, month_weights)
        for total in (PUBLISHED.visits, PUBLISHED.referrals, PUBLISHED.resolved)
    )
    return {
        month: Totals(*each) for month, each in zip(PUBLISHED_MONTHS, zip(*parts, strict=True), strict=True)
    }


def like_published(weight_of_month: float) -> Totals:
    """Return the totals of another month, in the published proportions."""
    visits = round(weight_of_month * VISITS_A_BUSY_DAY)
    return Totals(
        visits=visits,
        referrals=round(visits * PUBLISHED.referrals / PUBLISHED.visits),
        resolved=round(visits * PUBLISHED.resolved / PUBLISHED.visits),
    )


def months_between(first: date, last: date) -> Iterator[int]:
    """Yield the months from that of one date to that of another, as numbers such as 202303."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year * 100 + month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
