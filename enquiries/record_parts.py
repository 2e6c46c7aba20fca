"""What a resident's page shows that this app does not know, such as their appointments.

Apps above this one add their parts when they are loaded, so that nothing here needs to know them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import User
    from enquiries.models import Resident


@dataclass(frozen=True)
class Part:
    """A part of the page of one resident, with a heading of its own."""

    template: str
    """Shows the part; it is given `shown` and nothing else."""
    shown: Any


PartOf = Callable[["Resident", "User", date], "Part | None"]

_PARTS: list[PartOf] = []


def add_part(part: PartOf) -> None:
    """Let a function be called for each resident's page that is shown.

    It is told who looks and the present London date, and answers with what that person may see; None where
    such things are no matter of theirs.
    """
    if part not in _PARTS:
        _PARTS.append(part)


def parts_of(resident: Resident, user: User, on: date) -> list[Part]:
    """Return the parts of a resident's page as `user` may see them on the London date `on`."""
    return [found for found in [part(resident, user, on) for part in _PARTS] if found is not None]
