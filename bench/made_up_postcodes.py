"""Postcodes in good order and in any number, for a table as large as the whole country's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

_SOME_AREAS = "B BN BS CF CR DA E EC EN G GL HA IG KT LE LS M N NE NW OX PE RM SE SM SW TW UB W WD"
# Royal Mail uses these letters in the inward code, so each sector has 20 x 20 units. Whether a postcode made
# of them exists does not matter to an index.
AREAS = tuple(_SOME_AREAS.split())
DISTRICTS = range(1, 31)
SECTORS = range(10)
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
MOST = len(AREAS) * len(DISTRICTS) * len(SECTORS) * len(UNIT_LETTERS) ** 2


def made_up_postcodes(count: int) -> Iterator[str]:
    """Yield `count` different postcodes such as "E14 3HG"; raises ValueError beyond MOST, 3,600,000."""
    if count > MOST:
        raise ValueError(f"at most {MOST} postcodes can be made up")
    every = product(AREAS, DISTRICTS, SECTORS, UNIT_LETTERS, UNIT_LETTERS)
    return (
        f"{area}{district} {sector}{first}{second}"
        for area, district, sector, first, second in islice(every, count)
    )
