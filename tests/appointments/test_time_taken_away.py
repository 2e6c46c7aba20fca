"""Whose time is taken away is offered one they can take; whoever gets their own back is told."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from appointments import actions
from appointments.errors import NotAllowedNow, SlotTaken, TooLate
from appointments.models import Booking, BookingEvent, ClosedDay, Hold, Message, Slot, Wish
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

from .conftest import PHONE, TUESDAY, counters_hold

NEXT_TUESDAY = TUESDAY + timedelta(days=7)
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """What is done inside is told after it, as after a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def close(hubs, people, at_once):
    """Close a day, the first Tuesday where a test says no other; returns whom it hit."""

    def closed(on=TUESDAY, at=MONDAY_NOON) -> list[Booking]:
        hits = actions.day_hits(hub=hubs["town-hall"], on=on, at=at)
        about = {"hub": hubs["town-hall"], "on": on, "by": people["manager"], "at": at}
        with at_once():
            return actions.close_day(**about, seen_hits={each.pk for each in hits})

    return closed


@pytest.fixture
def offer(people, at_once):
    """Offer another time for a booking; returns the hold."""

    def offered(booking, at=MONDAY_NOON) -> Hold:
        with at_once():
            return actions.offer_another(booking=booking, by=people["manager"], at=at)

    return offered


@pytest.fixture
def reopen(hubs, people, at_once):
    """Open the first Tuesday again; returns what that did."""

    def reopened(at=MONDAY_NOON):
        with at_once():
            return actions.reopen_day(hub=hubs["town-hall"], on=TUESDAY, by=people["manager"], at=at)

    return reopened


def desks(plan, number: int, people, hubs, at_once):
    """Give the plan another number of desks; returns what that did."""
    about = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": MONDAY_NOON}
    with at_once():
        return actions.save_plan(**about, desks=number)[1]


# Which time is offered


def test_the_next_time_from_their_own_on_is_offered_and_kept_until_it_can_no_longer_be_booked(
    plan, book, close, offer
):
    late = Slot.objects.filter(service_day=NEXT_TUESDAY).order_by("starts_at")[2]
    booking = book(slot=late)
    close(on=NEXT_TUESDAY)
    hold = offer(booking)

    # Tomorrow's were free too, and sooner.
    assert hold.slot.service_day == NEXT_TUESDAY + timedelta(days=7)
    assert hold.expires_at == MONDAY_NOON + timedelta(days=2)
    assert hold.slot.book_until > hold.expires_at


@pytest.mark.parametrize(
    ("language", "kept"),
    [
        ("en", "We keep it for you until Wednesday 25 November 2026 at 12:00."),
        ("bn", "বুধবার 25 নভেম্বর 2026 12:00 পর্যন্ত এটি আপনার জন্য রাখা থাকবে।"),
    ],
)
def test_the_e_mail_says_until_when_it_is_kept(plan, book, close, offer, mailoutbox, language, kept):
    booking = book(email="amber@example.org", language=language)
    close()
    mailoutbox.clear()
    offer(booking)

    assert [kept in mail.body for mail in mailoutbox] == [True]


def test_with_nothing_free_after_theirs_the_last_before_it_is_offered(plan, book, close, offer, people, hubs):
    last_day = TUESDAY + timedelta(days=21)
    booking = book(slot=Slot.objects.filter(service_day=last_day).first())
    close(on=last_day)

    assert offer(booking).slot == Slot.objects.offered().order_by("starts_at").last()


def test_a_time_that_leaves_less_than_a_day_to_answer_is_not_offered(plan, book, close, offer, slots):
    other_days = Slot.objects.exclude(service_day=TUESDAY)
    other_days.update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")
    first, late = book(slot=slots[0]), book(slot=slots[3])
    Slot.objects.filter(pk__in=[slots[0].pk, slots[3].pk]).update(
        withdrawn_at=MONDAY_NOON, withdrawn_because="hours"
    )

    for booking in (first, late):
        with pytest.raises(SlotTaken):
            offer(booking)
    assert (Hold.objects.live().count(), counters_hold()) == (0, True)


def test_who_has_their_time_is_offered_no_other(book, offer):
    with pytest.raises(NotAllowedNow):
        offer(book())


def test_what_is_offered_can_be_taken_after_the_time_that_was_taken_away(
    book, close, offer, client, clock, desk
):
    booking = book()
    close()
    hold = offer(booking)
    clock.move_to(booking.slot.starts_at + timedelta(hours=1))
    client.logout()
    path = f"/appointments/b/{booking.private_key}/"
    assert "Take this time" in Reading(client.get(path)).words
    assert client.get(f"{path}move/").status_code == 200

    client.post(path, {})
    booking.refresh_from_db()
    assert booking.slot == hold.slot


