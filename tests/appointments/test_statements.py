"""Statements that are put together once ask and change what their querysets would, whatever the values."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.statements import Change, Question
from appointments import actions
from appointments.actions.desks import end_holds
from appointments.models import Hold, Slot
from appointments.statements import COUNT_UP, COUNT_UP_BY_STAFF, HELD_LATELY, HOLD_ON, held_before
from hubs.models import TopicOffer
from tests.conftest import MONDAY_NOON

LATER = MONDAY_NOON + timedelta(days=2)


def test_a_question_gives_the_rows_of_its_queryset(slots):
    after = Question(
        lambda at: Slot.objects.filter(starts_at__gt=at).values_list("pk", "starts_at"), at=datetime
    )
    for at in (MONDAY_NOON, slots[1].starts_at, LATER, slots[2].starts_at):
        asked = list(Slot.objects.filter(starts_at__gt=at).values_list("pk", "starts_at"))

        assert after.rows(at=at) == asked


def test_a_change_finds_what_its_queryset_would_and_nothing_else(slots):
    widen = Change(
        lambda pk, most: (Slot.objects.filter(pk=pk, capacity__lt=most), {"capacity": F("capacity") + 1}),
        pk=int,
        most=int,
    )
    found = [widen.make(pk=slots[each].pk, most=3) for each in (0, 0, 1)]

    assert found == [1, 0, 1]
    assert [Slot.objects.get(pk=each.pk).capacity for each in slots] == [3, 3, 2, 2]


@pytest.mark.parametrize(
    "build",
    [
        lambda at: Slot.objects.filter(starts_at__gt=at + timedelta(hours=1)).values_list("pk"),
        lambda at: Slot.objects.filter(starts_at__gt=at, ends_at__lt=at + timedelta(hours=1)).values_list(
            "pk"
        ),
        lambda at: Slot.objects.values_list("pk"),
    ],
)
def test_a_statement_that_would_forget_the_value_is_refused(slots, build):
    with pytest.raises(TypeError):
        Question(build, at=datetime).rows(at=MONDAY_NOON)


def test_a_question_is_put_together_once(slots):
    built = []

    def build(pk):
        built.append(pk)
        return Slot.objects.filter(pk=pk).values_list("booked")

    booked = Question(build, pk=int)
    with CaptureQueriesContext(connection) as asked:
        assert [booked.rows(pk=each.pk) for each in slots] == [[(0,)]] * 4

    assert (len(set(built)), len(built), len(asked)) == (2, 2, 4)


def test_a_desk_is_counted_where_the_queryset_of_free_slots_says_so(slots, topics):
    moments = (MONDAY_NOON, slots[0].book_until, slots[0].starts_at, LATER)
    TopicOffer.objects.filter(hub=slots[0].hub, topic=topics["benefits"]).delete()
    for by_staff, count_up in ((False, COUNT_UP), (True, COUNT_UP_BY_STAFF)):
        for at in moments:
            for slug in ("housing", "benefits"):
                Slot.objects.update(booked=0)
                slot, topic = slots[0], topics[slug]
                free = slot in Slot.objects.free(topic, at, by_staff=by_staff)
                counted = [count_up.make(slot=slot.pk, topic=topic.pk, at=at) for _ in range(3)]

                assert counted == ([1, 1, 0] if free else [0, 0, 0]), (by_staff, at, slug)


SOME = [[], ["housing"], ["benefits"], ["housing", "benefits"]]


@pytest.mark.parametrize("planned", SOME)
@pytest.mark.parametrize("offered", SOME)
def test_a_desk_is_held_on_about_what_the_queryset_says_its_slot_is_for(
    slots, topics, plan, planned, offered
):
    plan.topics.set([topics[slug] for slug in planned])
    plan.hub.offers.all().delete()
    for slug in offered:
        plan.hub.offers.create(topic=topics[slug])
    slot, at, until = slots[1], MONDAY_NOON, MONDAY_NOON + timedelta(minutes=10)
    for topic in (topics["housing"], topics["benefits"]):
        key, fits = uuid.uuid4(), slot in Slot.objects.about(topic)
        Hold.objects.create(key=key, slot=slot, desk=2, held_at=at, expires_at=until)
        about = {"key": key, "slot": slot.pk, "topic": topic.pk, "at": at}

        assert HOLD_ON.make(**about, since=at - timedelta(hours=1), until=LATER) == fits
        assert Hold.objects.filter(key=key, expires_at=LATER).exists() == fits
        Hold.objects.filter(key=key).delete()


def test_the_desks_that_a_caller_holds_are_counted_within_the_hour(slots, topics):
    def hold(slot, minutes, caller="a"):
        at = MONDAY_NOON + timedelta(minutes=minutes)
        return actions.hold_slot(slot=slot, topic=topics["housing"], at=at, caller=caller, key=uuid.uuid4())

    hold(slots[0], 0), hold(slots[1], 30), hold(slots[2], 55), hold(slots[3], 55, caller="b")

    def counted(minutes, caller="a"):
        at = MONDAY_NOON + timedelta(minutes=minutes)
        oldest, since = at - timedelta(hours=2), at - timedelta(hours=1)
        return HELD_LATELY.rows(caller=caller, oldest=oldest, since=since, at=at)

    assert [counted(56), counted(61), counted(120)] == [[(3, 1)], [(2, 1)], []]
    assert (counted(56, "b"), counted(56, "c")) == ([(1, 1)], [])
    Hold.objects.update(expires_at=LATER)
    assert [counted(100), counted(119), counted(125)] == [[(1, 3)], [(0, 3)], [(0, 2)]]


def test_what_was_held_under_a_key_is_found_also_when_it_is_over(slots, topics):
    key = uuid.uuid4()
    assert held_before(key) is None
    hold = actions.hold_slot(slot=slots[1], topic=topics["housing"], at=MONDAY_NOON, key=key)
    actions.release_hold(key=key, at=MONDAY_NOON)

    assert held_before(key) == (key, hold.pk, slots[1].pk, 1, 0, hold.expires_at)


def test_a_desk_that_is_held_on_while_somebody_wants_it_back_is_left_alone(slots, topics):
    key, late = uuid.uuid4(), MONDAY_NOON + timedelta(minutes=11)
    hold = actions.hold_slot(slot=slots[0], topic=topics["housing"], at=MONDAY_NOON, key=key)

    def held_on_meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "appointments_hold" in sql:
            Hold.objects.filter(pk=hold.pk).update(expires_at=late + timedelta(minutes=10))
        return answer

    with connection.execute_wrapper(held_on_meanwhile):
        ended = end_holds(slots[0], Hold.objects.over(late), Hold.End.EXPIRED, late)

    assert (ended, Hold.objects.get(pk=hold.pk).ended_at, Slot.objects.get(pk=slots[0].pk).booked) == (
        0,
        None,
        1,
    )
