"""Planning: slots are published as plans, hours and closed days say, and no booking is lost by a change."""

from __future__ import annotations

from datetime import date, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from appointments import actions
from appointments.errors import HitsChanged, NotAllowedNow, PlansOverlap, SlotTaken
from appointments.models import Booking, ClosedDay, Hold, Plan, Slot
from hubs.models import DatedHours, OpeningPeriod
from tests.appointments.conftest import TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON
from tests.enquiries.racing import at_once

NEXT_TUESDAY = TUESDAY + timedelta(days=7)


def shape(published: actions.Published) -> tuple[int, int, int]:
    return published.made, published.withdrawn, published.restored


def offered() -> dict[date, int]:
    found: dict[date, int] = {}
    for day in Slot.objects.offered().values_list("service_day", flat=True):
        found[day] = found.get(day, 0) + 1
    return found


def test_a_plan_publishes_its_slots_as_far_ahead_as_it_says(plan):
    assert offered() == {TUESDAY + timedelta(days=7 * week): 4 for week in range(4)}
    first = Slot.objects.first()
    assert (first.starts_at.isoformat(), first.minutes, first.capacity) == (
        "2026-11-24T10:00:00+00:00",
        30,
        2,
    )
    assert first.starts_at - first.book_until == timedelta(minutes=120)


def test_publishing_again_changes_nothing_and_a_week_later_adds_a_week(plan):
    assert shape(actions.publish_slots(at=MONDAY_NOON)) == (0, 0, 0)
    assert shape(actions.publish_slots(at=MONDAY_NOON + timedelta(days=7))) == (4, 0, 0)


def test_publishing_beyond_new_year_leaves_out_the_holidays(plan):
    actions.publish_slots(at=MONDAY_NOON, until=date(2027, 4, 6))

    assert set(offered()) == {
        day for day in (TUESDAY + timedelta(days=7 * week) for week in range(20)) if day <= date(2027, 4, 6)
    }
    # A Tuesday that is the substitute for a Boxing Day on a Sunday.
    actions.publish_slots(at=MONDAY_NOON, until=date(2027, 12, 31))
    assert date(2027, 12, 28) not in offered()


def test_dated_hours_withdraw_slots_and_bring_them_back(plan, hubs):
    closed = DatedHours.objects.create(hub=hubs["town-hall"], on=NEXT_TUESDAY)
    assert shape(actions.publish_slots(at=MONDAY_NOON)) == (0, 4, 0)
    assert NEXT_TUESDAY not in offered()
    assert set(Slot.objects.filter(service_day=NEXT_TUESDAY).values_list("withdrawn_because", flat=True)) == {
        "hours"
    }
    closed.delete()

    assert shape(actions.publish_slots(at=MONDAY_NOON)) == (0, 0, 4)
    assert offered()[NEXT_TUESDAY] == 4


def test_shorter_hours_keep_the_slots_that_still_fit(plan, hubs):
    OpeningPeriod.objects.filter(hub=hubs["town-hall"], weekday=1).update(closes=time(11))
    actions.publish_slots(at=MONDAY_NOON)

    assert set(offered().values()) == {2}


def test_closing_a_day_needs_the_bookings_that_it_hits(plan, book, people, hubs):
    booking = book()
    values = {"hub": hubs["town-hall"], "on": TUESDAY, "by": people["manager"], "at": MONDAY_NOON}
    with pytest.raises(HitsChanged) as changed:
        actions.close_day(**values, seen_hits=[])

    assert (changed.value.hits, ClosedDay.objects.count(), offered()[TUESDAY]) == ([booking], 0, 4)
    hits = actions.day_hits(hub=hubs["town-hall"], on=TUESDAY, at=MONDAY_NOON)
    assert actions.close_day(**values, seen_hits=[each.pk for each in hits]) == [booking]
    assert TUESDAY not in offered()
    booking.refresh_from_db()
    assert (booking.status, counters_hold()) == (Booking.Status.BOOKED, True)
    assert list(Booking.objects.without_a_time(MONDAY_NOON)) == [booking]


