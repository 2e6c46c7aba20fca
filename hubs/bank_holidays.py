"""Bank holidays in England, by the names GOV.UK gives them.

The dates come from the `holidays` package. A holiday announced after the installed release (as for a
coronation) is missing until an update, which is why administrators can also enter dated hours for all hubs.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

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


# Bounded, since a date may come from somebody's query string.
@lru_cache(maxsize=64)
def _year(year: int) -> dict[date, str]:
    # Loading the package takes a quarter of a second: not at start-up, and not for pages without hours.
    from holidays import country_holidays

    found = country_holidays("GB", subdiv="ENG", years=year, expand=False, language="en_GB")
    return {on: _NAMED.get(name, name) for on, name in found.items()}
