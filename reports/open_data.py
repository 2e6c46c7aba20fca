"""Visits by month and hub for everybody: months that were signed off, small counts hidden.

A month that can still change is not published: from what changed between two versions somebody could
tell who had been at a hub. Signed-off months are read from their frozen figures, so the answer costs the same
however many visits there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from enquiries.londontime import service_day
from hubs.models import Hub

from .counting import Signed, Statement, count_months
from .export.cells import Cell
from .measures import ARRIVALS, MEASURES
from .months import Month
from .reading import reading
from .rows import Scope
from .suppression import SMALLEST_SHOWN, Published, publishable
from .tally import HUB, Tally

HEADING = ("month", "hub", "name", "visits", "hidden", "signed_off_on")
ALL_HUBS, ALL_HUBS_NAME = "all", "All hubs"
ABOUT = (
    "Visits to the Residents’ Hubs by month and hub. A visit is one arrival of one person or household, "
    f"however many topics. Counts under {SMALLEST_SHOWN} are hidden, and with each at least one neighbour, "
    "so that nobody can work it out. A month is published once its figures are signed off; they do not "
    "change afterwards."
)


@dataclass(frozen=True)
class PublicMonth:
    """What everybody may read of one month; `published` is by the hub's slug."""

    month: Month
    signed_off_on: date
    names: dict[str, str]
    published: Published


def public_months(at: datetime) -> list[PublicMonth]:
    """Return the months that were signed off, the earliest first, in a fixed number of queries."""
    signed = Signed.read(reading())
    months = sorted(each.when for each in signed.months.values())
    statements, axes = [Statement((ARRIVALS,))], {ARRIVALS.name: (HUB,)}
    tallies = count_months(months, Scope(), statements, signed=signed, at=at, axes=axes) if months else {}
    counts = {month: _by_hub(tallies[month.number]) for month in months}
    began: dict[int, Month] = {}
    for month in months:
        for pk in counts[month]:
            began.setdefault(pk, month)
    hubs = list(Hub.objects.using(signed.using))
    return [
        _public(month, counts[month], [each for each in hubs if _is_there(each, month, began)], signed)
        for month in months
    ]


def csv_rows(months: list[PublicMonth]) -> Iterator[list[Cell]]:
    """Yield a row for each hub of each month, and one for all hubs together."""
    for each in months:
        lines = [*each.published.cells.items(), (ALL_HUBS, each.published.total)]
        for slug, visits in lines:
            name = each.names.get(slug, ALL_HUBS_NAME)
            hidden = "yes" if visits is None else "no"
            yield [str(each.month), slug, name, visits, hidden, each.signed_off_on.isoformat()]


def json_record(months: list[PublicMonth]) -> dict[str, Any]:
    """Return the same as a record; a count that is hidden is null."""
    return {
        "about": ABOUT,
        "smallest_count_shown": SMALLEST_SHOWN,
        "months": [
            {
                "month": str(each.month),
                "signed_off_on": each.signed_off_on.isoformat(),
                "visits": each.published.total,
                "hubs": [
                    {"hub": slug, "name": each.names[slug], "visits": visits}
                    for slug, visits in each.published.cells.items()
                ],
            }
            for each in months
        ],
    }


def _by_hub(tally: Tally) -> dict[int, int]:
    counted = {where[1]: tally.count(MEASURES["visits"], where) for where in tally.places(HUB)}
    return {pk: visits for pk, visits in counted.items() if pk is not None and visits}


def _is_there(hub: Hub, month: Month, began: dict[int, Month]) -> bool:
    """Whether a hub belongs into a month: from its first visits on, until it is retired."""
    return hub.pk in began and began[hub.pk] <= month and not hub.is_retired(month.first_day)


def _public(month: Month, counts: dict[int, int], hubs: list[Hub], signed: Signed) -> PublicMonth:
    visits = {hub.slug: counts.get(hub.pk, 0) for hub in hubs}
    return PublicMonth(
        month,
        service_day(signed.months[month.number].signed_at),
        {hub.slug: hub.name_en for hub in hubs},
        publishable(visits),
    )
