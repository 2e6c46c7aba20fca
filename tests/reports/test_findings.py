"""Findings in words: what shares the first place is named, not only whichever was read first."""

from __future__ import annotations

import pytest

from reports.figures import COUNT, Figure, Table, TableRow
from reports.findings import largest
from reports.measures import MEASURES
from reports.months import Month
from reports.rows import Rows

OCTOBER = Month(2026, 10)


def table(**counts: int) -> Table:
    rows = Rows(OCTOBER, OCTOBER, MEASURES["visits"])
    figures = {name: Figure(COUNT, count, count, rows) for name, count in counts.items()}
    return Table(
        "hubs", "Hubs", ("Visits",), tuple(TableRow(name, (each,)) for name, each in figures.items())
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"Bow": 0}, "No visits."),
        ({"Bow": 3, "Shadwell": 1}, "Bow: 3 of 4 visits (75%)."),
        ({"Bow": 2, "Shadwell": 2}, "Bow and Shadwell: 2 each of 4 visits (50% each)."),
        ({"A": 1, "B": 1, "C": 1, "D": 1, "E": 1}, "A, B, C and 2 more: 1 each of 5 visits (20% each)."),
    ],
)
def test_the_largest_is_named_with_all_that_are_as_large(counts, words):
    assert largest(table(**counts), "visits") == words
