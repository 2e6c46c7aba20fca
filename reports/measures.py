"""What is measured, each with its definition beside it.

A measure is counted in a *cube*: how many rows there are for each combination of some columns. Its
condition is written once, as data, and used twice: on the cells of a cube to get the figure (`meets`), and
on the rows themselves to show them (`reports.rows`). So a figure and its rows cannot mean different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

Condition = Mapping[str, Any]
"""Lookups as in a queryset's filter: column, or column with __isnull, __in, __lte or __gt."""

TARGET_MINUTES: int = settings.WAIT_TARGET_MINUTES
CHECK_DAYS = 14
"""Days after closing in which nobody may have asked again, for a resolution to count as verified."""


@dataclass(frozen=True)
class Cube:
    """Rows of one kind counted by some columns, besides hub, topic and channel."""

    name: str
    kind: str
    """visit, enquiry, referral, feedback, booking or slot."""
    columns: tuple[str, ...]


OUTCOMES = Cube("outcomes", "enquiry", ("status", "outcome", "first_contact"))
CAUSES = Cube("causes", "enquiry", ("cause",))
LANGUAGES = Cube("languages", "enquiry", ("language",))
CHECKS = Cube("checks", "enquiry", ("verified",))
ARRIVALS = Cube("arrivals", "visit", ("kind", "left_reason"))
HOURS = Cube("hours", "visit", ("hour_of_week",))
WAITS = Cube("waits", "visit", ("wait_minutes",))
REFERRED = Cube("referred", "referral", ("service", "status", "had_all"))
DAYS = Cube("days", "referral", ("service",))
"""The days of finished referrals added up, not rows."""
ANSWERS = Cube("answers", "feedback", ("answer",))
BOOKED = Cube("booked", "booking", ("status",))
AHEAD = Cube("ahead", "booking", ("lead_days",))
SLOTS = Cube("slots", "slot", ("taken", "empty"))
"""How many desks of a slot are taken by appointments that were not cancelled, and how many are not."""

CUBES = {
    cube.name: cube
    for cube in (
        *(OUTCOMES, CAUSES, LANGUAGES, CHECKS, ARRIVALS, HOURS, WAITS),
        *(REFERRED, DAYS, ANSWERS, BOOKED, AHEAD, SLOTS),
    )
}


@dataclass(frozen=True)
class Measure:
    """Something that rows are counted for, with the words that say what it means."""

    key: str
    name: str
    definition: str
    cube: Cube = field(repr=False)
    where: Condition = field(default_factory=dict, repr=False, hash=False)
    base: str = ""
    """The key of the measure that this one is a share of, where it is read as one."""


