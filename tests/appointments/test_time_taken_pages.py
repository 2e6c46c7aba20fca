"""What pages, calendar files and staff say of times that were taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from appointments.models import ClosedDay, Hold, Plan, Slot
from hubs.models import TopicOffer
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

from .conftest import TUESDAY, counters_hold

NEXT_TUESDAY = TUESDAY + timedelta(days=7)


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
    assert "1 is offered one and told of it, with no answer yet" in done.words
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


def test_the_appointment_s_page_says_of_it_what_the_day_s_list_says(manager, book, close):
    stands, lost = book(slot=Slot.objects.filter(service_day=NEXT_TUESDAY).first()), book()
    close()
    listed = Reading(manager.get(f"/staff/appointments/?day={TUESDAY}")).texts("hub-late")
    pages = [Reading(manager.get(f"/staff/appointments/{each.reference}/")) for each in (lost, stands)]

    assert [page.one("h1").findall("span")[0].text for page in pages] == [*listed, "Booked"]


@pytest.mark.parametrize(("prefix", "undo"), [("", "You cannot undo this."), ("/bn", "আর ফেরানো যাবে না")])
def test_who_cancels_a_time_that_is_gone_is_not_told_that_others_get_it(
    manager, book, close, client, prefix, undo
):
    booking = book()
    addresses = [
        (manager, f"/staff/appointments/{booking.reference}/"),
        (manager, f"/staff/appointments/{booking.reference}/cancel/"),
        (client, f"{prefix}/appointments/b/{booking.private_key}/cancel/"),
    ]
    promises = ("is offered to whoever waits", "free for somebody else", "goes to somebody else", "অন্য কেউ")
    before, after = [], []
    for said in (before, after):
        words = [Reading(who.get(address)).words for who, address in addresses]
        said += [any(promise in each for promise in promises) for each in words]
        said.append(undo in words[-1])
        close()

    assert (before, after) == ([True, True, True, False], [False, False, False, True])


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


# What somebody can do meanwhile

WAIT = {
    "": "Join the waiting list. We tell you as soon as somebody cancels.",
    "/bn": "অপেক্ষার তালিকায় নাম লেখান। কেউ বাতিল করলেই আমরা আপনাকে জানাব।",
}
WALK_IN = {"": "You can also walk in", "/bn": "সরাসরিও আসতে পারেন"}


@pytest.mark.parametrize("prefix", ["", "/bn"])
@pytest.mark.parametrize("page", ["", "move/"])
def test_who_is_offered_nothing_can_wait_or_walk_in(book, close, client, clock, page, prefix):
    booking = book()
    close()
    Slot.objects.update(withdrawn_at=MONDAY_NOON, withdrawn_because="hours")
    seen = Reading(client.get(f"{prefix}/appointments/b/{booking.private_key}/{page}"))

    assert (WAIT[prefix] in seen.words, WALK_IN[prefix] in seen.words) == (True, True)
    links = seen.links()
    assert f"{prefix}/appointments/housing/waiting/" in links
    assert f"{prefix}/hubs/bow/" in links
    assert client.get(f"{prefix}/appointments/housing/waiting/").status_code == 200


def test_who_has_their_time_or_is_offered_another_is_not_sent_elsewhere(book, close, offer, client, clock):
    stays, moves = book(slot=Slot.objects.last()), book()
    close()
    offer(moves)

    for booking in (stays, moves):
        words = Reading(client.get(f"/appointments/b/{booking.private_key}/")).words
        assert (WAIT[""] in words, WALK_IN[""] in words) == (False, False)


def test_who_can_choose_a_day_is_not_sent_elsewhere(book, close, client, clock):
    booking = book()
    close()
    words = Reading(client.get(f"/appointments/b/{booking.private_key}/move/")).words

    assert ("No other time is free" in words, WAIT[""] in words) == (False, False)


@pytest.mark.parametrize("gone", ["topic", "plan"])
def test_nobody_is_asked_to_wait_for_what_is_no_longer_offered(book, close, topics, client, clock, gone):
    booking = book()
    close()
    if gone == "topic":
        topics["housing"].retired_on = MONDAY_NOON.date()
        topics["housing"].save()
    else:
        Plan.objects.update(retired_on=MONDAY_NOON.date())
    words = Reading(client.get(f"/appointments/b/{booking.private_key}/")).words

    assert "Please do not come on Tuesday 24 November 2026 at 10:00." in words
    assert (WAIT[""] in words, WALK_IN[""] in words) == (False, True)


def test_about_a_sensitive_topic_the_page_can_be_left_quickly_and_names_it_nowhere(
    book, close, topics, hubs, client, clock
):
    TopicOffer.objects.create(hub=hubs["bow"], topic=topics["domestic-abuse"])
    booking = book(topic=topics["domestic-abuse"])
    close()
    words = Reading(client.get(f"/appointments/b/{booking.private_key}/")).words

    assert ("Exit this page" in words, "Domestic abuse" in words) == (True, False)
    assert (WAIT[""] in words, WALK_IN[""] in words) == (True, True)


@pytest.mark.parametrize(("is_closed", "queries"), [(True, 3), (False, 1)])
@pytest.mark.parametrize("people_hit", [1, 3])
@pytest.mark.usefixtures("asked_once")
def test_their_page_takes_a_fixed_number_of_queries(
    book, close, client, clock, slots, people_hit, is_closed, queries, django_assert_num_queries
):
    bookings = [book(slot=slots[number]) for number in range(people_hit)]
    if is_closed:
        close()
    path = f"/appointments/b/{bookings[0].private_key}/"
    client.get(path)
    with django_assert_num_queries(queries):
        client.get(path)