def test_nobody_is_called_missed_at_a_time_that_was_taken_away(book, close, desk):
    book()
    close()
    page = Reading(desk.get(f"/staff/appointments/?day={TUESDAY}"))

    assert ("Time withdrawn" in page.words, "Missed" in page.words) == (True, False)


def test_what_is_kept_no_longer_goes_to_the_waiting_list(plan, book, close, offer, hubs, topics):
    booking = book()
    close()
    hold = offer(booking)
    Slot.objects.filter(pk=hold.slot_id).update(capacity=1)
    Slot.objects.offered().exclude(pk=hold.slot_id).update(
        withdrawn_at=MONDAY_NOON, withdrawn_because="hours"
    )
    wish, _ = actions.join_waiting_list(
        hub=hubs["town-hall"],
        topic=topics["housing"],
        from_on=TUESDAY,
        to_on=NEXT_TUESDAY,
        language="en",
        by=None,
        at=MONDAY_NOON,
        name="Amina",
        phone="07700 900456",
        token=booking.token,
    )
    actions.cancel(booking=booking, by=None, at=MONDAY_NOON)
    wish.refresh_from_db()

    assert (wish.status, wish.hold.slot) == (Wish.Status.OFFERED, hold.slot)


def test_nobody_is_offered_the_time_that_was_taken_away_from_them(plan, book, offer, people, hubs, at_once):
    next_week = Slot.objects.filter(service_day=NEXT_TUESDAY).first()
    first, hit = book(slot=next_week), book(slot=next_week)
    desks(plan, 1, people, hubs, at_once)
    actions.cancel(booking=first, by=None, at=MONDAY_NOON)
    Slot.objects.filter(pk=next_week.pk).update(capacity=2)

    assert offer(hit).slot != next_week


# The time is given back


def test_who_has_their_time_again_is_told_and_the_other_one_is_free(book, close, offer, reopen, mailoutbox):
    booking, moved = book(email="amber@example.org"), book(email="moved@example.org")
    close()
    offer(booking)
    offer(moved)
    actions.take_another(booking=moved, by=None, at=MONDAY_NOON)
    mailoutbox.clear()
    done = reopen()

    assert [each.pk for each in done.given_back] == [booking.pk]
    assert Hold.objects.live().count() == 0
    [mail] = mailoutbox
    assert mail.to == ["amber@example.org"]
    assert "We can see you after all. Your appointment at Town-Hall hub at 10:00" in mail.body
    last = BookingEvent.objects.filter(booking=booking).last()
    assert (last.kind, last.slot_id) == (BookingEvent.Kind.GIVEN_BACK, booking.slot_id)
    assert counters_hold()


def test_published_again_nobody_is_told_twice(book, close, reopen, at_once, mailoutbox):
    book(email="amber@example.org")
    close()
    reopen()
    told = len(mailoutbox)
    with at_once():
        assert actions.publish_slots(at=MONDAY_NOON).given_back == []

    assert len(mailoutbox) == told


def test_an_offer_that_waits_for_the_morning_is_not_sent_once_their_time_stands(
    book, close, offer, reopen, mailoutbox
):
    booking = book(email="amber@example.org")
    close(at=NIGHT)
    offer(booking, at=NIGHT)
    reopen(at=NIGHT)
    mailoutbox.clear()
    actions.send_due(at=MORNING)

    states = dict(Message.objects.values_list("kind", "state"))
    assert states[Message.Kind.ANOTHER] == Message.State.DROPPED
    assert states[Message.Kind.STANDS] == Message.State.SENT
    assert ["after all" in mail.body for mail in mailoutbox] == [True]


def test_each_thing_is_said_once_in_the_morning_and_only_what_still_holds(
    book, close, offer, reopen, mailoutbox
):
    booking = book(email="amber@example.org", slot=Slot.objects.filter(service_day=NEXT_TUESDAY).first())
    mailoutbox.clear()
    close(on=NEXT_TUESDAY, at=NIGHT)
    offer(booking, at=NIGHT)
    close(on=NEXT_TUESDAY + timedelta(days=7), at=NIGHT)
    last = offer(booking, at=NIGHT)
    actions.send_due(at=MORNING)

    assert ["Tuesday 15 December" in mail.body for mail in mailoutbox] == [True]
    assert last.slot.service_day == NEXT_TUESDAY + timedelta(days=14)


