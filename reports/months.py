"""A London calendar month: from 00:00 on the first to 00:00 on the next first, Europe/London.

Pure: no clock, no database. Rows store the number of their month (`enquiries.londontime.month_number`), so
that a report reads an index and converts no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from enquiries.londontime import service_day
from hubs.opening import LONDON

from .errors import NotAMonth

_WRITTEN = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")
FIRST_YEAR, LAST_YEAR = 1900, 2999


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One month. Raises `NotAMonth` outside January 1900 to December 2999."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.month <= 12):
            raise NotAMonth(f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read a month as it stands in addresses: "2026-11". Raises `NotAMonth`."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise NotAMonth(text)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, at: datetime) -> Month:
        """Return the London month of an aware moment."""
        day = service_day(at)
        return cls(day.year, day.month)

    @classmethod
    def from_number(cls, number: int) -> Month:
        """Return the month of a number such as 202611. Raises `NotAMonth`."""
        return cls(*divmod(number, 100))

    @property
    def number(self) -> int:
        """The month as rows store it: 202611."""
        return self.year * 100 + self.month

    @property
    def first_day(self) -> date:
        """The first London date of the month."""
        return date(self.year, self.month, 1)

    @property
    def starts_at(self) -> datetime:
        """The first moment of the month: 00:00 in London."""
        return datetime(self.year, self.month, 1, tzinfo=LONDON)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the month. A month is half-open: this one belongs to the next."""
        return self.plus(1).starts_at

    def plus(self, months: int) -> Month:
        """Return the month so many months later, or earlier for a negative number. Raises `NotAMonth`."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def is_over(self, at: datetime) -> bool:
        """Whether the month has ended in London by the moment `at`."""
        return Month.of(at) > self

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def words(self) -> str:
        """The month for staff, in English: "November 2026"."""
        return f"{_NAMES[self.month - 1]} {self.year}"


def months_from(first: Month, last: Month) -> Iterator[Month]:
    """Yield the months from `first` to `last`, both included; nothing where `last` is earlier."""
    while first <= last:
        yield first
        first = first.plus(1)


def months_in(first: Month, last: Month) -> int:
    """Return how many months there are from `first` to `last`, both included; 0 or less the other way."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
