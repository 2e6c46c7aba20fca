"""Bank holidays in England, by the names GOV.UK gives them.

The dates come from the `holidays` package, those of 2020 to 2040 by way of a file (`manage.py
note_bank_holidays` writes it, a test compares it), because the package takes 10 MB in each worker. A holiday
announced after the installed release (as for a coronation) is missing until an update, which is why
administrators can also enter dated hours for all hubs.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "bank_holidays.csv"
YEARS = range(2020, 2041)
"""The years in the file."""

# The package's name for each holiday, and the one people in England know it by (GOV.UK, "UK bank holidays").
_NAMED = {
    "New Year's Day": "New Year’s Day",
    "New Year's Day (observed)": "New Year’s Day (substitute day)",
    "Good Friday": "Good Friday",
    "Easter Monday": "Easter Monday",
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "Christmas Day": "Christmas Day",
    "Christmas Day (observed)": "Christmas Day (substitute day)",
    "Boxing Day": "Boxing Day",
    "Boxing Day (observed)": "Boxing Day (substitute day)",
    "Platinum Jubilee of Elizabeth II": "Platinum Jubilee bank holiday",
    "State Funeral of Queen Elizabeth II": "Bank holiday for the State Funeral of Queen Elizabeth II",
    "Coronation of Charles III": "Bank holiday for the coronation of King Charles III",
}

NAMES = frozenset(_NAMED.values())
"""Every name that `name_on` returns for a date from 2020 to 2040, so that each can be translated."""


def name_on(on: date) -> str | None:
    """Return the English name of the bank holiday on a date in England, or None on any other date.

    When Christmas Day, Boxing Day or New Year's Day falls on a weekend both the day itself and its substitute
    are named. A one-off that only a newer release of the package knows is returned by the package's name.
    """
    return _year(on.year).get(on)


def note_bank_holidays() -> None:
    """Write the file anew from the installed release of the package."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["date", "name"])
        for year in YEARS:
            rows.writerows((on.isoformat(), name) for on, name in sorted(named_by_package(year).items()))


def named_by_package(year: int) -> dict[date, str]:
    """Return the bank holidays of a year as the installed release of the package has them."""
    # Loading it takes a quarter of a second.
    from holidays import country_holidays

    found = country_holidays("GB", subdiv="ENG", years=year, expand=False, language="en_GB")
    return {on: _NAMED.get(name, name) for on, name in found.items()}


# Bounded, since a date may come from somebody's query string.
@lru_cache(maxsize=64)
def _year(year: int) -> dict[date, str]:
    return _noted().get(year, {}) if year in YEARS else named_by_package(year)


@cache
def _noted() -> dict[int, dict[date, str]]:
    years: dict[int, dict[date, str]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            on = date.fromisoformat(row["date"])
            years.setdefault(on.year, {})[on] = row["name"]
    return years
