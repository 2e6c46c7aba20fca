"""The day at the hub: arriving joins the desk's waiting list, finishing joins the enquiry."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.errors import NotAllowedNow
from appointments.models import Booking, ContactPlace
from enquiries import actions as desk
from enquiries.actions.desk import Raised
from enquiries.models import Enquiry, Visit
from enquiries.waiting_list import waiting_list
from tests.appointments.conftest import TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON

Status = Booking.Status


@pytest.fixture
def town_hall(people, hubs):
    """The desk officer of the Town Hall."""
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()
    return people["desk"]


def test_arriving_opens_the_visit_and_joins_the_waiting_list(book, slots, town_hall):
    booking = book(words="The ceiling leaks.", needs="Wheelchair", interpreter=True, language="bn")
    at = slots[0].starts_at - timedelta(minutes=5)
    arrived = actions.arrive(booking=booking, by=town_hall, at=at)
    visit = Visit.objects.get()

    assert (arrived.status, arrived.visit, arrived.arrived_by) == (Status.ARRIVED, visit, town_hall)
    assert (visit.kind, visit.state, visit.ticket_number, visit.hub) == (
        Visit.Kind.APPOINTMENT,
        Visit.State.WAITING,
        1,
        slots[0].hub,
    )
    assert (visit.resident, visit.language, visit.needs) == (
        booking.resident,
        "bn",
        "Appointment 10:00; Interpreter: Bengali (বাংলা); Wheelchair",
    )
    enquiry = visit.enquiries.get()
    assert (arrived.enquiry, enquiry.words, enquiry.status) == (enquiry, "The ceiling leaks.", "open")
    assert desk.call_next(hub=visit.hub, by=town_hall, at=at).pk == visit.pk
    assert ContactPlace.objects.count() == 0


def test_arriving_twice_is_one_visit(book, slots, town_hall):
    booking = book()
    for _ in range(2):
        actions.arrive(booking=booking, by=town_hall, at=slots[0].starts_at)

    assert (Visit.objects.count(), booking.events.filter(kind="arrived").count()) == (1, 1)


def test_finishing_closes_visit_and_enquiry(book, slots, town_hall, outcomes):
    booking = actions.arrive(booking=book(), by=town_hall, at=slots[0].starts_at)
    at = slots[0].ends_at
    done = actions.finish(
        booking=booking, by=town_hall, at=at, outcome=outcomes["resolved"], agreed="You are on the list."
    )
    enquiry = Enquiry.objects.get()

    assert (done.status, done.finished_at, done.enquiry) == (Status.FINISHED, at, enquiry)
    assert (Visit.objects.get().state, enquiry.status, enquiry.agreed) == (
        Visit.State.DONE,
        "closed",
        "You are on the list.",
    )
    assert enquiry.first_contact
    assert actions.finish(booking=booking, by=town_hall, at=at).finished_at == at


def test_finishing_without_an_outcome_leaves_the_enquiry_with_the_hub(book, slots, town_hall):
    booking = actions.arrive(booking=book(), by=town_hall, at=slots[0].starts_at)
    desk.call_visit(visit=booking.visit, by=town_hall, at=slots[0].starts_at)
    actions.finish(booking=booking, by=town_hall, at=slots[0].ends_at)

    assert (Visit.objects.get().state, Enquiry.objects.get().status) == (Visit.State.DONE, "open")


def test_finishing_after_the_desk_has_finished_the_visit_and_the_enquiry(book, slots, town_hall, outcomes):
    booking = actions.arrive(booking=book(), by=town_hall, at=slots[0].starts_at)
    called = desk.call_visit(visit=booking.visit, by=town_hall, at=slots[0].starts_at)
    desk.finish_visit(visit=called, by=town_hall, at=slots[0].ends_at)
    desk.close(enquiry=booking.enquiry, outcome=outcomes["signposted"], by=town_hall, at=slots[0].ends_at)
    done = actions.finish(booking=booking, by=town_hall, at=slots[0].ends_at, outcome=outcomes["resolved"])

    assert (done.status, Enquiry.objects.get().outcome) == (Status.FINISHED, outcomes["signposted"])


def test_nobody_is_finished_who_did_not_arrive(book, slots, town_hall):
    with pytest.raises(NotAllowedNow):
        actions.finish(booking=book(), by=town_hall, at=slots[0].starts_at)


def test_late_is_a_mark_that_arriving_keeps(book, slots, town_hall):
    at = slots[0].starts_at + timedelta(minutes=10)
    booking = actions.mark_late(booking=book(), by=town_hall, at=at)
    actions.mark_late(booking=booking, by=town_hall, at=at + timedelta(minutes=1))
    arrived = actions.arrive(booking=booking, by=town_hall, at=at + timedelta(minutes=5))

    assert (arrived.status, arrived.late_at) == (Status.ARRIVED, at)
    assert arrived.events.filter(kind="late").count() == 1


def test_late_noted_of_the_wrong_row_is_taken_back_once_and_both_steps_stay(book, slots, town_hall, people):
    at = slots[0].starts_at - timedelta(minutes=5)
    booking = actions.mark_late(booking=book(), by=town_hall, at=at)
    for minutes in (1, 2):
        later = at + timedelta(minutes=minutes)
        back = actions.take_back_late(booking=booking, by=people["manager"], at=later)

    back.refresh_from_db()
    assert (back.status, back.late_at, back.late_by) == (Status.BOOKED, None, None)
    assert list(booking.events.values_list("kind", "at", "by__username"))[1:] == [
        ("late", at, "desk"),
        ("late_back", at + timedelta(minutes=1), "manager"),
    ]

    again = actions.mark_late(booking=booking, by=town_hall, at=at + timedelta(minutes=9))
    assert again.late_at == at + timedelta(minutes=9)


def test_there_is_nothing_to_take_back_of_who_was_never_late(book, slots, town_hall):
    booking = actions.take_back_late(booking=book(), by=town_hall, at=slots[0].starts_at)

    assert (booking.status, booking.events.filter(kind="late_back").count()) == (Status.BOOKED, 0)


@pytest.mark.parametrize("step", [actions.arrive, actions.miss, actions.cancel])
def test_late_is_not_taken_back_once_they_came_or_are_not_expected_any_more(book, slots, town_hall, step):
    late = actions.mark_late(booking=book(), by=town_hall, at=slots[0].starts_at)
    # The officer's page still shows them as expected.
    step(booking=late, by=town_hall, at=slots[0].starts_at)
    with pytest.raises(NotAllowedNow):
        actions.take_back_late(booking=late, by=town_hall, at=slots[0].ends_at)

    late.refresh_from_db()
    assert (late.late_at, late.late_by) == (slots[0].starts_at, town_hall)
    assert late.events.filter(kind="late_back").count() == 0


def test_late_can_be_taken_back_of_who_is_expected_again(book, slots, town_hall):
    at = slots[0].starts_at
    booking = actions.mark_late(booking=book(), by=town_hall, at=at)
    actions.arrive(booking=booking, by=town_hall, at=at)
    actions.take_back_arrival(booking=booking, by=town_hall, at=at)

    assert actions.take_back_late(booking=booking, by=town_hall, at=at).late_at is None


def test_taking_late_back_takes_as_many_statements_as_noting_it(book, slots, town_hall):
    booking, taken = book(), []
    for step in (actions.mark_late, actions.take_back_late):
        with CaptureQueriesContext(connection) as statements:
            step(booking=booking, by=town_hall, at=slots[0].starts_at)
        taken.append(len(statements))

    assert taken[0] == taken[1]


def test_somebody_who_missed_it_can_still_arrive_and_keeps_no_place(book, slots, town_hall):
    booking = book()
    with pytest.raises(NotAllowedNow):
        actions.miss(booking=booking, by=town_hall, at=slots[0].starts_at - timedelta(minutes=1))
    at = slots[0].starts_at + timedelta(minutes=20)
    missed = actions.miss(booking=booking, by=town_hall, at=at)
    assert (missed.status, ContactPlace.objects.count()) == (Status.MISSED, 0)
    assert actions.miss(booking=booking, by=town_hall, at=at + timedelta(minutes=1)).missed_at == at

    arrived = actions.arrive(booking=booking, by=town_hall, at=at + timedelta(minutes=5))
    assert (arrived.status, arrived.missed_at) == (Status.ARRIVED, at)
    assert counters_hold()


def test_a_cancelled_booking_neither_arrives_nor_is_late_nor_missed(book, slots, town_hall):
    booking = actions.cancel(booking=book(), by=None, at=MONDAY_NOON).booking
    at = slots[0].starts_at + timedelta(minutes=1)
    steps = (actions.arrive, actions.mark_late, actions.take_back_late, actions.miss, actions.finish)
    for step in steps:
        with pytest.raises(NotAllowedNow):
            step(booking=booking, by=town_hall, at=at)

    assert Visit.objects.count() == 0


@pytest.mark.parametrize("days", [-1, 1])
def test_nobody_arrives_on_another_day(book, slots, town_hall, days):
    with pytest.raises(NotAllowedNow):
        actions.arrive(booking=book(), by=town_hall, at=slots[0].starts_at + timedelta(days=days))


def test_the_record_that_another_was_merged_into_comes(book, slots, town_hall):
    from_online, at_desk = book(), desk.add_resident(name="Amber Example", by=town_hall, at=MONDAY_NOON)
    desk.merge_residents(keep=at_desk, other=from_online.resident, by=town_hall, at=MONDAY_NOON)
    actions.arrive(booking=from_online, by=town_hall, at=slots[0].starts_at)

    assert Visit.objects.get().resident == at_desk


def test_who_sees_which_bookings(book, people, hubs, town_hall):
    online = book()
    by_other = book(by=people["other_desk"], channel="phone")
    seen = {name: set(Booking.objects.visible_to(user)) for name, user in people.items()}

    assert seen == {
        "desk": {online, by_other},
        "other_desk": {by_other},
        "manager": {online, by_other},
        "officer": set(),
        "administrator": set(),
        "outsider": set(),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_day_list_is_one_query_however_many_come(book, slots, people, count, django_assert_num_queries):
    for number in range(count):
        book(slot=slots[number], token=uuid.uuid4())
    people["manager"].has_perm("appointments.work_bookings")
    with django_assert_num_queries(1):
        rows = list(Booking.objects.visible_to(people["manager"]).on_day(TUESDAY).for_list())
        shown = [(each.slot.starts_at, each.resident.name, each.topic.name_en, each.visit) for each in rows]

    assert len(shown) == count


def test_people_are_called_by_the_time_of_their_appointment(book, slots, town_hall, hubs, topics):
    later, sooner = book(slot=slots[1]), book(slot=slots[0])
    at = slots[0].starts_at - timedelta(minutes=10)
    came = [
        actions.arrive(booking=each, by=town_hall, at=at + timedelta(minutes=number)).visit
        for number, each in enumerate((later, sooner))
    ]
    urgent = desk.log_visit(
        token=uuid.uuid4(),
        hub=hubs["town-hall"],
        raised=[Raised(topics["housing"])],
        by=town_hall,
        at=slots[0].starts_at + timedelta(minutes=5),
        kind=Visit.Kind.URGENT,
        urgent_reason="Homeless tonight",
        waiting=True,
    ).visit
    room = waiting_list(hubs["town-hall"], town_hall, at)
    now = slots[0].starts_at + timedelta(minutes=6)
    called = [desk.call_next(hub=hubs["town-hall"], by=town_hall, at=now) for _ in range(3)]

    assert [each.ticket for each in room.waiting] == [each.ticket for each in called]
    assert [each.pk for each in called] == [came[1].pk, urgent.pk, came[0].pk]


def test_an_arrival_noted_by_mistake_is_taken_back(book, slots, town_hall, outcomes):
    booking = book()
    actions.arrive(booking=booking, by=town_hall, at=slots[0].starts_at)
    for _ in range(2):
        back = actions.take_back_arrival(booking=booking, by=town_hall, at=slots[0].starts_at)
    wrong = Visit.objects.get()

    assert (back.status, back.arrived_at, back.visit, back.enquiry) == (Status.BOOKED, None, None, None)
    assert (wrong.state, wrong.left_reason) == (Visit.State.LEFT, Visit.LeftReason.MISTAKE)
    assert (Enquiry.objects.get().status, ContactPlace.objects.count()) == ("mistake", 1)
    assert booking.events.filter(kind="taken_back").count() == 1

    again = actions.arrive(booking=booking, by=town_hall, at=slots[0].starts_at + timedelta(minutes=3))
    assert (again.status, again.visit.state, again.visit.pk != wrong.pk) == (Status.ARRIVED, "waiting", True)


def test_an_arrival_is_not_taken_back_once_the_enquiry_was_referred(book, slots, town_hall, topics):
    booking = book()
    enquiry = actions.arrive(booking=booking, by=town_hall, at=slots[0].starts_at).enquiry
    facts = {"service": topics["housing"].service, "answers": {}, "consent_wording": "Yes."}
    desk.refer(enquiry=enquiry, by=town_hall, at=slots[0].starts_at, **facts)
    with pytest.raises(NotAllowedNow):
        actions.take_back_arrival(booking=booking, by=town_hall, at=slots[0].starts_at)

    booking.refresh_from_db()
    assert (booking.status, booking.visit.state, booking.enquiry.status) == ("arrived", "waiting", "referred")


def test_an_arrival_is_not_taken_back_once_they_were_called(book, slots, town_hall):
    booking = book()
    actions.arrive(booking=booking, by=town_hall, at=slots[0].starts_at)
    desk.call_next(hub=slots[0].hub, by=town_hall, at=slots[0].starts_at)
    with pytest.raises(NotAllowedNow):
        actions.take_back_arrival(booking=booking, by=town_hall, at=slots[0].starts_at)

    booking.refresh_from_db()
    assert (booking.status, booking.visit.state) == (Status.ARRIVED, Visit.State.CALLED)
