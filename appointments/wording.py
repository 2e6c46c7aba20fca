"""How days and times of appointments are said, in the page's language; always London wall time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from django.utils.translation import gettext

from enquiries.models.residents import Language
from hubs.opening import LONDON
from hubs.wording import date_words

NOON = 12
"""The hour at which the afternoon begins."""


class Timed(Protocol):
    """Anything from one moment to another."""

    starts_at: datetime
    ends_at: datetime


class Asking(Protocol):
    """Anything with the language that somebody chose for us to use with them."""

    language: str

    def get_language_display(self) -> str: ...


def clock_words(at: datetime) -> str:
    """Say a time of day: "09:30"."""
    return f"{at.astimezone(LONDON):%H:%M}"


def day_words(on: date) -> str:
    """Say a London date with its year, since the next may be near: "Monday 4 January 2027"."""
    return gettext("%(date)s %(year)s") % {"date": date_words(on), "year": on.year}


def when_words(at: datetime) -> str:
    """Say a moment: "Monday 4 January 2027 at 09:30"."""
    local = at.astimezone(LONDON)
    return gettext("%(day)s at %(time)s") % {"day": day_words(local.date()), "time": f"{local:%H:%M}"}


def times_words(slot: Timed) -> str:
    """Say from when to when: "09:30 to 10:00"."""
    return gettext("%(starts)s to %(ends)s") % {
        "starts": clock_words(slot.starts_at),
        "ends": clock_words(slot.ends_at),
    }


def interpreter_words(asking: Asking) -> str:
    """Say to staff, in English, which interpreter is needed: who chose English may mean sign language."""
    if asking.language == Language.ENGLISH:
        return "Interpreter (language not said)"
    return f"Interpreter: {asking.get_language_display()}"


def is_morning(at: datetime) -> bool:
    """Whether a moment lies before noon in London."""
    return at.astimezone(LONDON).hour < NOON