def test_a_closed_day_takes_no_more_bookings_and_stays_closed(plan, book, slots, people, hubs, topics):
    held = actions.hold_slot(slot=slots[0], topic=topics["housing"], at=MONDAY_NOON)
    values = {"hub": hubs["town-hall"], "on": TUESDAY, "by": people["manager"], "at": MONDAY_NOON}
    actions.close_day(**values, seen_hits=[])
    assert Hold.objects.get(pk=held.pk).end == "withdrawn"
    with pytest.raises(SlotTaken):
        actions.book(
            token=held.key,
            slot=slots[0],
            topic=topics["housing"],
            language="en",
            by=None,
            at=MONDAY_NOON,
            name="Amber",
        )
    assert shape(actions.publish_slots(at=MONDAY_NOON)) == (0, 0, 0)
    assert counters_hold()

    assert shape(actions.reopen_day(**values)) == (0, 0, 4)
    assert book(slot=slots[0]).desk == 1
    with pytest.raises(NotAllowedNow):
        actions.reopen_day(**values)


def test_those_who_are_hit_are_offered_another_time_which_is_kept_for_them(
    plan, book, people, hubs, mailoutbox, django_capture_on_commit_callbacks
):
    booking = book(email="amber@example.org", language="bn")
    values = {"hub": hubs["town-hall"], "on": TUESDAY, "by": people["manager"], "at": MONDAY_NOON}
    actions.close_day(**values, seen_hits=[booking.pk])
    with django_capture_on_commit_callbacks(execute=True):
        hold = actions.offer_another(booking=booking, by=people["manager"], at=MONDAY_NOON)
        again = actions.offer_another(booking=booking, by=people["manager"], at=MONDAY_NOON)

    assert (again.pk, hold.slot.service_day) == (hold.pk, NEXT_TUESDAY)
    assert [(mail.to, booking.private_key in mail.body) for mail in mailoutbox] == [
        (["amber@example.org"], True)
    ]
    moved = actions.take_another(booking=booking, by=None, at=MONDAY_NOON)
    assert (moved.slot, moved.desk, counters_hold()) == (hold.slot, hold.desk, True)
    with pytest.raises(NotAllowedNow):
        actions.take_another(booking=booking, by=None, at=MONDAY_NOON)


def test_cancelling_or_moving_elsewhere_gives_the_offered_time_back(plan, book, people, hubs):
    first, second = book(), book()
    values = {"hub": hubs["town-hall"], "on": TUESDAY, "by": people["manager"], "at": MONDAY_NOON}
    actions.close_day(**values, seen_hits=[first.pk, second.pk])
    for booking in (first, second):
        actions.offer_another(booking=booking, by=people["manager"], at=MONDAY_NOON)
    actions.cancel(booking=first, by=None, at=MONDAY_NOON)
    last = Slot.objects.offered().last()
    actions.move(booking=second, slot=last, by=None, at=MONDAY_NOON)

    assert Hold.objects.live().count() == 0
    assert (list(Slot.objects.filter(booked__gt=0)), counters_hold()) == ([last], True)


def test_changing_a_plan_tells_first_whom_it_hits(plan, book, slots, people, hubs):
    stays, hit, beyond = book(), book(slot=slots[3]), book()
    change = {"ends": time(11, 30), "desks": 1}
    hits = actions.plan_hits(plan=plan, at=MONDAY_NOON, **change)
    assert hits == [beyond, hit]
    values = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": MONDAY_NOON, **change}
    with pytest.raises(HitsChanged):
        actions.save_plan(**values, seen_hits=[hit.pk])
    assert offered()[TUESDAY] == 4

    saved, published = actions.save_plan(**values, seen_hits=[hit.pk, beyond.pk])
    assert (saved.ends, {each.pk for each in published.hit}) == (time(11, 30), {hit.pk, beyond.pk})
    capacities = list(Slot.objects.offered().filter(service_day=TUESDAY).values_list("capacity", flat=True))
    assert capacities == [2, 1, 1]
    assert (Booking.objects.live().count(), counters_hold()) == (3, True)
    actions.cancel(booking=beyond, by=None, at=MONDAY_NOON)
    actions.publish_slots(at=MONDAY_NOON)
    slots[0].refresh_from_db()
    assert (slots[0].capacity, stays.status) == (1, "booked")


def test_a_retired_plan_withdraws_what_is_ahead_and_keeps_what_was(plan, people, hubs):
    values = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": MONDAY_NOON}
    actions.save_plan(**values, retired_on=NEXT_TUESDAY)

    assert offered() == {TUESDAY: 4}
    assert Slot.objects.count() == 16


def test_a_plan_for_some_topics_is_for_those_alone(plan, people, hubs, topics, slots):
    values = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": MONDAY_NOON}
    actions.save_plan(**values, topics=[topics["domestic-abuse"]])
    days = [each.on for each in Slot.objects.free_days(topics["domestic-abuse"], MONDAY_NOON)]

    assert days == [TUESDAY + timedelta(days=7 * week) for week in range(4)]
    assert Slot.objects.free_days(topics["housing"], MONDAY_NOON) == []


