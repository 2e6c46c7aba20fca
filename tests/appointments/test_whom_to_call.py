"""Who cannot be written to is told by a call: staff's pages say whom to call and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.models import Plan, Slot
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

from .conftest import TUESDAY

LIST, WAITING, PLANS = "/staff/appointments/", "/staff/appointments/waiting/", "/staff/appointments/plans/"
LANDLINE = "020 7946 0111"
IN_A_WEEK = TUESDAY + timedelta(days=7)
SEEN = ("Cannot be written to", "Call by 23 Nov 2026, 16:00", "until 23 Nov 2026, 16:00", "Do not phone")


@pytest.fixture
def officer(signed_in, people, hubs, clock, slots):
    """The Town Hall's officer, on the Monday at noon."""
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()
    return signed_in("desk")


@pytest.fixture
def manager(signed_in, people, hubs, clock, slots):
    people["manager"].home_hub = hubs["town-hall"]
    people["manager"].save()
    return signed_in("manager")


def cancel(client, booking) -> Reading:
    return Reading(client.post(f"{LIST}{booking.reference}/cancel/", follow=True))


def notices(page: Reading) -> tuple[list[str], list[str]]:
    """What the page says of what was done, and what it warns of."""
    warned = page.texts("hub-notice--warning")
    other = [*warned, *page.texts("hub-notice--closure")]
    return [each for each in page.texts("hub-notice") if each not in other], warned


@pytest.mark.parametrize(
    ("about", "seen"),
    [
        ({}, [False, False, True, False]),
        ({"phone": LANDLINE}, [True, True, False, False]),
        ({"may_text": False}, [True, True, False, False]),
        ({"phone": LANDLINE, "may_phone": False}, [True, False, True, True]),
        ({"phone": ""}, [True, False, True, False]),
        ({"phone": LANDLINE, "email": "amber@example.org"}, [False, False, True, False]),
    ],
)
def test_who_is_offered_a_time_and_cannot_be_written_to_is_to_be_called(officer, full, join, about, seen):
    join(**about)
    before = Reading(officer.get(WAITING)).words
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    words = Reading(officer.get(WAITING)).words

    assert (SEEN[0] in before, "Call by" in before) == (seen[0], False)
    assert [each in words for each in SEEN] == seen


def test_who_has_to_answer_stands_above_those_who_only_wait(officer, full, join):
    joined = [join(name=name) for name in ("A", "B", "C")]
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    actions.decline_offer(wish=joined[0], at=MONDAY_NOON)
    page = Reading(officer.get(WAITING))

    shown = [each for each in page.texts("bdi") if each in "ABC"]
    assert shown == ["B", "C", "A"]


def test_whose_time_was_taken_away_is_to_be_called_by_when_the_other_is_kept(officer, book, close, offer):
    told, untold = book(phone="07700 900111"), book(phone=LANDLINE)
    close()
    until = [offer(each).expires_at for each in (told, untold)]
    rows = [row for row in Reading(officer.get(WAITING)).texts("hub-booking-row") if "Offered" in row]

    assert until[0] == until[1] == MONDAY_NOON + timedelta(days=2)
    assert ["Call by 25 Nov 2026, 12:00" in row for row in rows] == [False, True]
    assert ["until 25 Nov 2026, 12:00" in row for row in rows] == [True, False]


def test_the_list_takes_as_many_statements_for_three_as_for_one(officer, full, join):
    seen = []
    for number in range(3):
        join(phone=LANDLINE[:-1] + str(number), at=MONDAY_NOON + timedelta(minutes=number))
        actions.cancel(booking=full[number], by=None, at=MONDAY_NOON + timedelta(minutes=number))
        officer.get(WAITING)
        with CaptureQueriesContext(connection) as asked:
            words = Reading(officer.get(WAITING)).words
        seen.append((words.count("Call by"), len(asked)))

    assert seen == [(1, seen[0][1]), (2, seen[0][1]), (3, seen[0][1])]


