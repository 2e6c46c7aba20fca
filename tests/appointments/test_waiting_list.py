"""Who waits is offered what becomes free, in order, and keeps their place on the list if it does not suit."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from appointments import actions
from appointments.errors import AlreadyWaiting, NotAllowedNow, OfferGone
from appointments.models import Booking, Hold, Slot, Wish
from enquiries.errors import TooManyTries
from enquiries.models import Resident
from tests.appointments.conftest import TUESDAY, counters_hold, statuses
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import READING_TIME
from tests.enquiries.racing import at_once
from tests.reading import Reading

Status = Wish.Status
FOUR_HOURS = timedelta(hours=4)


def test_a_cancelled_time_is_offered_to_the_first_whom_it_suits(full, join, topics, hubs):
    join(from_on=TUESDAY + timedelta(days=7), to_on=TUESDAY + timedelta(days=14))
    first, _ = join(at=MONDAY_NOON + timedelta(minutes=1)), join(at=MONDAY_NOON + timedelta(minutes=2))
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    first.refresh_from_db()

    assert statuses() == [Status.WAITING, Status.OFFERED, Status.WAITING]
    assert (first.hold.slot, first.hold.desk, first.hold.expires_at) == (
        full[0].slot,
        1,
        MONDAY_NOON + FOUR_HOURS,
    )
    assert Slot.objects.free_times(TUESDAY, topics["housing"], MONDAY_NOON) == []
    assert counters_hold()


def test_cancelling_says_whom_the_time_is_offered(full, join):
    wish = join()
    # The first twice, as by a double click; after the second nobody waits any more.
    done = [actions.cancel(booking=each, by=None, at=MONDAY_NOON) for each in (full[0], full[0], full[1])]

    assert [each.booking.status for each in done] == ["cancelled"] * 3
    assert [each.passed_on.offered_to for each in done] == [wish, None, None]


def test_whoever_accepts_has_the_booking(full, join):
    wish = join(words="Ceiling", interpreter=True, language="bn")
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    booked = actions.accept_offer(wish=wish, by=None, at=MONDAY_NOON + timedelta(hours=1))
    again = actions.accept_offer(wish=wish, by=None, at=MONDAY_NOON + timedelta(hours=9))
    booking = Booking.objects.get(pk=booked.booking.pk)

    assert (booking.slot, booking.desk, booking.resident) == (full[0].slot, 1, wish.resident)
    assert (booking.words, booking.interpreter, booking.language, booking.channel) == (
        "Ceiling",
        True,
        "bn",
        "online",
    )
    assert (again.booking.pk, again.is_new, statuses()) == (booking.pk, False, [Status.BOOKED])
    assert counters_hold()


def test_whoever_declines_stays_on_the_list_behind_those_who_were_offered_nothing(full, join):
    first, second = join(), join(at=MONDAY_NOON + timedelta(minutes=1))
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    actions.decline_offer(wish=first, at=MONDAY_NOON)
    assert statuses() == [Status.WAITING, Status.OFFERED]
    actions.decline_offer(wish=second, at=MONDAY_NOON)

    # Nobody is offered the same time twice: it is everybody's now.
    assert (statuses(), Hold.objects.live().count()) == ([Status.WAITING, Status.WAITING], 0)
    actions.cancel(booking=full[2], by=None, at=MONDAY_NOON + timedelta(minutes=5))
    assert statuses() == [Status.OFFERED, Status.WAITING]
    assert counters_hold()


def test_an_offer_that_nobody_answers_is_passed_on(full, join):
    first, second = join(), join(at=MONDAY_NOON + timedelta(minutes=1))
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    assert actions.pass_on_lapsed_offers(at=MONDAY_NOON + FOUR_HOURS - timedelta(seconds=1)) == 0
    late = MONDAY_NOON + FOUR_HOURS
    assert actions.pass_on_lapsed_offers(at=late) == 1
    second.refresh_from_db()

    assert (statuses(), second.hold.slot) == ([Status.WAITING, Status.OFFERED], full[0].slot)
    with pytest.raises(OfferGone):
        actions.accept_offer(wish=first, by=None, at=late)
    assert counters_hold()


TEN = timedelta(minutes=10)


@pytest.fixture
def held(slots, topics, book):
    """The first Tuesday with every desk taken, the last slot's two by people who type; the slot."""
    for slot in slots[:-1]:
        book(slot=slot), book(slot=slot)
    for minute in range(2):
        actions.hold_slot(slot=slots[-1], topic=topics["housing"], at=MONDAY_NOON + timedelta(minutes=minute))
    return slots[-1]