def beside(plan, people, **other):
    """Save a second plan with the hours of the first, but for what is other."""
    values = {name: getattr(plan, name) for name in actions.plans.FACTS} | {"hub": plan.hub} | other
    return actions.save_plan(by=people["manager"], at=MONDAY_NOON, **values)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"starts": time(9), "ends": time(10, 30)},
        {"starts": time(11, 30), "ends": time(0)},
        {"retired_on": NEXT_TUESDAY},
        {"starts_on": date(2027, 11, 1)},
    ],
)
def test_no_two_plans_of_a_hub_give_the_same_desks_out(plan, people, topics, other):
    for chosen in ([], [topics["domestic-abuse"]]):
        with pytest.raises(PlansOverlap) as refused:
            beside(plan, people, topics=chosen, **other)
        assert refused.value.plan == plan

    assert (Plan.objects.count(), Slot.objects.count()) == (1, 16)


@pytest.mark.parametrize(
    "other",
    [
        {"weekday": 2},
        {"starts": time(12), "ends": time(13)},
        {"starts": time(9), "ends": time(10)},
        # A plan that has ended, one whose few days hold no Tuesday, and one that never begins.
        {"retired_on": MONDAY_NOON.date()},
        {"starts_on": date(2026, 11, 25), "retired_on": date(2026, 12, 1)},
        {"starts_on": date(2026, 12, 1), "retired_on": date(2026, 12, 1)},
    ],
)
def test_plans_that_have_no_hour_in_common_stand_beside_each_other(plan, people, other):
    beside(plan, people, **other)

    assert Plan.objects.count() == 2


def test_each_hub_has_desks_of_its_own(plan, people, hubs):
    beside(plan, people, hub=hubs["bow"])

    assert Plan.objects.count() == 2


def test_a_plan_follows_one_that_ends_and_is_no_hindrance_to_itself(plan, people, hubs):
    values = {"hub": hubs["town-hall"], "by": people["manager"], "at": MONDAY_NOON}
    actions.save_plan(plan=plan, retired_on=NEXT_TUESDAY, **values)
    plan.refresh_from_db()
    later, _ = beside(plan, people, starts_on=NEXT_TUESDAY, retired_on=None, desks=3)
    with pytest.raises(PlansOverlap):
        actions.save_plan(plan=plan, retired_on=None, **values)
    with pytest.raises(PlansOverlap):
        actions.plan_hits(plan=later, at=MONDAY_NOON, starts_on=TUESDAY)

    plan.refresh_from_db()
    assert (plan.retired_on, offered()) == (
        NEXT_TUESDAY,
        {TUESDAY + timedelta(days=7 * week): 4 for week in range(4)},
    )


@pytest.mark.django_db(transaction=True)
def test_of_managers_who_plan_the_same_hours_at_once_one_succeeds(people, hubs, topics, shared_database):
    def save() -> str:
        try:
            actions.save_plan(
                hub=hubs["town-hall"],
                weekday=1,
                starts=time(10),
                ends=time(12),
                starts_on=date(2026, 11, 1),
                by=people["manager"],
                at=MONDAY_NOON,
            )
        except PlansOverlap:
            return "refused"
        return "saved"

    assert sorted(at_once([save] * 4)) == ["refused", "refused", "refused", "saved"]
    assert Plan.objects.count() == 1


@pytest.mark.parametrize("months", [1, 12])
def test_choosing_a_day_is_one_query_however_many_slots(plan, topics, months, django_assert_num_queries):
    actions.publish_slots(at=MONDAY_NOON, until=TUESDAY + timedelta(days=30 * months))
    with django_assert_num_queries(1):
        days = Slot.objects.free_days(topics["housing"], MONDAY_NOON)
    with django_assert_num_queries(1):
        times = Slot.objects.free_times(TUESDAY, topics["housing"], MONDAY_NOON)

    assert [each.places for each in days] == [8] * len(days)
    assert [each.starts_at.strftime("%H:%M") for each in times] == ["10:00", "10:30", "11:00", "11:30"]


def test_the_command_says_what_it_did_and_who_needs_another_time(plan, book, hubs, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    book()
    DatedHours.objects.create(hub=hubs["town-hall"], on=TUESDAY)
    out, err = StringIO(), StringIO()
    call_command("publish_slots", stdout=out, stderr=err)

    assert out.getvalue() == "Slots published: 0, brought back: 0, withdrawn: 4.\n"
    assert err.getvalue().startswith("Appointments that need another time: 1.")