def test_who_is_told_at_night_that_theirs_stands_is_told_once(book, close, offer, reopen, mailoutbox):
    booking = book(email="amber@example.org")
    mailoutbox.clear()
    for _ in range(2):
        close(at=NIGHT)
        offer(booking, at=NIGHT)
        reopen(at=NIGHT)
    actions.send_due(at=MORNING)

    assert ["after all" in mail.body for mail in mailoutbox] == [True]


def test_who_waits_is_offered_again_what_was_closed_and_opened(book, close, reopen, slots, hubs, topics):
    about = {"hub": hubs["town-hall"], "topic": topics["housing"], "language": "en", "by": None}
    wish, _ = actions.join_waiting_list(
        **about, token=uuid.uuid4(), from_on=TUESDAY, to_on=TUESDAY, at=MONDAY_NOON, name="Amina", phone=PHONE
    )
    actions.offer_freed_slot(slot=slots[0], at=MONDAY_NOON)
    close()
    reopen()
    wish.refresh_from_db()

    assert (wish.status, wish.hold.slot) == (Wish.Status.OFFERED, slots[0])


def test_an_appointment_that_has_begun_is_not_taken_away(plan, book, slots, people, hubs, at_once, close):
    _, second = book(), book()
    during = slots[0].starts_at + timedelta(minutes=5)
    about = {"hub": hubs["town-hall"], "plan": plan, "by": people["manager"], "at": during}
    with at_once():
        actions.save_plan(**about, desks=1)
    close(at=during)
    lost = Booking.objects.for_page().get(pk=second.pk).has_lost_its_time

    assert (lost, Slot.objects.offered().filter(pk=slots[0].pk).exists()) == (False, True)
    with pytest.raises(TooLate):
        actions.move(booking=second, slot=Slot.objects.last(), by=None, at=during)


# Fewer desks


def test_whose_desk_is_gone_sees_what_is_offered_and_is_listed(
    plan, book, offer, people, hubs, at_once, client, clock
):
    stays, hit = book(), book()
    published = desks(plan, 1, people, hubs, at_once)
    hold = offer(hit)
    assert [each.pk for each in published.hit] == [hit.pk]
    assert list(Booking.objects.without_a_time(MONDAY_NOON)) == [hit]
    page = Reading(client.get(f"/appointments/b/{hit.private_key}/"))
    assert "We offer you instead: Tuesday 1 December 2026" in page.words
    assert (
        "We had to take this time away"
        not in Reading(client.get(f"/appointments/b/{stays.private_key}/")).words
    )

    client.post(f"/appointments/b/{hit.private_key}/", {})
    hit.refresh_from_db()
    assert hit.slot == hold.slot


@pytest.mark.parametrize("way", ["cancel", "move"])
def test_a_desk_that_is_gone_is_not_sold_again(plan, book, slots, way, people, hubs, at_once):
    _, hit = book(), book()
    desks(plan, 1, people, hubs, at_once)
    if way == "cancel":
        actions.cancel(booking=hit, by=None, at=MONDAY_NOON)
    else:
        actions.move(booking=hit, slot=slots[2], by=None, at=MONDAY_NOON)
    slots[0].refresh_from_db()

    assert (slots[0].booked, slots[0].capacity) == (1, 1)
    with pytest.raises(SlotTaken):
        book()
    assert counters_hold()


def test_what_is_held_at_a_desk_that_is_gone_is_held_no_more(plan, slots, topics, people, hubs, at_once):
    holds = [actions.hold_slot(slot=slots[0], topic=topics["housing"], at=MONDAY_NOON) for _ in range(2)]
    desks(plan, 1, people, hubs, at_once)

    assert list(Hold.objects.live()) == [holds[0]]
    slots[0].refresh_from_db()
    assert (slots[0].booked, slots[0].capacity) == (1, 1)


@pytest.mark.parametrize("lapsed", [False, True])
def test_whose_desk_is_there_again_is_told(plan, book, offer, people, hubs, at_once, mailoutbox, lapsed):
    book()
    hit = book(email="amber@example.org")
    desks(plan, 1, people, hubs, at_once)
    hold = offer(hit)
    if lapsed:
        actions.give_back_expired(at=hold.expires_at)
    mailoutbox.clear()
    published = desks(plan, 2, people, hubs, at_once)

    assert [each.pk for each in published.given_back] == [hit.pk]
    assert ["after all" in mail.body for mail in mailoutbox] == [True]
    assert Hold.objects.live().count() == 0


