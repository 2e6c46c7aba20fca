"""What is held ends where it must: as the appointment begins, and by how much one may hold and about what."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection

from appointments import actions
from appointments.errors import AlreadyBooked, HoldExpired, OfferGone, SlotTaken, TooManyHolds
from appointments.models import Booking, Hold, Slot, Wish
from tests.appointments.booker import Booker, hidden
from tests.appointments.conftest import TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON
from tests.enquiries.racing import at_once
from tests.reading import Reading

TEN = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


@pytest.fixture
def hold(slots, topics):
    """Hold a desk of the first slot, with whatever a test wants otherwise; returns the hold."""

    def held(**facts) -> Hold:
        values = {"slot": slots[0], "topic": topics["housing"], "at": MONDAY_NOON, "key": uuid.uuid4()}
        return actions.hold_slot(**(values | facts))

    return held


@pytest.fixture
def extend(slots, topics):
    """Extend a hold of the first slot by its key at a moment; returns the hold."""
    return lambda key, at: actions.extend_hold(key=key, slot=slots[0], topic=topics["housing"], at=at)


@pytest.fixture
def send(slots, topics):
    """Book what is held under a key, with whatever a test wants otherwise; returns the booking."""

    def sent(key: uuid.UUID, **facts) -> Booking:
        values = {"token": key, "slot": slots[0], "topic": topics["housing"], "language": "en", "by": None}
        return actions.book(**(values | {"at": MONDAY_NOON, "name": "Amber"} | facts)).booking

    return sent


def test_what_was_held_in_time_is_booked_until_it_begins_and_no_later(hold, send, slots):
    in_time = slots[0].book_until - MINUTE
    first, second = hold(at=in_time).key, hold(at=in_time).key
    booking = send(first, at=slots[0].starts_at - MINUTE)
    with pytest.raises(SlotTaken) as refused:
        send(second, at=slots[0].starts_at)

    assert (Booking.objects.get(), refused.value.next_free[0].service_day > TUESDAY) == (booking, True)
    assert counters_hold()


def test_a_page_to_check_that_is_sent_once_it_has_begun_is_told_of_other_times(booker, slots, clock):
    clock.move_to(slots[0].book_until - timedelta(minutes=5))
    checked = booker.check(booker.choose(0), words="The ceiling leaks.")
    clock.move_to(slots[0].ends_at + timedelta(hours=3))
    sealed = booker.send(checked)
    typed = hidden(Reading(checked))
    del typed["checked"]
    answers = [sealed] + [booker.post("check/", typed | {"step": each}) for each in ("send", "check")]
    answers += [booker.post("details/", typed | {"step": "extend"})]

    assert [each.status_code for each in answers] == [409] * 4
    for each in answers:
        assert len(Reading(each).all("hub-time")) == 3
        assert hidden(Reading(each))["words"] == "The ceiling leaks."
    assert Booking.objects.count() == 0


def test_what_was_booked_in_time_is_shown_to_who_sends_it_again_later(booker, slots, clock):
    checked = booker.check(booker.choose(0))
    first = booker.send(checked)
    clock.move_to(slots[0].ends_at)

    assert booker.send(checked).headers["Location"] == first.headers["Location"]


def test_nothing_is_kept_longer_than_until_it_begins(hold, extend, slots):
    begins = slots[0].starts_at
    Slot.objects.filter(pk=slots[0].pk).update(book_until=begins)
    key = hold(at=begins - 20 * MINUTE).key
    ends = [extend(key, at=begins - before * MINUTE).expires_at for before in (11, 2)]
    again, other = hold(key=key, at=begins - MINUTE), hold(at=begins - MINUTE)

    assert ends == [begins, begins]
    assert (again.expires_at, other.expires_at) == (begins, begins)
    assert set(Hold.objects.values_list("expires_at", flat=True)) == {begins}
    with pytest.raises(HoldExpired):
        extend(key, at=begins)
    with pytest.raises(SlotTaken):
        hold(key=key, at=begins)
    assert counters_hold()


def test_pressing_keep_it_longer_never_books_what_has_begun(booker, slots, clock):
    clock.move_to(slots[0].book_until - timedelta(minutes=5))
    checked = booker.check(booker.choose(0))
    for _ in range(16):
        clock.shift(9 * MINUTE)
        booker.post("details/", hidden(Reading(checked)) | {"step": "extend"})

    assert (booker.send(checked).status_code, Booking.objects.count()) == (409, 0)


def test_an_offer_is_taken_until_it_begins_and_no_later(slots, book, topics, hubs, booker, clock):
    wish, _ = actions.join_waiting_list(
        token=uuid.uuid4(),
        hub=hubs["town-hall"],
        topic=topics["housing"],
        from_on=TUESDAY,
        to_on=TUESDAY,
        language="en",
        by=None,
        at=MONDAY_NOON,
        name="Amber",
    )
    first, *_ = [book(slot=slot) for slot in slots for _ in range(2)]
    actions.cancel(booking=first, by=None, at=MONDAY_NOON)
    clock.move_to(slots[0].starts_at)
    gone = booker.post(f"offer/{wish.private_key}/", {"answer": "take"})
    wish.refresh_from_db()

    assert (gone.status_code, wish.status, counters_hold()) == (409, Wish.Status.WAITING, True)
    assert "The time we offered is gone. You are still on the list." in Reading(gone).words
    with pytest.raises(OfferGone):
        actions.accept_offer(wish=wish, by=None, at=slots[0].starts_at)


def test_another_time_is_taken_until_it_begins_and_no_later(slots, book, people, hubs):
    next_week = Slot.objects.filter(service_day__gt=TUESDAY).first()
    first, second = book(slot=next_week), book(slot=next_week)
    about = {"by": people["manager"], "at": MONDAY_NOON}
    closed = {"hub": hubs["town-hall"], "on": next_week.service_day, "seen_hits": [first.pk, second.pk]}
    actions.close_day(**closed, **about)
    offered = [actions.offer_another(booking=booking, **about).slot for booking in (first, second)]
    begins = offered[0].starts_at
    with pytest.raises(SlotTaken):
        actions.take_another(booking=first, by=None, at=begins)
    moved = actions.take_another(booking=second, by=None, at=begins - MINUTE)

    assert (Booking.objects.get(pk=first.pk).slot, moved.slot) == (next_week, offered[1])
    assert counters_hold()


def test_a_desk_is_kept_longer_ten_times_and_then_no_more(booker, clock):
    page = booker.choose()
    for _ in range(10):
        clock.shift(9 * MINUTE)
        page = booker.post("details/", hidden(Reading(page)) | {"step": "extend", "name": "Rahima"})
    last = MONDAY_NOON + 110 * MINUTE
    typed = hidden(Reading(page)) | {"name": "Rahima"}
    clock.shift(MINUTE)
    again = [booker.post("details/", typed | step) for step in ({"step": "extend"}, {}, {"step": "extend"})]
    checked = booker.check(again[-1])

    for each in (page, *again, checked):
        words = Reading(each).words
        assert (each.status_code, "We keep this time for you until 13:50." in words) == (200, True)
        assert "We cannot keep it longer than that." in words
        assert "Keep it 10 minutes longer" not in words
    assert (Hold.objects.get().expires_at, Hold.objects.get().extended) == (last, 10)
    assert booker.send(checked).status_code == 302


def test_choosing_the_same_time_again_keeps_it_no_longer_than_asking_for_it_would(hold):
    key = uuid.uuid4()
    ends = [hold(key=key, at=MONDAY_NOON + 9 * MINUTE * turn).expires_at for turn in range(13)]

    assert ends[:12] == [MONDAY_NOON + (9 * turn + 10) * MINUTE for turn in range(12)]
    assert ends[12] == ends[11] <= MONDAY_NOON + 110 * MINUTE


def test_choosing_the_same_time_again_does_not_begin_the_ten_times_anew(hold, extend):
    key = hold().key
    for minutes in (5, 10):
        extend(key, at=MONDAY_NOON + minutes * MINUTE)
        chosen = hold(key=key, at=MONDAY_NOON + (minutes + 1) * MINUTE)

    assert (chosen.extended, chosen.expires_at) == (2, MONDAY_NOON + 30 * MINUTE)
    assert (Hold.objects.get().extended, Hold.objects.get().held_at) == (2, MONDAY_NOON)


def test_what_was_kept_as_long_as_it_can_be_is_held_anew_once_anybody_could_have_had_it(hold, extend):
    key = hold().key
    Hold.objects.update(extended=Hold.MOST_EXTENSIONS)
    over = MONDAY_NOON + TEN
    with pytest.raises(HoldExpired):
        extend(key, at=over)
    anew = hold(key=key, at=over)

    assert (anew.held_at, anew.extended, anew.expires_at) == (over, 0, over + TEN)
    assert counters_hold()


def test_desks_whose_time_is_over_count_again_for_an_address_that_wants_them_back(booker, clock, settings):
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 2
    forms = []
    for number in (0, 1, 2):
        forms += [hidden(Reading(booker.choose(number))) for _ in range(2)]
        clock.shift(11 * MINUTE)
    answers = [booker.post("details/", form) for form in forms]
    answers += [booker.post("details/", form | {"step": "extend", "name": "Rahima"}) for form in forms[2:]]

    assert [each.status_code for each in answers] == [200] * 2 + [429] * 8
    assert hidden(Reading(answers[-1]))["name"] == "Rahima"
    now = MONDAY_NOON + 33 * MINUTE
    assert Hold.objects.kept(now).count() == 2
    assert [booker.post("details/", form).status_code for form in forms[:2] * 2] == [200] * 4
    assert counters_hold()


def test_another_time_or_a_desk_that_was_given_back_counts_too(hold, slots, settings):
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 1
    over, given_back = hold(caller="a").key, hold(caller="a", at=MONDAY_NOON + TEN).key
    actions.release_hold(key=given_back, at=MONDAY_NOON + TEN)
    later = MONDAY_NOON + 2 * TEN
    hold(caller="a", key=uuid.uuid4(), slot=slots[1], at=later)
    for key in (over, given_back):
        for slot in slots[:3]:
            with pytest.raises(TooManyHolds):
                hold(caller="a", key=key, slot=slot, at=later)

    assert hold(caller="b", key=over, at=later).caller == Hold.objects.get(key=over).caller == "b"
    assert counters_hold()


def test_one_that_is_kept_is_never_too_many(hold, slots, settings):
    settings.HOLDS_PER_ADDRESS_AT_ONCE = settings.HOLDS_PER_ADDRESS_AN_HOUR = 1
    key = hold(caller="a").key
    for minutes, slot in enumerate([slots[0], slots[1], slots[0]]):
        assert hold(caller="a", key=key, slot=slot, at=MONDAY_NOON + minutes * MINUTE).slot == slot


def test_a_desk_that_is_wanted_back_counts_once_in_the_hour(hold, settings):
    settings.HOLDS_PER_ADDRESS_AN_HOUR = 2
    first, second = hold(caller="a").key, hold(caller="a", at=MONDAY_NOON + MINUTE).key
    later = MONDAY_NOON + 2 * TEN
    assert hold(caller="a", key=first, at=later).held_at == later
    with pytest.raises(TooManyHolds):
        hold(caller="a", at=later)

    settings.HOLDS_PER_ADDRESS_AN_HOUR = 1
    with pytest.raises(TooManyHolds):
        hold(caller="a", key=second, at=later)


def test_desks_that_are_extended_for_hours_are_counted_as_long_as_they_are_held(
    hold, extend, slots, settings
):
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 1
    key = hold(caller="a").key
    for turn in range(1, 11):
        extend(key, at=MONDAY_NOON + 9 * MINUTE * turn)
    with pytest.raises(TooManyHolds):
        hold(caller="a", at=MONDAY_NOON + 109 * MINUTE)

    assert hold(caller="a", at=MONDAY_NOON + 110 * MINUTE).desk == 2


def test_a_form_that_has_booked_is_shown_its_booking_however_much_its_address_holds(booker, settings, clock):
    checked = booker.check(booker.choose(0))
    done = booker.send(checked)
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 0
    again = booker.post("details/", hidden(Reading(checked)))

    assert again.headers["Location"] == f"{done.headers['Location']}?first=yes"


@pytest.fixture
def only_housing(plan, topics):
    """The hub helps with benefits too, but the plan's slots are for housing alone."""
    plan.hub.offers.create(topic=topics["benefits"])
    plan.topics.set([topics["housing"]])


