"""The waiting list: moves, order, waits, and that nobody is ever called by two officers at once."""

from __future__ import annotations

import re
import time
import uuid
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from enquiries import actions
from enquiries.actions.desk import Raised
from enquiries.errors import AlreadyTaken, NothingWaiting
from enquiries.models import Enquiry, TicketCounter, Visit, WaitingRoom
from enquiries.waiting_list import moves_of, today_at, waiting_list
from enquiries.waits import median_wait, minutes_between
from tests.conftest import MONDAY_NOON
from tests.enquiries.racing import Officer, at_once

State = Visit.State
PRESSED_AT_ONCE = 40


@pytest.fixture
def arrive(hubs, topics, people, outcomes):
    """Put somebody on the waiting list at Bow, `minutes` after noon on Monday."""

    def arrived(
        minutes: int = 0, *, hub: str = "bow", topics_raised: tuple[str, ...] = ("housing",)
    ) -> Visit:
        return actions.log_visit(
            token=uuid.uuid4(),
            hub=hubs[hub],
            raised=[Raised(topics[each]) for each in topics_raised],
            by=people["desk"],
            at=MONDAY_NOON + timedelta(minutes=minutes),
            waiting=True,
        ).visit

    return arrived


@pytest.fixture
def move(people):
    """Make a move on the list at noon."""

    def moved(action, visit, **facts):
        return action(visit=visit, by=people["desk"], at=MONDAY_NOON, **facts)

    return moved


def test_tickets_count_up_for_each_hub_and_day(arrive):
    tickets = [arrive().ticket, arrive().ticket, arrive(hub="cubitt-town").ticket, arrive(24 * 60).ticket]

    assert tickets == ["W-001", "W-002", "W-001", "W-001"]


def test_a_ticket_belongs_to_the_london_day(arrive):
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC) - MONDAY_NOON
    visit = arrive(int(summer.total_seconds() // 60))

    assert (str(visit.service_day), visit.month) == ("2026-07-01", 202607)


def test_call_next_takes_whoever_has_waited_longest(arrive, hubs, people):
    first, second = arrive(0), arrive(1)
    called = [actions.call_next(hub=hubs["bow"], by=people["desk"], at=MONDAY_NOON) for _ in range(2)]

    assert called == [first, second]
    assert {(each.state, each.called_by, each.called_at) for each in called} == {
        (State.CALLED, people["desk"], MONDAY_NOON)
    }
    with pytest.raises(NothingWaiting):
        actions.call_next(hub=hubs["bow"], by=people["desk"], at=MONDAY_NOON)


def test_nobody_of_another_hub_or_day_is_called(arrive, hubs, people):
    arrive(hub="cubitt-town")
    arrive(-24 * 60)

    with pytest.raises(NothingWaiting):
        actions.call_next(hub=hubs["bow"], by=people["desk"], at=MONDAY_NOON)


def test_somebody_returned_keeps_the_old_place(arrive, move, hubs, people):
    first, _second = arrive(0), arrive(1)
    held = move(actions.hold, move(actions.call_visit, first))
    returned = move(actions.return_to_list, held)

    assert (returned.state, returned.called_at, returned.called_by) == (State.WAITING, None, None)
    assert actions.call_next(hub=hubs["bow"], by=people["desk"], at=MONDAY_NOON) == first


def test_whoever_left_is_closed_with_the_reason(arrive, move):
    visit = move(actions.leave, arrive(), reason="wait")

    enquiry = visit.enquiries.get()
    assert (visit.state, visit.left_at, visit.left_reason) == (State.LEFT, MONDAY_NOON, "wait")
    assert (enquiry.status, enquiry.outcome.group, enquiry.first_contact) == (
        Enquiry.Status.CLOSED,
        "left",
        False,
    )


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        (actions.call_visit, {State.WAITING, State.HELD}),
        (actions.hold, {State.WAITING, State.CALLED}),
        (actions.return_to_list, {State.HELD, State.CALLED}),
        (actions.finish_visit, {State.CALLED}),
    ],
)
def test_a_move_is_refused_from_any_other_state(arrive, move, people, action, allowed):
    reached = set()
    for state in (State.WAITING, State.HELD, State.CALLED, State.DONE):
        visit = arrive()
        Visit.objects.filter(pk=visit.pk).update(state=state, called_at=MONDAY_NOON, called_by=people["desk"])
        try:
            move(action, visit)
        except AlreadyTaken:
            continue
        reached.add(state)

    assert reached == allowed


