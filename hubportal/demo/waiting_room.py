"""Somebody on the waiting list of every hub that is open when the demo is loaded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from enquiries.londontime import service_day
from enquiries.models import Enquiry, Visit
from hubs.directory import listed_hubs
from hubs.models import Hub

from .borough import Borough
from .lives import PlannedEnquiry, PlannedVisit, waiting_token

FIRST_NUMBER = 90_000
"""Enquiries of waiting rooms are numbered from here within their month, above those of the plan."""

IN_THE_ROOM_SINCE = timedelta(minutes=25)
"""Longer than the first of `_ROOM` has been there."""

_MOST_A_DAY = 100
_State = Visit.State
_ROOM = (
    # Minutes since they arrived, minutes since they were called, state.
    (24, 9, _State.CALLED),
    (19, 3, _State.CALLED),
    (17, None, _State.HELD),
    (14, None, _State.WAITING),
    (8, None, _State.WAITING),
    (5, None, _State.WAITING),
    (1, None, _State.WAITING),
)


def people_waiting(borough: Borough, at: datetime, seed: int) -> Iterator[tuple[PlannedVisit, str]]:
    """Yield those who wait, are on hold or are being seen at each hub at the moment `at`, with their state.

    Nobody waits at a hub that is closed then. Where no walk-in is taken two urgent cases wait; whoever waits
    for an appointment there is one of `demo.appointments`.
    """
    today = service_day(at)
    rng = random.Random(f"{seed} waiting {today}")  # noqa: S311
    number = 0
    for listed in listed_hubs(at):
        hub = listed.hub
        if not listed.status.is_open or (hub.opened_on or today) > today:
            continue
        for minutes, called, state in _ROOM if hub.walk_in else _ROOM[-3:-1]:
            arrived_at = at - timedelta(minutes=minutes, seconds=rng.randrange(50))
            number += 1
            if service_day(arrived_at) == today and number < _MOST_A_DAY:
                visit = _visit(borough, hub, today, arrived_at, number, rng)
                visit.called_at = None if called is None else at - timedelta(minutes=called)
                yield visit, state


def _visit(
    borough: Borough, hub: Hub, today: date, arrived_at: datetime, number: int, rng: random.Random
) -> PlannedVisit:
    kind = Visit.Kind.WALK_IN if hub.walk_in else Visit.Kind.URGENT
    desk = borough.desks[hub.pk]
    visit = PlannedVisit(hub, today, kind, arrived_at, arrived_at, desk)
    visit.token, visit.has_ticket = waiting_token(today, number), True
    if kind == Visit.Kind.URGENT:
        visit.urgent_reason = rng.choice(borough.words.facts["urgent_reasons"])
    offered = [
        subject
        for subject in borough.subjects
        if not hub.walk_in or (hub.pk, subject.pk) not in borough.by_appointment
    ]
    subject = rng.choice(offered[:6])
    enquiry = PlannedEnquiry(
        number=FIRST_NUMBER + today.day * _MOST_A_DAY + number,
        subject=subject,
        channel=Enquiry.Channel.IN_PERSON,
        hub=hub.pk,
        opened_at=arrived_at,
        answered_at=arrived_at,
        by=desk,
        ending="waiting",
        person=rng.randrange(len(borough.people)) if rng.random() < 0.3 else None,
    )
    enquiry.language = borough.people[enquiry.person].language if enquiry.person is not None else "en"
    if rng.random() < 0.5:
        enquiry.words = borough.words.story(subject.slug, enquiry.written, "", rng)
    visit.enquiries.append(enquiry)
    return visit