def test_a_time_whose_hold_runs_out_is_offered_to_the_first_who_waits(held, join, topics):
    join(), join(at=MONDAY_NOON + timedelta(minutes=1))
    late = MONDAY_NOON + TEN
    given_back = [actions.give_back_expired(at=at) for at in (late - timedelta(seconds=1), late, late)]
    first = Wish.objects.earliest("pk")

    assert (given_back, statuses()) == ([0, 1, 0], [Status.OFFERED, Status.WAITING])
    assert (first.hold.slot, first.hold.expires_at) == (held, late + FOUR_HOURS)
    assert Slot.objects.free_times(TUESDAY, topics["housing"], late) == []
    actions.give_back_expired(at=late + timedelta(minutes=1))
    assert (statuses(), counters_hold()) == ([Status.OFFERED, Status.OFFERED], True)


def test_two_times_that_run_out_together_are_offered_to_two_and_a_third_waits(held, join):
    for minute in range(3):
        join(at=MONDAY_NOON + timedelta(minutes=minute))
    assert actions.give_back_expired(at=MONDAY_NOON + 2 * TEN) == 2

    assert statuses() == [Status.OFFERED, Status.OFFERED, Status.WAITING]
    assert (set(Hold.objects.live().values_list("slot", "desk")), counters_hold()) == (
        {(held.pk, 1), (held.pk, 2)},
        True,
    )


def test_whoever_takes_one_time_that_ran_out_leaves_the_other_to_those_who_wait(held, join, topics):
    join()
    late = MONDAY_NOON + 2 * TEN
    actions.hold_slot(slot=held, topic=topics["housing"], at=late)
    assert (statuses(), actions.give_back_expired(at=late)) == ([Status.WAITING], 1)

    assert (statuses(), counters_hold()) == ([Status.OFFERED], True)


def test_what_was_offered_already_is_not_offered_to_the_same_person_when_it_runs_out(held, join):
    join()
    late = MONDAY_NOON + TEN
    actions.give_back_expired(at=late)
    later = late + FOUR_HOURS
    # Whether as an offer or as any hold that is over: it was theirs, and they let it pass.
    assert actions.give_back_expired(at=later) == 2

    assert (statuses(), Hold.objects.live().count()) == ([Status.WAITING], 0)
    assert counters_hold()


def test_an_offer_made_at_night_counts_from_the_morning_and_not_beyond_the_last_moment_to_book(full, join):
    wish = join()
    night = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    actions.cancel(booking=full[6], by=None, at=night)
    wish.refresh_from_db()

    # From 08:00 four hours would be noon; the slot at 11:30 can be booked until 09:30.
    assert wish.hold.expires_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert wish.hold.expires_at == wish.hold.slot.book_until


def test_what_is_too_near_is_offered_to_nobody(full, join):
    join()
    actions.cancel(booking=full[0], by=None, at=full[0].slot.book_until - timedelta(minutes=59))

    assert statuses() == [Status.WAITING]


def test_another_topic_than_the_plans_is_not_offered(full, join, plan, people, hubs, topics):
    actions.save_plan(
        hub=hubs["town-hall"],
        plan=plan,
        topics=[topics["domestic-abuse"]],
        by=people["manager"],
        at=MONDAY_NOON,
    )
    join(), join(topic=topics["domestic-abuse"])
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)

    assert statuses() == [Status.WAITING, Status.OFFERED]


def test_moving_away_offers_the_old_time(full, join):
    join()
    later = Slot.objects.filter(service_day__gt=TUESDAY).first()
    actions.move(booking=full[0], slot=later, by=None, at=MONDAY_NOON)

    assert (statuses(), counters_hold()) == ([Status.OFFERED], True)


def test_leaving_the_list_passes_the_offer_on(full, join):
    first, _second = join(), join(at=MONDAY_NOON + timedelta(minutes=1))
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    left = actions.leave_waiting_list(wish=first, by=None, at=MONDAY_NOON)

    assert (left.status, statuses()) == (Status.WITHDRAWN, [Status.WITHDRAWN, Status.OFFERED])
    with pytest.raises(NotAllowedNow):
        actions.leave_waiting_list(wish=first, by=None, at=MONDAY_NOON)


def test_new_slots_are_offered_to_those_who_wait_for_them(plan, join, people, hubs):
    waits = TUESDAY + timedelta(days=28)
    join(from_on=waits, to_on=waits)
    actions.publish_slots(at=MONDAY_NOON + timedelta(days=1))

    wish = Wish.objects.get()
    assert (wish.status, wish.hold.slot.service_day) == (Status.OFFERED, waits)
    assert counters_hold()