def test_every_move_is_counted_and_a_refused_one_is_not(arrive, move, hubs, people):
    visit = arrive()
    actions.call_next(hub=hubs["bow"], by=people["desk"], at=MONDAY_NOON)
    move(actions.hold, visit)
    move(actions.call_visit, visit)
    move(actions.return_to_list, visit)
    with pytest.raises(AlreadyTaken):
        move(actions.finish_visit, visit)
    move(actions.leave, visit, reason="unknown")

    assert WaitingRoom.objects.get(hub=hubs["bow"]).moves == 6
    assert moves_of(hubs["cubitt-town"]) == 0


# What the page shows


def test_the_list_shows_waits_topics_and_who_is_over_target(arrive, hubs, people, topics, settings):
    settings.WAIT_TARGET_MINUTES = 10
    arrive(0, topics_raised=("housing", "domestic-abuse"))
    arrive(4)
    arrive(5)
    actions.call_next(hub=hubs["bow"], by=people["desk"], at=MONDAY_NOON + timedelta(minutes=3))
    room = waiting_list(hubs["bow"], people["desk"], MONDAY_NOON + timedelta(minutes=15))

    assert [(each.ticket, each.topics, each.minutes, each.over_target) for each in room.everybody] == [
        ("W-001", ["Housing", "Domestic abuse"], 3, False),
        ("W-002", ["Housing"], 11, True),
        ("W-003", ["Housing"], 10, False),
    ]
    assert [[each.ticket for each in part] for part in (room.called, room.waiting, room.held)] == [
        ["W-001"],
        ["W-002", "W-003"],
        [],
    ]


@pytest.mark.parametrize("people_waiting", [1, 3])
def test_the_list_is_one_query(arrive, hubs, people, people_waiting, django_assert_num_queries):
    for _ in range(people_waiting):
        arrive(topics_raised=("housing", "domestic-abuse"))
    people["desk"].has_perm("enquiries.log_visit")

    with django_assert_num_queries(1):
        room = waiting_list(hubs["bow"], people["desk"], MONDAY_NOON)
    assert len(room.waiting) == people_waiting


def test_the_day_counts_visits_what_was_resolved_and_the_median_wait(arrive, log, hubs, people, outcomes):
    for minutes in (0, 1, 2):
        arrive(minutes)
    for waited in (2, 8, 30):
        actions.call_next(hub=hubs["bow"], by=people["desk"], at=MONDAY_NOON + timedelta(minutes=waited))
    log(outcome=outcomes["resolved"])
    log(kind=Visit.Kind.URGENT, urgent_reason="No food")
    log(outcome=outcomes["resolved"], hub=hubs["cubitt-town"])
    today = today_at(hubs["bow"], people["desk"], MONDAY_NOON + timedelta(hours=1))

    assert (today.visits, today.resolved, today.median_wait) == (5, 1, 7)
    assert today.kinds == (("Urgent, seen without an appointment", 1),)


def test_waits_are_computed_in_utc_where_the_clocks_change():
    london = ZoneInfo("Europe/London")
    before = datetime(2026, 10, 25, 0, 30, tzinfo=london)
    after = datetime(2026, 10, 25, 2, 30, tzinfo=london)

    assert (minutes_between(before, after), minutes_between(after, before)) == (180, 0)
    assert median_wait([(before, after), (before, before)]) == 0
    assert median_wait([]) is None


# Forty officers at once