def test_a_time_is_not_had_for_a_topic_that_it_is_not_for(booker, slots, only_housing, clock):
    details = booker.choose(0)
    checked = booker.check(details, topic="benefits", words="The ceiling leaks.")
    typed = hidden(Reading(booker.check(details))) | {"topic": "benefits", "words": "The ceiling leaks."}
    del typed["checked"]
    answers = [checked, booker.post("details/", typed)]
    answers += [booker.post("check/", typed | {"step": each}) for each in ("send", "extend-checked")]
    clock.shift(TEN)
    answers += [booker.post("details/", typed), booker.post("check/", typed | {"step": "send"})]

    assert [each.status_code for each in answers] == [409] * 6
    assert {hidden(Reading(each))["words"] for each in answers} == {"The ceiling leaks."}
    assert (Booking.objects.count(), counters_hold()) == (0, True)
    assert booker.post("check/", typed | {"step": "send", "topic": "housing"}).status_code == 302


def test_a_time_is_not_had_for_what_the_hub_does_not_help_with(hold, send, topics, slots):
    key = hold().key
    for ask in (lambda: hold(key=key, topic=topics["benefits"]), lambda: send(key, topic=topics["benefits"])):
        with pytest.raises(SlotTaken):
            ask()

    assert (send(key).topic, counters_hold()) == (topics["housing"], True)


