"""Why somebody is not let in, or cannot prove a second time who they are."""

from __future__ import annotations

from enum import Enum


class Why(Enum):
    """What is in the way of somebody whom the council's directory knows."""

    NAME_TAKEN = "name_taken"
    NO_ROLE = "no_role"
    SWITCHED_OFF = "switched_off"
    WEAK = "weak"
    FAILED = "failed"
    AWAY = "away"


class NotLetIn(Exception):
    """The directory's word is not enough, for the reason in `why`."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class SecretLost(Exception):
    """None of `SECOND_STEP_KEYS` opens the secret of a phone: the key it was sealed with is gone."""