def test_who_cancels_is_told_whom_to_call_about_the_time(officer, full, join):
    told = join()
    untold = join(phone=LANDLINE, at=MONDAY_NOON + timedelta(minutes=1))
    said = [notices(cancel(officer, each)) for each in full[:3]]

    gone = "The appointment is cancelled."
    call = f"Please note 1 cannot be written to. Please call them: {untold.shown_reference}."
    assert said == [
        ([f"{gone} Its time is offered to {told.shown_reference} on the waiting list."], []),
        ([f"{gone} Its time is offered to {untold.shown_reference} on the waiting list."], [call]),
        ([gone], []),
    ]


def test_who_cancels_for_another_hub_asks_that_hub_to_call(signed_in, people, book, slots, join, clock):
    mine, _ = book(by=people["other_desk"], channel="phone"), book()
    wish = join(phone=LANDLINE)
    _, warned = notices(cancel(signed_in("other_desk"), mine))

    call = f"Please ask Town-Hall hub to call them: {wish.shown_reference}."
    assert warned == [f"Please note 1 cannot be written to. {call}"]


@pytest.mark.parametrize("phone", ["07700 900111", LANDLINE])
def test_who_has_their_time_again_by_a_cancelling_is_named(officer, plan, people, book, at_once, phone):
    slot = Slot.objects.filter(service_day=IN_A_WEEK).first()
    leaves, lost = book(slot=slot), book(slot=slot, phone=phone)
    seen = {each.pk for each in actions.plan_hits(plan=plan, at=MONDAY_NOON, desks=1)}
    with at_once():
        about = {"hub": slot.hub, "plan": Plan.objects.get(pk=plan.pk), "by": people["manager"]}
        actions.save_plan(**about, desks=1, seen_hits=seen, at=MONDAY_NOON)
    done, warned = notices(cancel(officer, leaves))

    assert done == [f"The appointment is cancelled. {lost.shown_reference} has their time again."]
    call = f"Please note 1 cannot be written to. Please call them: {lost.shown_reference}."
    assert warned == ([call] if phone == LANDLINE else [])


def test_what_was_done_looks_otherwise_than_what_is_to_do(manager, book, hubs):
    told, untold = book(phone="07700 900111"), book(phone=LANDLINE)
    asked = {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat(), "seen": f"{told.pk} {untold.pk}"}
    done, warned = notices(Reading(manager.post(f"{PLANS}close/", asked, follow=True)))

    assert done == ["The day is closed to appointments.", "Another time is offered to 2."]
    assert warned == [f"Please note 1 cannot be written to. Please call them: {untold.shown_reference}."]


def test_of_those_for_whom_no_other_time_is_free_are_named_who_cannot_be_written_to(manager, book, hubs):
    bookings = [book(), book(phone=LANDLINE)]
    Slot.objects.exclude(service_day=TUESDAY).update(withdrawn_at=MONDAY_NOON, withdrawn_because="plan")
    seen = " ".join(str(each.pk) for each in bookings)
    asked = {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat(), "seen": seen}
    page = Reading(manager.post(f"{PLANS}close/", asked, follow=True))

    assert notices(page)[1] == [
        "Please note No other time was free for 2. 1 of them can be written to and is told not to come.",
        f"Please note 1 cannot be written to. Please call them: {bookings[1].shown_reference}.",
    ]
    assert "2 have no offer" in page.words


@pytest.mark.parametrize("people_hit", [1, 3])
def test_what_stays_open_says_who_is_told_and_who_is_not(
    manager, book, close, offer, slots, people_hit, django_assert_num_queries
):
    told = [book(slot=slots[number]) for number in range(people_hit)]
    untold = [book(slot=slots[number], phone=LANDLINE[:-1] + str(number)) for number in range(people_hit)]
    close()
    for each in told + untold[:1]:
        offer(each)
    manager.get(PLANS)
    with django_assert_num_queries(7):
        page = Reading(manager.get(PLANS))

    [shown] = page.texts("hub-notice--closure")
    if people_hit == 1:
        assert "1 is offered one and told of it, with no answer yet 1 is offered one and cannot" in shown
        assert "no offer" not in shown
    else:
        assert "3 are offered one and told of it, with no answer yet 1 is offered one and cannot" in shown
        assert "be written to: call them 2 have no offer; whoever has one keeps it" in shown
