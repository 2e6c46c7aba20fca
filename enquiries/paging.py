"""Long lists in pages, without counting millions of rows to say how many pages there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE_SIZE = 25
LAST_PAGE = 400
"""Nobody turns more pages than this; they search."""

_NUMBER = re.compile(r"[1-9]\d{0,3}", re.ASCII)


@dataclass(frozen=True)
class Part:
    """One page of a list."""

    rows: list[Any]
    number: int
    has_more: bool

    @property
    def before(self) -> int | None:
        """The number of the page before, or None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The number of the page after, or None on the last."""
        return self.number + 1 if self.has_more and self.number < LAST_PAGE else None


def page_number(text: str) -> int:
    """Return the page that an address asks for; 1 for whatever is no number, such as "²"."""
    return min(int(text), LAST_PAGE) if _NUMBER.fullmatch(text) else 1


def part_of(rows: QuerySet[Any], number: int) -> Part:
    """Return one page of `rows`, in one query: a row more than it shows says whether there is another."""
    start = (number - 1) * PAGE_SIZE
    taken = list(rows[start : start + PAGE_SIZE + 1])
    return Part(taken[:PAGE_SIZE], number, len(taken) > PAGE_SIZE)
