"""Why somebody is not let in."""

from __future__ import annotations

from enum import Enum


class Why(Enum):
    """What is in the way of somebody whom the council's directory knows."""

    NAME_TAKEN = "name_taken"
    NO_ROLE = "no_role"
    SWITCHED_OFF = "switched_off"
    FAILED = "failed"
    AWAY = "away"


class NotLetIn(Exception):
    """The directory's word is not enough, for the reason in `why`."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