@pytest.mark.django_db(transaction=True)
def test_forty_officers_never_call_the_same_person(arrive, hubs, people, desk_server):
    now = datetime.now(UTC) - MONDAY_NOON
    for _ in range(PRESSED_AT_ONCE - 5):
        arrive(int(now.total_seconds() // 60))
    officers = [Officer(desk_server, user) for user in colleagues(people["desk"])]
    for officer in officers:
        officer.get("/staff/visits/waiting/")

    pressed = at_once([lambda officer=each: officer.post("/staff/visits/call-next/") for each in officers])
    told = [
        re.search(r"Call (W-\d+)\.|Nobody is waiting", each.get("/staff/visits/waiting/").body)
        for each in officers
    ]

    assert {reply.status for reply in pressed} == {302}
    called = [each.group(1) for each in told if each.group(1)]
    assert (len(called), len(set(called))) == (PRESSED_AT_ONCE - 5, PRESSED_AT_ONCE - 5)
    assert Visit.objects.filter(state=State.CALLED).values("called_by").distinct().count() == len(called)


@pytest.mark.django_db(transaction=True)
def test_reading_then_saving_would_call_the_same_person_twice(arrive, people, shared_database):
    """The negative control: the same officers, without the compare-and-swap."""
    for _ in range(10):
        arrive()

    def read_then_save(officer: User) -> int | None:
        visit = Visit.objects.filter(state=State.WAITING).order_by("ticket_number").first()
        if visit is None:
            return None
        time.sleep(0.01)
        visit.state, visit.called_at, visit.called_by = State.CALLED, MONDAY_NOON, officer
        visit.save(update_fields=["state", "called_at", "called_by"])
        return visit.pk

    called = at_once([lambda user=each: read_then_save(user) for each in colleagues(people["desk"])[:10]])

    assert len(set(called)) < len(called)


@pytest.mark.django_db(transaction=True)
def test_six_hundred_tickets_with_every_tenth_rolled_back_have_no_gap_and_no_duplicate(
    arrive,
    shared_database,
):
    given = at_once([lambda first=each: tickets(arrive, range(first, 600, 12)) for each in range(12)])

    numbers = sorted(number for each in given for number in each)
    assert numbers == list(range(1, 541))
    assert sorted(Visit.objects.values_list("ticket_number", flat=True)) == numbers
    assert TicketCounter.objects.get().last == 540


@pytest.mark.django_db(transaction=True)
def test_counting_and_adding_one_would_give_the_same_ticket_twice(arrive, shared_database):
    """The negative control: tickets by `count() + 1`, which the database then refuses."""
    refused = count()

    def count_up() -> None:
        for _ in range(5):
            visit = arrive()
            number = Visit.objects.filter(ticket_number__gt=1000).count() + 1001
            time.sleep(0.005)
            try:
                with transaction.atomic():
                    Visit.objects.filter(pk=visit.pk).update(ticket_number=number)
            except IntegrityError:
                next(refused)

    at_once([count_up] * 8)

    assert next(refused) > 0


@pytest.mark.django_db(transaction=True)
def test_the_first_ticket_of_the_day_is_raced_by_twenty(arrive, shared_database):
    given = at_once([lambda: arrive().ticket_number] * 20)

    assert sorted(given) == list(range(1, 21))


def colleagues(officer: User) -> list[User]:
    """Forty accounts like this one, and at the same desk."""
    made = [
        User(username=f"colleague.{number}", home_hub=officer.home_hub) for number in range(PRESSED_AT_ONCE)
    ]
    User.objects.bulk_create(made)
    found = list(User.objects.filter(username__startswith="colleague."))
    for each in found:
        each.groups.set(officer.groups.all())
    return found


def tickets(arrive, jobs: range) -> list[int]:
    """Take a ticket for each job; every tenth job fails after it has taken its number."""
    given = []
    for job in jobs:
        failed = job % 10 == 0
        with transaction.atomic():
            number = arrive().ticket_number
            transaction.set_rollback(failed)
        if not failed:
            given.append(number)
    return given
