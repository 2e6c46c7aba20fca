"""What a report says in sentences, above its figures: each with one figure that leads to its rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from enquiries.models import Visit

from .figures import Figure, Table
from .measures import TARGET_MINUTES
from .report import Report
from .wording import compared_words, count_words, figure_words, listed, says_something, share_words, tied

MUCH_NOT_RECORDED = 0.1
"""From this share on the first screen says that outcomes are missing."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with one figure in it that leads to its rows."""

    before: str
    figure: Figure
    words: str
    after: str


def findings(report: Report, month_before: str, year_before: str) -> list[Sentence]:
    """Return what a reader should take away, most important first."""
    said = [
        _visits(report, month_before, year_before),
        _first_contact(report),
        None if report.scope.topic else _topics(report.table("topics")),
        _waits(report),
        _not_recorded(report),
    ]
    return [each for each in said if each]


def largest(table: Table, what: str) -> str:
    """Say which row of a table has the most: "Bow has the most visits: 812 of 2,431 (33%)."."""
    rows = [row for row in table.rows if row.figures[0].count]
    if not rows:
        return f"No {what}."
    number = max(row.figures[0].count for row in rows)
    top = tied([row.label for row in rows if row.figures[0].count == number])
    each = " each" if sum(row.figures[0].count == number for row in rows) > 1 else ""
    whole = table.total.figures[0].count if table.total else sum(row.figures[0].count for row in rows)
    share = share_words(number / whole)
    return f"{top}: {count_words(number)}{each} of {count_words(whole)} {what} ({share}{each})."


def on_appointments(report: Report) -> str:
    """Say what became of most appointments; where none were kept in the portal, that some came for one."""
    booked, slots = report.counts.count("booked"), report.counts.count("slots")
    came = report.counts.count("visits", kind=Visit.Kind.APPOINTMENT.value)
    if booked.count or slots.count or not came.count:
        return largest(report.table("appointments"), "appointments")
    visits = f"{count_words(came.count)} {'visit was' if came.count == 1 else 'visits were'}"
    return f"No appointments were kept in the portal then: {visits} for one."


def _visits(report: Report, month_before: str, year_before: str) -> Sentence | None:
    visits, so_far = report.headline("visits"), report.is_unfinished
    than = [
        _beside(visits.now, each, name, unfinished=so_far)
        for each, name in ((visits.before, month_before), (visits.year_ago, year_before))
        if says_something(each)
    ]
    words = f"{figure_words(visits.now)} {'visit' if visits.now.count == 1 else 'visits'}"
    return Sentence(
        "", visits.now, f"{words}{' so far' if so_far else ''}", f": {listed(than)}." if than else "."
    )


def _beside(now: Figure, before: Figure, months: str, *, unfinished: bool) -> str:
    words = compared_words(now, before, unfinished=unfinished)
    return f"{words} {months}" if words else f"{figure_words(before)} in {months}"


def _first_contact(report: Report) -> Sentence | None:
    resolved, enquiries = report.headline("resolved").now, report.headline("enquiries").now
    if not enquiries.count:
        return None
    return Sentence(
        "",
        resolved,
        f"{figure_words(resolved)} of {figure_words(enquiries)} enquiries",
        f" ({share_words(resolved.count / enquiries.count)}) were resolved at first contact.",
    )


def _topics(topics: Table) -> Sentence | None:
    ranked = [row for row in topics.rows if row.figures[0].count]
    if not ranked:
        return None
    most = ranked[0].figures[0]
    first = [row.label for row in ranked if row.figures[0].count == most.count]
    then = [row.label.lower() for row in ranked[len(first) : 3]]
    names = tied([first[0], *(label.lower() for label in first[1:])])
    each = " each" if len(first) > 1 else ""
    after = f"{each}, then {listed(then)}." if then else f"{each}."
    words = f"{count_words(most.count)} {'enquiry' if most.count == 1 else 'enquiries'}"
    return Sentence(f"{names} came first with ", most, words, after)


def _waits(report: Report) -> Sentence | None:
    within, wait = report.headline("within").now, report.headline("waits").now
    if within.value is None or wait.value is None:
        return None
    minutes = "minute" if wait.value == 1 else "minutes"
    half = f"half of all who waited, within {wait.value:g} {minutes}."
    after = f" of those who waited were called within {TARGET_MINUTES} minutes; {half}"
    return Sentence("", within, figure_words(within), after)


def _not_recorded(report: Report) -> Sentence | None:
    missing = report.headline("unrecorded").now
    if missing.value is None or missing.value < MUCH_NOT_RECORDED:
        return None
    return Sentence("For ", missing, figure_words(missing), " of the enquiries no outcome is recorded yet.")