def test_keeping_one_time_longer_never_means_the_other_that_was_chosen_since(booker, slots):
    checked = booker.check(booker.choose(0))
    booker.post("details/", hidden(Reading(checked)) | {"slot": slots[2].pk})
    longer = booker.post("check/", hidden(Reading(checked)) | {"step": "extend-checked"})

    assert (longer.status_code, Hold.objects.get().slot, counters_hold()) == (200, slots[0], True)


def test_who_goes_back_and_sends_the_first_time_holds_no_other(booker, slots):
    checked = booker.check(booker.choose(0))
    booker.post("details/", hidden(Reading(checked)) | {"slot": slots[2].pk})
    assert booker.send(checked).status_code == 302

    assert (Booking.objects.get().slot, Hold.objects.live().count()) == (slots[0], 0)
    assert (Slot.objects.get(pk=slots[2].pk).booked, counters_hold()) == (0, True)


def test_who_goes_back_to_a_time_that_is_full_by_now_keeps_the_other(hold, send, slots):
    key = hold().key
    hold(key=key, slot=slots[2]), hold(), hold()
    with pytest.raises(SlotTaken):
        send(key)

    assert (Hold.objects.kept(MONDAY_NOON).get(key=key).slot, counters_hold()) == (slots[2], True)
    assert send(key, slot=slots[2]).desk == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_go_back_to_each_others_time_do_not_wait_for_each_other(hold, send, slots, shared_database):
    there, back = slots[0], slots[2]
    for turn in range(8):
        at = MONDAY_NOON + turn * TEN
        one, other = hold(slot=there, at=at).key, hold(slot=back, at=at).key
        made = at_once([lambda k=one, t=at: send(k, slot=back, at=t), lambda k=other, t=at: send(k, at=t)])

        assert ({each.slot for each in made}, counters_hold()) == ({there, back}, True)
        for booking in made:
            actions.cancel(booking=booking, by=None, at=at)


def test_a_form_that_is_sent_while_another_time_is_chosen_holds_nothing_more(hold, send, slots):
    key = hold().key
    sent = []

    def sent_first(execute, sql, params, many, context):
        if sql.startswith("SAVEPOINT") and not sent:
            sent.append(key)
            send(key)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(sent_first), pytest.raises(AlreadyBooked):
        hold(key=key, slot=slots[2])

    assert (Booking.objects.get().slot, Hold.objects.live().count(), counters_hold()) == (slots[0], 0, True)