# What pages and files say


def test_no_page_says_that_a_time_stands_that_was_taken_away(book, close, client, clock):
    booking = book()
    close()
    path = f"/appointments/b/{booking.private_key}/"
    days = Reading(client.get(f"{path}move/")).words
    times = Reading(client.get(f"{path}move/{NEXT_TUESDAY}/")).words

    assert "Please do not come on Tuesday 24 November 2026 at 10:00." in days
    assert ("It stays there" in days, "Now:" in times) == (False, False)
    slot = Slot.objects.filter(service_day=NEXT_TUESDAY).first()
    moved = client.post(f"{path}move/{NEXT_TUESDAY}/", {"slot": slot.pk}, follow=True)
    assert "The old time is free" not in Reading(moved).words


def test_a_calendar_takes_the_time_out_and_puts_it_back(book, close, reopen, client, clock):
    booking = book()
    path = f"/appointments/b/{booking.private_key}/appointment.ics"
    files = [client.get(path).content]
    close()
    files.append(client.get(path).content)
    reopen()
    files.append(client.get(path).content)

    events = [Calendar.from_ical(each).events[0] for each in files]
    assert [each["status"] for each in events] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [each["sequence"] for each in events] == sorted({each["sequence"] for each in events})


@pytest.fixture
def manager(signed_in, people, hubs, clock, slots):
    people["manager"].home_hub = hubs["town-hall"]
    people["manager"].save()
    return signed_in("manager")


def test_a_manager_learns_who_cannot_be_written_to(manager, book, hubs):
    told, untold = book(phone="07700 900111"), book(phone="020 7946 0111", name="Moss Call")
    asked = {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat(), "seen": f"{told.pk} {untold.pk}"}
    listed = Reading(manager.post("/staff/appointments/plans/close/", asked | {"seen": ""}))
    assert listed.words.count("Cannot be written to") == 1
    done = Reading(manager.post("/staff/appointments/plans/close/", asked, follow=True))

    said = " ".join(done.texts("hub-notice"))
    assert "Another time is offered to 2." in said
    assert f"1 cannot be written to. Please call them: {untold.shown_reference}." in said
    assert "2 people need another time" in done.words
    assert "Each has an offer, and has not answered yet." in done.words
    assert "Offer each another time" not in done.words
    waiting = Reading(manager.get("/staff/appointments/waiting/"))
    rows = [row for row in waiting.texts("hub-booking-row") if "Offered" in row]
    assert ["Cannot be written to" in row for row in rows] == [False, True]
    assert "020 7946 0111" in waiting.words


def test_who_was_offered_a_time_on_a_day_that_is_closed_too_is_offered_another(
    manager, book, hubs, close, offer
):
    booking = book(phone="07700 900111")
    close()
    first = offer(booking)
    manager.post(
        "/staff/appointments/plans/close/", {"hub": hubs["town-hall"].pk, "on": NEXT_TUESDAY.isoformat()}
    )

    second = Hold.objects.live().get()
    assert (second.booking, second.slot.service_day) == (booking, NEXT_TUESDAY + timedelta(days=7))
    first.refresh_from_db()
    assert first.end == Hold.End.WITHDRAWN
    assert counters_hold()


def test_opening_a_day_again_says_who_is_told(manager, book, close, offer):
    told, untold = book(phone="07700 900111"), book(phone="020 7946 0111")
    close()
    offer(told)
    closed = ClosedDay.objects.get()
    done = Reading(manager.post(f"/staff/appointments/plans/closed/{closed.pk}/reopen/", follow=True))

    said = " ".join(done.texts("hub-notice"))
    assert "1 person is told that their time stands." in said
    assert f"1 cannot be written to. Please call them: {untold.shown_reference}." in said


@pytest.mark.parametrize("people_hit", [1, 3])
def test_who_lost_their_time_is_listed_in_a_fixed_number_of_queries(
    manager, book, close, offer, slots, people_hit, django_assert_max_num_queries
):
    for number in range(people_hit):
        book(slot=slots[number])
    for each in close():
        offer(each)
    manager.get("/staff/appointments/waiting/")
    with django_assert_max_num_queries(14):
        manager.get("/staff/appointments/waiting/")


def test_the_day_s_list_expects_nobody_whose_time_was_taken_away(manager, book, close):
    book()
    close()
    page = Reading(manager.get(f"/staff/appointments/?day={TUESDAY}"))

    assert "Time withdrawn" in page.words
    assert "expected0" in page.words