def test_the_same_form_joins_once_and_one_address_a_few_times(join, settings):
    token = uuid.uuid4()
    first = join(token=token, caller="a")
    assert join(token=token, caller="a").pk == first.pk
    for _ in range(4):
        join(caller="a")
    with pytest.raises(TooManyTries):
        join(caller="a")

    assert (join(token=token, caller="a").pk, join(caller="b").status) == (first.pk, Status.WAITING)


@pytest.mark.parametrize(
    ("about", "places"),
    [
        ({"name": "amber  EXAMPLE", "phone": "+44 7700 900123"}, 1),
        ({"phone": "০৭৭০০ ৯০০১২৩"}, 1),
        ({"phone": "", "email": "Amber@example.org"}, 1),
        ({"name": "Karim Example", "phone": "07700 900123"}, 2),
        ({"phone": "07700 900124"}, 2),
        ({"phone": "07700 900123", "topic": "benefits"}, 2),
        ({"phone": "07700 900123", "by": "desk"}, 2),
    ],
)
def test_a_name_and_contact_have_one_place_for_the_same(join, topics, people, about, places):
    join(phone="07700 900123", email="amber@example.org")
    found = {"topic": topics, "by": people}
    facts = {name: found[name][value] if name in found else value for name, value in about.items()}
    with suppress(AlreadyWaiting):
        join(**facts)

    assert (Wish.objects.count(), Resident.objects.count()) == (places, places)


def test_whoever_waits_no_longer_may_join_again(full, join, topics):
    about = {"phone": "07700 900123"}
    actions.leave_waiting_list(wish=join(**about), by=None, at=MONDAY_NOON)
    second = join(**about)
    with pytest.raises(AlreadyWaiting):
        join(**about)
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    with pytest.raises(AlreadyWaiting):
        join(**about)
    actions.accept_offer(wish=second, by=None, at=MONDAY_NOON)
    join(**about)
    Wish.objects.update(to_on=TUESDAY)
    join(at=MONDAY_NOON + timedelta(days=2), **about)

    assert statuses() == [Status.WITHDRAWN, Status.BOOKED, Status.WAITING, Status.WAITING]


def test_nobody_learns_who_waits_about_a_sensitive_topic_and_nobody_is_offered_two_times(full, join, topics):
    about = {"topic": topics["domestic-abuse"]}
    for minute in range(2):
        join(phone="07700 900123", at=MONDAY_NOON + timedelta(minutes=minute), **about)
    join(at=MONDAY_NOON + timedelta(minutes=2), **about)
    assert statuses() == [Status.WAITING] * 3
    for booking in full[:2]:
        actions.cancel(booking=booking, by=None, at=MONDAY_NOON + timedelta(minutes=5))

    assert statuses() == [Status.OFFERED, Status.WAITING, Status.OFFERED]
    assert counters_hold()


@pytest.mark.django_db(transaction=True)
def test_one_person_who_joins_many_times_at_once_has_one_place(join, shared_database):
    def try_it() -> str:
        try:
            join(phone="07700 900123")
        except AlreadyWaiting:
            return "already"
        return "joined"

    assert Counter(at_once([try_it] * 6)) == {"joined": 1, "already": 5}
    assert (Wish.objects.count(), Resident.objects.count()) == (1, 1)


def test_who_sees_the_waiting_list(join, people, hubs):
    wish = join()
    people["desk"].home_hub = hubs["town-hall"]
    seen = {name: list(Wish.objects.visible_to(user)) for name, user in people.items()}

    assert seen == {
        "desk": [wish],
        "other_desk": [],
        "manager": [wish],
        "officer": [],
        "administrator": [],
        "outsider": [],
    }


def test_a_wish_that_comes_too_often_is_refused_with_all_that_was_typed(client, plan, settings, clock):
    settings.WISHES_PER_ADDRESS_AN_HOUR = 0
    inputs = Reading(client.get("/appointments/housing/waiting/")).all("input")
    fields = {each.get("name"): each.get("value") for each in inputs if each.get("name") == "stamp"}
    clock.shift(READING_TIME)
    answers = {"name": "Amber Example", "phone": "07700 900123", "weeks": "2", "language": "bn"}
    response = client.post("/appointments/housing/waiting/", fields | answers)
    page = Reading(response)

    assert (response.status_code, response.headers["Retry-After"], Wish.objects.count()) == (429, "3600", 0)
    assert "You are not on the list yet." in page.texts("govuk-error-summary__list")[0]
    typed = [page.one(f"#id_{name}").get("value") for name in ("name", "phone")]
    assert typed == ["Amber Example", "07700 900123"]
