"""What is known of a resident: what they came about before, and what they were promised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from enquiries.models import Enquiry, Resident

MOST_LINES = 300
"""Enquiries that are looked at for one page, whoever is on it."""


@dataclass(frozen=True)
class Line:
    """One enquiry in a history. `may_open`: whether its page can be seen, not only this line."""

    enquiry: Enquiry
    may_open: bool
    is_overdue: bool

    @property
    def is_promise(self) -> bool:
        """Whether somebody still has to act."""
        return self.enquiry.is_live


@dataclass(frozen=True)
class History:
    """Somebody's enquiries: what is still open first, then the newest."""

    lines: tuple[Line, ...]

    @property
    def promises(self) -> list[Line]:
        """Those that somebody still has to act on."""
        return [line for line in self.lines if line.is_promise]

    @property
    def latest(self) -> tuple[Line, ...]:
        """The first three, for a row in a list."""
        return self.lines[:3]


def histories_of(
    residents: Sequence[Resident], user: User, today: date, *, but: Enquiry | None = None
) -> dict[int, History]:
    """Return the history of each resident, by id, as `user` may know it. Two queries, however many there are.

    `but` is an enquiry that the page shows anyway.
    """
    rows = Enquiry.objects.filter(resident__in=[each.pk for each in residents])
    known = rows.known_to(user).for_desk().order_by("-opened_at")
    open_to_user = set(rows.visible_to(user).values_list("pk", flat=True)[:MOST_LINES])
    lines = [
        Line(each, each.pk in open_to_user, each.is_overdue(today))
        for each in known[:MOST_LINES]
        if but is None or each.pk != but.pk
    ]
    return {each.pk: History(_sorted(lines, each)) for each in residents}


def history_of(
    resident: Resident | None, user: User, today: date, *, but: Enquiry | None = None
) -> History | None:
    """Return the history of one resident; None for somebody anonymous."""
    return None if resident is None else histories_of([resident], user, today, but=but)[resident.pk]


def _sorted(lines: Iterable[Line], resident: Resident) -> tuple[Line, ...]:
    theirs = [line for line in lines if line.enquiry.resident_id == resident.pk]
    return tuple(sorted(theirs, key=lambda line: not line.is_promise))
