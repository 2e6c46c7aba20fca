import subprocess
import sys
from datetime import date, timedelta

import pytest

from hubs.bank_holidays import NAMES, YEARS, name_on, named_by_package


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2026, 12, 25), "Christmas Day"),
        (date(2026, 12, 26), "Boxing Day"),
        (date(2026, 12, 27), None),
        (date(2026, 12, 28), "Boxing Day (substitute day)"),
        (date(2027, 1, 1), "New Year’s Day"),
        (date(2027, 12, 27), "Christmas Day (substitute day)"),
        (date(2027, 12, 28), "Boxing Day (substitute day)"),
        (date(2028, 1, 3), "New Year’s Day (substitute day)"),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 5, 4), "Early May bank holiday"),
        (date(2026, 5, 25), "Spring bank holiday"),
        (date(2026, 8, 31), "Summer bank holiday"),
        (date(2022, 5, 30), None),  # moved to June for the jubilee
        (date(2022, 6, 2), "Spring bank holiday"),
        (date(2022, 6, 3), "Platinum Jubilee bank holiday"),
        (date(2022, 9, 19), "Bank holiday for the State Funeral of Queen Elizabeth II"),
        (date(2023, 5, 8), "Bank holiday for the coronation of King Charles III"),
        (date(2027, 1, 2), None),  # a holiday in Scotland
        (date(2027, 3, 17), None),  # a holiday in Northern Ireland
        (date(2024, 2, 29), None),
        (date.min, None),
        (date.max, None),
    ],
)
def test_name_on_date(on: date, name: str | None) -> None:
    assert name_on(on) == name


def test_names_are_exactly_those_from_2020_to_2040() -> None:
    every_day = (on for year in YEARS for on in _days(year))
    assert {name for on in every_day if (name := name_on(on))} == NAMES


def test_file_says_what_the_installed_package_says() -> None:
    """Red after an update that knows a new holiday: run `manage.py note_bank_holidays`."""
    for year in YEARS:
        noted = {on: name for on in _days(year) if (name := name_on(on))}
        assert noted == named_by_package(year)


@pytest.mark.parametrize(("year", "loaded"), [(YEARS[0], False), (YEARS[-1], False), (YEARS[-1] + 1, True)])
def test_package_is_loaded_only_for_years_outside_the_file(year: int, loaded: bool) -> None:
    script = (
        "import sys, datetime\n"
        "from hubs import bank_holidays\n"
        f"assert bank_holidays.name_on(datetime.date({year}, 12, 25)) == 'Christmas Day'\n"
        "sys.stdout.write(str('holidays' in sys.modules))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == str(loaded)


def _days(year: int) -> list[date]:
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    return [first + timedelta(days=number) for number in range((after - first).days)]
