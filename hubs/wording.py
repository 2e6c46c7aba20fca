"""How hours, access, distance and dates are said on the public pages, in the page's language.

Every such sentence stands here once. Times are London wall time on the 24-hour clock; figures are 0 to 9 in
both languages. Words that administrators typed may be English on a Bengali page: they are set into a
sentence with their `lang`, so what holds them is safe HTML. A no-break space keeps a figure with its word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from hubs.bilingual import LocalText
from hubs.busy_hours import BusyDay
from hubs.models import DatedHours
from hubs.models.hours import Weekday
from hubs.opening import Day, DayKind, Period, Status

DAYS_TOLD_BY_NAME = 6
"""A weekday alone is plain up to this many days ahead; further on the date is said with it."""

BANK_HOLIDAYS = (
    gettext_noop("New Year’s Day"),
    gettext_noop("New Year’s Day (substitute day)"),
    gettext_noop("Good Friday"),
    gettext_noop("Easter Monday"),
    gettext_noop("Early May bank holiday"),
    gettext_noop("Spring bank holiday"),
    gettext_noop("Summer bank holiday"),
    gettext_noop("Christmas Day"),
    gettext_noop("Christmas Day (substitute day)"),
    gettext_noop("Boxing Day"),
    gettext_noop("Boxing Day (substitute day)"),
    gettext_noop("Platinum Jubilee bank holiday"),
    gettext_noop("Bank holiday for the State Funeral of Queen Elizabeth II"),
    gettext_noop("Bank holiday for the coronation of King Charles III"),
)
"""The names that `hubs.bank_holidays` gives, listed so that they are translated."""

_MONTHS = (
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
)
_MIDNIGHT = time(0)


def status_words(status: Status) -> SafeString:
    """Say whether a hub is open and what comes next: "Open until 17:00", "Closed. Opens Monday at 09:00"."""
    today = status.day.on
    if status.is_open:
        if status.closes_at is None:
            return _say(gettext("Open"))
        return _say(gettext("Open until %(when)s"), when=_end_words(status.closes_at, today))
    reason = reason_words(status.day) if status.day.is_closed else SafeString("")
    if status.opens_at is None:
        return _say(gettext("Closed for %(reason)s"), reason=reason) if reason else _say(gettext("Closed"))
    when = _start_words(status.opens_at, today)
    if reason:
        return _say(gettext("Closed for %(reason)s. Opens %(when)s"), reason=reason, when=when)
    return _say(gettext("Closed. Opens %(when)s"), when=when)


def opening_words(status: Status) -> str:
    """Say within a sentence when a closed hub opens: "today at 14:00", "Monday at 09:00"; else empty."""
    if status.opens_at is None:
        return ""
    if status.opens_at.date() == status.day.on:
        return gettext("today at %(time)s") % {"time": f"{status.opens_at:%H:%M}"}
    return _start_words(status.opens_at, status.day.on)


def hours_words(day: Day) -> str:
    """Say the hours of one day: "09:00 to 12:00, 13:00 to 17:00", or "Closed"."""
    return _all_periods(day.periods) or gettext("Closed")


def busy_words(day: BusyDay) -> str:
    """Say when a weekday is usually busy and quiet: "Busy 10:00 to 12:00. Quiet 15:00 to 17:00."."""
    said = []
    if day.busy:
        said.append(gettext("Busy %(times)s.") % {"times": _all_periods(day.busy)})
    if day.quiet:
        said.append(gettext("Quiet %(times)s.") % {"times": _all_periods(day.quiet)})
    return " ".join(said) or gettext("About the same all day.")


def reason_words(day: Day) -> SafeString:
    """Say why a day differs from the usual week, as in "Christmas Day"; empty where no reason is known."""
    if isinstance(day.reason, DatedHours):
        return conditional_escape(day.reason.reason)
    if day.kind is not DayKind.BANK_HOLIDAY:
        return SafeString("")
    name = str(day.reason)
    translated = gettext(name)
    # A holiday announced after our last release has no translation yet.
    return conditional_escape(LocalText(translated, "en" if translated == name else get_language() or "en"))


def date_words(on: date) -> str:
    """Say a date with its weekday: "Monday 4 January"."""
    parts = {"weekday": Weekday(on.weekday()).label, "day": on.day, "month": gettext(_MONTHS[on.month - 1])}
    return gettext("%(weekday)s %(day)s\N{NO-BREAK SPACE}%(month)s") % parts


def weekday_words(weekday: int) -> str:
    """Say a day of the week, Monday 0."""
    return str(Weekday(weekday).label)


def month_words(on: date) -> str:
    """Say the month of a date: "January 2027"."""
    return gettext("%(month)s\N{NO-BREAK SPACE}%(year)s") % {
        "month": gettext(_MONTHS[on.month - 1]),
        "year": on.year,
    }


def walk_words(minutes: int) -> str:
    """Say how long a walk is: "12 minutes’ walk"."""
    words = ngettext(
        "%(minutes)s\N{NO-BREAK SPACE}minute’s walk", "%(minutes)s\N{NO-BREAK SPACE}minutes’ walk", minutes
    )
    return words % {"minutes": minutes}


def metres_words(metres: int) -> str:
    """Say a distance: "1,250 metres"."""
    words = ngettext("%(metres)s\N{NO-BREAK SPACE}metre", "%(metres)s\N{NO-BREAK SPACE}metres", metres)
    return words % {"metres": f"{metres:,}"}


def _say(sentence: str, **parts: str) -> SafeString:
    """Set parts into a sentence of ours; each part keeps its own `lang`, and is escaped."""
    safe = {name: conditional_escape(part) for name, part in parts.items()}
    return mark_safe(sentence % safe if safe else sentence)  # noqa: S308  # nosec B308 B703


def _start_words(moment: datetime, today: date) -> str:
    ahead = (moment.date() - today).days
    if ahead == 0:
        return f"{moment:%H:%M}"
    on = Weekday(moment.weekday()).label if ahead <= DAYS_TOLD_BY_NAME else date_words(moment.date())
    return gettext("%(day)s at %(time)s") % {"day": on, "time": f"{moment:%H:%M}"}


def _end_words(moment: datetime, today: date) -> str:
    if moment.time() == _MIDNIGHT and (moment.date() - today).days == 1:
        return gettext("midnight")
    return _start_words(moment, today)


def _all_periods(periods: Iterable[Period]) -> str:
    return ", ".join(_period_words(period) for period in periods)


def _period_words(period: Period) -> str:
    closes = gettext("midnight") if period.to_midnight else f"{period.closes:%H:%M}"
    return gettext("%(opens)s\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}%(closes)s") % {
        "opens": f"{period.opens:%H:%M}",
        "closes": closes,
    }
