"""Random business at the hubs, for hypothesis: visits, calls and questions, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from enquiries.models import Enquiry, Outcome
from tests.reports.borough import Borough

EDGES = [
    "2026-03-29T00:30",  # the clocks go forward at 01:00 UTC
    "2026-03-29T01:30",
    "2026-03-31T22:59",
    "2026-03-31T23:00",  # already April in London
    "2026-03-31T23:30",
    "2026-04-30T23:30",
    "2026-07-31T23:30",
    "2026-10-25T00:30",  # 01:30 BST, and an hour later 01:30 GMT
    "2026-10-25T01:30",
    "2026-10-31T23:30",  # still October
    "2026-11-01T00:00",
    "2026-12-31T23:59",
]
FIRST, LAST = (2026, 3), (2026, 12)

moments = st.one_of(
    st.sampled_from([datetime.fromisoformat(each).replace(tzinfo=UTC) for each in EDGES]),
    st.integers(0, 305 * 24 * 60 - 1).map(
        lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
)


@dataclass(frozen=True)
class Slot:
    """A time for appointments, and what became of each that was booked for it."""

    desks: int
    withdrawn: bool
    fates: tuple[tuple[str, timedelta], ...]
    """Status, and how long before the appointment it was booked."""


@dataclass(frozen=True)
class Story:
    """One person's business with the hubs."""

    at: datetime
    hub: int
    topic: int
    second_topic: int | None
    channel: str
    resident: int | None
    ends: str
    closed_after: timedelta
    cause: int | None
    language: str
    called_after: timedelta | None
    left: str
    """Why they left before being seen; "mistake" where they never were there."""
    referrals: tuple[tuple[int, str], ...]
    answer: str
    slot: Slot | None


slots = st.builds(
    Slot,
    desks=st.integers(1, 2),
    withdrawn=st.booleans(),
    fates=st.lists(
        st.tuples(
            st.sampled_from(["booked", "arrived", "finished", "missed", "cancelled", "cancelled"]),
            st.sampled_from([timedelta(minutes=20), timedelta(hours=30), timedelta(days=12)]),
        ),
        max_size=3,
    ).map(tuple),
)

stories = st.builds(
    Story,
    at=moments,
    hub=st.integers(0, 1),
    topic=st.integers(0, 2),
    second_topic=st.none() | st.integers(0, 2),
    channel=st.sampled_from(Enquiry.Channel.values),
    resident=st.none() | st.integers(0, 2),
    ends=st.sampled_from(["", "resolved", "resolved", "resolved", "signposted", "could_not_help"]),
    closed_after=st.sampled_from([timedelta(0), timedelta(minutes=20), timedelta(days=3)]),
    cause=st.none() | st.integers(0, 1),
    language=st.sampled_from(["", "en", "bn"]),
    called_after=st.none()
    | st.sampled_from([0, 1, 59, 60, 61, 599, 600, 601, 2400]).map(lambda s: timedelta(seconds=s)),
    left=st.sampled_from(["", "", "wait", "mistake"]),
    referrals=st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(["sent", "told", "asked", "returned", "finished"])),
        max_size=2,
    ).map(tuple),
    answer=st.sampled_from(["", "yes", "no"]),
    slot=st.none() | slots,
)


def write(story: Story, borough: Borough) -> None:
    """Put a story into the tables."""
    while len(borough.residents) < 3:
        borough.resident()
    resident = None if story.resident is None else borough.residents[story.resident]
    hub = borough.hubs[story.hub]
    visit, never_was = None, False
    if story.channel == Enquiry.Channel.IN_PERSON:
        left = story.left if story.called_after is None or story.left == "mistake" else ""
        never_was = left == "mistake"
        visit = borough.visit(
            story.at, hub=hub, called_after=story.called_after, left=left, resident=resident
        )
    facts = {
        "channel": story.channel,
        "hub": hub,
        "visit": visit,
        "resident": resident,
        "language": story.language,
    }
    if story.slot:
        _offer(story, story.slot, borough)
    if never_was:
        for topic in {story.topic, story.second_topic} - {None}:
            borough.enquiry(story.at, topic=borough.topics[topic], status="mistake", **facts)
        return
    first = story.ends == Outcome.Group.RESOLVED and not story.referrals
    enquiry = borough.enquiry(
        story.at,
        topic=borough.topics[story.topic],
        cause=None if story.cause is None else borough.causes[story.cause],
        ends=story.ends,
        closed_after=story.closed_after,
        first=first,
        **facts,
    )
    if visit is not None and story.second_topic is not None:
        borough.enquiry(story.at, topic=borough.topics[story.second_topic], **facts)
    live = set()
    for service, fate in story.referrals:
        if fate in ("sent", "told", "asked") and service in live:
            continue
        live.add(service)
        _refer(story, borough, enquiry, service, fate)
    if story.answer:
        borough.feedback(enquiry, story.at + timedelta(hours=30), story.answer)


def _offer(story: Story, slot: Slot, borough: Borough) -> None:
    at = story.at + timedelta(minutes=30)
    made = borough.slot(at, hub=borough.hubs[story.hub], desks=slot.desks, withdrawn=slot.withdrawn)
    free = slot.desks
    for status, ahead in slot.fates:
        if status != "cancelled":
            free -= 1
        if free >= 0 or status == "cancelled":
            borough.booking(made, status=status, ahead=ahead, topic=borough.topics[story.topic])


def _refer(story: Story, borough: Borough, enquiry: Enquiry, service: int, fate: str) -> None:
    facts = {
        "sent": {},
        "told": {"had_all": True},
        "asked": {"had_all": False},
        "returned": {"returned": True, "had_all": False},
        "finished": {"finished_after": timedelta(days=3, hours=-1)},
    }[fate]
    borough.referral(enquiry, story.at + timedelta(hours=2), service=borough.services[service], **facts)