_ALL = (
    Measure(
        "visits",
        "Visits",
        "One arrival of one person or household at a hub, however many topics. Appointments, urgent "
        "cases, people sent on to another hub and people who left before being seen are visits too; one "
        "that was noted by mistake is not. Counted in the month of arrival.",
        ARRIVALS,
    ),
    Measure(
        "enquiries",
        "Enquiries",
        "One topic raised by one person, through any channel: in person, by phone or online. One of a visit "
        "that was noted by mistake is none. Counted in the month in which it was opened.",
        OUTCOMES,
    ),
    Measure(
        "referrals",
        "Referrals",
        "An enquiry handed to a council service. One that is handed to two services is two referrals. "
        "Counted in the month in which it was sent, at the hub, topic and channel of its enquiry.",
        REFERRED,
    ),
    Measure(
        "resolved",
        "Resolved at first contact (claimed)",
        "Closed as “resolved here” in the visit, call or message in which it was raised, and never referred.",
        OUTCOMES,
        {"first_contact": True},
        base="enquiries",
    ),
    Measure(
        "checkable",
        "Resolved, and can be checked",
        "Claimed as resolved at first contact, for a resident who is known, and closed at least "
        f"{CHECK_DAYS} whole days ago. Nobody can tell whether an anonymous resident came back.",
        CHECKS,
        base="resolved",
    ),
    Measure(
        "verified",
        "Resolved at first contact (verified)",
        "Of those that can be checked: the same resident opened no enquiry on the same topic afterwards, "
        f"up to {CHECK_DAYS} days after it was closed.",
        CHECKS,
        {"verified": True},
        base="checkable",
    ),
    Measure(
        "waits",
        "Wait",
        "From arrival to being called, in minutes begun: 7 minutes and 20 seconds count as 8. Only "
        "visits with a ticket that were called. The median: half of them waited no longer.",
        WAITS,
        {"wait_minutes__isnull": False},
    ),
    Measure(
        "within",
        f"Seen within {TARGET_MINUTES} minutes",
        f"Of the visits that were called: those called {TARGET_MINUTES} minutes after arrival or sooner.",
        WAITS,
        {"wait_minutes__lte": TARGET_MINUTES},
        base="waits",
    ),
    Measure(
        "left",
        "Left before being seen",
        "Visits with a ticket that ended because the person left, with the reason that was noted.",
        ARRIVALS,
        {"left_reason__gt": ""},
        base="visits",
    ),
    Measure(
        "accepted",
        "Referrals accepted",
        "Referrals sent in the month that the service has accepted, also when it returned them later.",
        REFERRED,
        {"had_all__isnull": False},
        base="referrals",
    ),
    Measure(
        "told_once",
        "Told once",
        "Of accepted referrals: those where the officer did not have to ask the resident again.",
        REFERRED,
        {"had_all": True},
        base="accepted",
    ),
    Measure(
        "returned",
        "Referrals returned",
        "Referrals sent in the month that the service has returned to the desk.",
        REFERRED,
        {"status": "returned"},
        base="referrals",
    ),
    Measure(
        "finished",
        "Referrals finished",
        "Referrals sent in the month that the service has finished.",
        REFERRED,
        {"status": "finished"},
        base="referrals",
    ),
    Measure(
        "unrecorded",
        "Outcome not recorded",
        "Enquiries with the hub that nobody has closed or referred: what became of them is not known.",
        OUTCOMES,
        {"status": "open"},
        base="enquiries",
    ),
    Measure(
        "unexplained",
        "Reason for coming not recorded",
        "Enquiries without a reason why the person had to come.",
        CAUSES,
        {"cause__isnull": True},
        base="enquiries",
    ),
    Measure(
        "language_unrecorded",
        "Language not recorded",
        "Enquiries without the language that the person asked to be spoken to in.",
        LANGUAGES,
        {"language": ""},
        base="enquiries",
    ),
    Measure(
        "avoidable",
        "Avoidable contact",
        "Enquiries with a noted reason why the person should not have had to come, such as an unclear "
        "letter.",
        CAUSES,
        {"cause__isnull": False},
        base="enquiries",
    ),
    Measure(
        "spoken",
        "Enquiries by language",
        "Enquiries by the language that the person asked to be spoken to in.",
        LANGUAGES,
        base="enquiries",
    ),
    Measure(
        "by_hour",
        "Visits by hour of the week",
        "Visits by the weekday and the hour of arrival, London time.",
        HOURS,
        base="visits",
    ),
    Measure(
        "feedback",
        "Answers about the visit",
        "Answers to “Did we sort it out?”, in the month in which they were given. Few people answer, and "
        "those who do may not be like the others.",
        ANSWERS,
    ),
    Measure(
        "satisfied",
        "Said that it was sorted out",
        "Of the answers to “Did we sort it out?”: those that say yes.",
        ANSWERS,
        {"answer": "yes"},
        base="feedback",
    ),
    Measure(
        "booked",
        "Appointments",
        "Appointments that were booked, whatever became of them, in the month for which they are and at the "
        "hub that gives them. One that was moved counts once, where it was moved to. In the running month "
        "those still to come are among them.",
        BOOKED,
    ),
    Measure(
        "came",
        "Came to the appointment",
        "Appointments whose people arrived, also late.",
        BOOKED,
        {"status__in": ("arrived", "finished")},
        base="booked",
    ),
    Measure(
        "missed",
        "Missed the appointment",
        "Appointments that the hub noted as missed, and whose people did not come later that day.",
        BOOKED,
        {"status": "missed"},
        base="booked",
    ),
    Measure(
        "cancelled",
        "Appointment cancelled",
        "Appointments that the resident or the hub cancelled. Their desk was free for somebody else.",
        BOOKED,
        {"status": "cancelled"},
        base="booked",
    ),
    Measure(
        "expected",
        "Nothing noted about the appointment",
        "Appointments still to come, and those of which nobody has noted whether the person came.",
        BOOKED,
        {"status": "booked"},
        base="booked",
    ),
    Measure(
        "ahead",
        "Days ahead",
        "From the day of booking, or of the last move, to the day of the appointment, London days. The "
        "median: half of all appointments, cancelled ones too, were booked no longer ahead.",
        AHEAD,
    ),
    Measure(
        "slots",
        "Slots",
        "Times at which people could be seen by appointment, each with one desk or more, without those that "
        "were withdrawn. A slot is for many topics: a report on one topic counts none.",
        SLOTS,
    ),
    Measure(
        "slots_used",
        "Slots used",
        "Of the slots: those with at least one appointment that was not cancelled.",
        SLOTS,
        {"taken__gt": 0},
        base="slots",
    ),
    Measure(
        "slots_full",
        "Slots full",
        "Of the slots: those with an appointment that was not cancelled at each desk.",
        SLOTS,
        {"empty": 0},
        base="slots",
    ),
)
MEASURES = {measure.key: measure for measure in _ALL}
"""Every measure by its key."""


def meets(value: Any, test: str, wanted: Any) -> bool:
    """Whether a cell's value meets a lookup as the database would decide it for a row.

    `test` is what follows the column's name in the lookup: blank, isnull, in, lte or gt.
    """
    if test == "isnull":
        return (value is None) is wanted
    if test == "in":
        return value in wanted
    if test in ("lte", "gt"):
        return value is not None and bool(value <= wanted if test == "lte" else value > wanted)
    return bool(value == wanted)
