"""How long things are kept, in words for residents."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop, ngettext

from enquiries.models import RetentionPeriod
from hubs.data_map import Period

_WHAT = {
    Period.PEOPLE: gettext_noop("Your name and how to reach you"),
    Period.STORIES: gettext_noop("What you came about"),
    Period.RECORD_VIEWS: gettext_noop("Who looked at your record"),
    Period.COMPLAINTS: gettext_noop("A complaint about your information"),
}
"""The periods that residents read about; the others are about staff."""


@dataclass(frozen=True)
class KeptFor:
    """What is kept, and how long, in the page's language."""

    what: str
    how_long: str


def kept_for() -> list[KeptFor]:
    """Return how long what is kept; empty where the council has decided nothing yet. One query."""
    decided = dict(RetentionPeriod.objects.values_list("period", "months"))
    if not decided.keys() & _WHAT.keys():
        return []
    return [KeptFor(gettext(what), _how_long(decided.get(period))) for period, what in _WHAT.items()]


def _how_long(months: int | None) -> str:
    if months is None:
        return gettext("The council has not decided yet")
    if months % 12 == 0:
        years = months // 12
        return ngettext("%(years)d year", "%(years)d years", years) % {"years": years}
    return ngettext("%(months)d month", "%(months)d months", months) % {"months": months}
