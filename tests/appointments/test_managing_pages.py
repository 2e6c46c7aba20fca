"""What residents do with an appointment they have: look it up, move it, cancel it, wait for another."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from icalendar import Calendar

from appointments import actions
from appointments.models import Booking, Slot, Wish
from tests.appointments.booker import ANSWERS, DAY, Booker
from tests.appointments.conftest import TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import READING_TIME
from tests.reading import Reading

NEXT_TUESDAY = "2026-12-01"


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


@pytest.fixture
def booking(booker) -> Booking:
    return booker.book(0)


@pytest.mark.parametrize("second_fact", ["E14 3HG", "e143hg", "+44 7700 900123"])
def test_reference_and_a_second_fact_open_an_appointment(booker, booking, second_fact):
    fields = {"reference": booking.shown_reference.lower(), "second_fact": second_fact}
    response = booker.post("manage/", fields)

    assert response.headers["Location"] == f"/appointments/b/{booking.private_key}/"


@pytest.mark.parametrize(
    ("reference", "second_fact"),
    [("right", "E1 1BJ"), ("right", "Rahima Begum"), ("K7M3PQX9T", "E14 3HG"), ("²²²", "E14 3HG")],
)
def test_a_wrong_reference_and_a_wrong_fact_get_the_same_answer(booker, booking, reference, second_fact):
    right = booking.shown_reference if reference == "right" else reference
    response = booker.post("manage/", {"reference": right, "second_fact": second_fact})

    assert response.status_code == 422
    assert "Nothing fits this reference" in Reading(response).words


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_looked_for_among_enquiries_it_is_told_where_appointments_are_and_nothing_else(
    booker, booking, prefix
):
    def answer(reference: str, second_fact: str) -> tuple[int, str, list[str]]:
        fields = {"reference": reference, "second_fact": second_fact}
        response = booker.client.post(f"{prefix}/track/", fields)
        page = Reading(response)
        return response.status_code, page.words, page.links()

    there = answer(booking.reference, "E14 3HG")
    assert (there[0], f"{prefix}/appointments/manage/" in there[2]) == (422, True)
    assert there == answer("K7M3PQX9T", "E14 3HG") == answer(booking.reference, "E1 1BJ")
    unasked = Reading(booker.client.get(f"{prefix}/track/"))
    assert f"{prefix}/appointments/manage/" not in unasked.links()


def test_looking_up_is_limited_as_for_enquiries(booker, booking, settings):
    settings.TRACK_PER_ADDRESS_A_MINUTE = 2
    fields = {"reference": booking.reference, "second_fact": "E1 1BJ"}
    answers = [booker.post("manage/", fields).status_code for _ in range(3)]

    assert answers == [422, 422, 429]


def test_an_appointment_is_moved_to_another_day(booker, booking):
    path = f"b/{booking.private_key}/"
    days = Reading(booker.get(f"{path}move/"))
    assert f"/appointments/{path}move/{NEXT_TUESDAY}/" in days.links()
    slot = Slot.objects.filter(service_day=NEXT_TUESDAY).order_by("starts_at")[1]
    moved = booker.post(f"{path}move/{NEXT_TUESDAY}/", {"slot": slot.pk})
    booking.refresh_from_db()

    assert (moved.headers["Location"], booking.slot) == (f"/appointments/{path}?done=moved", slot)
    assert "Tuesday 1 December 2026" in Reading(booker.client.get(moved.headers["Location"])).words
    assert counters_hold()

    again = booker.post(f"{path}move/{NEXT_TUESDAY}/", {"slot": slot.pk})
    assert again.headers["Location"] == moved.headers["Location"]
    assert booking.events.filter(kind="moved").count() == 1


@pytest.mark.parametrize(("slot", "status"), [("", 422), ("²", 409), ("999999", 409)])
def test_moving_to_no_time_or_a_wrong_one_is_told(booker, booking, slot, status):
    response = booker.post(f"b/{booking.private_key}/move/{DAY}/", {"slot": slot})
    booking.refresh_from_db()

    assert (response.status_code, booking.slot.service_day) == (status, TUESDAY)


def test_moving_to_a_time_that_is_taken_keeps_the_old_one_and_tells_the_next(booker, booking, slots, book):
    book(slot=slots[1]), book(slot=slots[1])
    response = booker.post(f"b/{booking.private_key}/move/{DAY}/", {"slot": slots[1].pk})
    booking.refresh_from_db()
    page = Reading(response)

    assert (response.status_code, booking.slot) == (409, slots[0])
    assert "This time is no longer free. Choose another." in page.words
    assert f"/appointments/b/{booking.private_key}/move/{DAY}/" in page.links()


def test_an_appointment_is_cancelled_after_being_asked_once_more(booker, booking):
    path = f"b/{booking.private_key}/"
    assert "Cancel your appointment?" in Reading(booker.get(f"{path}cancel/")).words
    booker.post(f"{path}cancel/", {})
    booking.refresh_from_db()
    page = Reading(booker.get(path))

    assert (booking.status, booking.cancelled_by) == ("cancelled", None)
    assert "This appointment is cancelled." in page.words
    assert [booker.get(f"{path}{step}/").status_code for step in ("move", "cancel")] == [302, 302]
    assert counters_hold()


def test_an_appointment_that_has_begun_can_no_longer_be_changed(booker, booking, clock):
    clock.move_to(booking.slot.starts_at)
    path = f"b/{booking.private_key}/"
    steps = [booker.post(f"{path}{step}", {}).status_code for step in ("cancel/", f"move/{NEXT_TUESDAY}/")]
    booking.refresh_from_db()

    assert (steps, booking.status) == ([302, 302], "booked")
    assert f"/appointments/{path}cancel/" not in Reading(booker.get(path)).links()


def test_another_time_is_offered_on_the_private_page_and_taken(booker, booking, people, hubs):
    hits = actions.day_hits(hub=hubs["town-hall"], on=TUESDAY, at=MONDAY_NOON)
    about = {"by": people["manager"], "at": MONDAY_NOON}
    actions.close_day(hub=hubs["town-hall"], on=TUESDAY, seen_hits={each.pk for each in hits}, **about)
    hold = actions.offer_another(booking=booking, **about)
    page = Reading(booker.get(f"b/{booking.private_key}/"))
    assert "Please do not come on Tuesday 24 November 2026 at 10:00." in page.words
    assert "We offer you instead: Tuesday 1 December 2026 at 10:00" in page.words

    booker.post(f"b/{booking.private_key}/", {})
    booking.refresh_from_db()
    assert booking.slot == hold.slot
    assert booker.post(f"b/{booking.private_key}/", {}).status_code == 409


def test_the_calendar_file_names_no_topic_and_stays_the_same_event_when_moved(booker, booking, slots):
    path = f"b/{booking.private_key}/appointment.ics"
    first = Calendar.from_ical(booker.get(path).content).events[0]
    actions.move(booking=booking, slot=slots[2], by=None, at=MONDAY_NOON)
    moved = Calendar.from_ical(booker.get(path).content).events[0]

    assert (first.start, first.end) == (slots[0].starts_at, slots[0].ends_at)
    assert (moved["uid"], moved.start) == (first["uid"], slots[2].starts_at)
    assert moved["sequence"] > first["sequence"]
    assert moved.start.tzinfo == UTC or moved.start.utcoffset() == timedelta(0)
    assert "Housing" not in booker.get(path).content.decode()
    assert booking.shown_reference in str(first["description"])


def test_the_calendar_file_of_a_cancelled_appointment_says_no_more_how_to_cancel(booker, booking):
    path = f"b/{booking.private_key}/appointment.ics"
    kept = Calendar.from_ical(booker.get(path).content).events[0]
    actions.cancel(booking=booking, by=None, at=MONDAY_NOON)
    cancelled = Calendar.from_ical(booker.get(path).content).events[0]

    said = [str(each["description"]).count("To move or cancel it:") for each in (kept, cancelled)]
    assert (said, cancelled["status"]) == ([1, 0], "CANCELLED")


@pytest.mark.parametrize(
    "path", ["b/none/", "booked/none/", "offer/none/", "b/none/appointment.ics", "b/none/move/"]
)
def test_a_key_that_was_never_given_out_is_not_there(booker, path):
    assert booker.get(path).status_code == 404


def wait(booker: Booker, **answers: str):
    """Join the waiting list about housing; return what comes back."""
    page = Reading(booker.get("housing/waiting/"))
    stamp = next(each.get("value") for each in page.all("input") if each.get("name") == "stamp")
    booker.clock.shift(READING_TIME)
    return booker.post("housing/waiting/", ANSWERS | {"stamp": stamp, "weeks": "2"} | answers)


def test_the_waiting_list_s_form_keeps_all_that_was_typed_when_its_language_is_switched(booker):
    typed = {
        "name": "Rahima",
        "phone": "07700 900123",
        "needs": "A ramp",
        "language": "en",
        "interpreter": "on",
    }
    page = Reading(booker.client.post("/bn/appointments/housing/waiting/", typed | {"step": "switch"}))
    kept = {each.get("name"): each.get("value") for each in page.all("input")}

    assert (kept["name"], kept["phone"], kept["needs"]) == ("Rahima", "07700 900123", "A ramp")
    assert Wish.objects.count() == 0
    assert page.one("#id_language").findall(".//option[@selected]")[0].get("value") == "bn"


@pytest.mark.parametrize(("fact", "status"), [("E14 3HG", 302), ("07700 900123", 302), ("E1 1BJ", 422)])
def test_reference_and_a_second_fact_open_a_place_on_the_waiting_list(booker, fact, status):
    link = wait(booker).headers["Location"]
    fields = {"reference": Wish.objects.get().shown_reference, "second_fact": fact}
    response = booker.post("manage/", fields)

    assert (response.status_code, response.headers.get("Location")) == (
        status,
        link if status == 302 else None,
    )
    assert any(each.endswith(link) for each in Reading(booker.client.get(link)).texts("hub-link"))


def test_somebody_waits_is_offered_what_is_cancelled_and_takes_it(booker, book, slots, clock):
    bookings = [book(slot=slot) for slot in slots for _ in range(2)]
    joined = wait(booker)
    wish = Wish.objects.get()
    assert joined.headers["Location"] == f"/appointments/offer/{wish.private_key}/"
    assert wish.shown_reference in Reading(booker.client.get(joined.headers["Location"])).words

    actions.cancel(booking=bookings[3], by=None, at=MONDAY_NOON + timedelta(minutes=5))
    page = Reading(booker.get(f"offer/{wish.private_key}/"))
    assert "A time is free for you Tuesday 24 November 2026 10:30 to 11:00" in page.words
    taken = booker.post(f"offer/{wish.private_key}/", {"answer": "take"})

    assert Booking.objects.get(wish=wish).slot == slots[1]
    assert taken.headers["Location"].startswith("/appointments/booked/")
    assert "You have an appointment" in Reading(booker.get(f"offer/{wish.private_key}/")).words
    assert counters_hold()


def test_somebody_lets_an_offer_pass_and_leaves_the_list(booker, book, slots):
    bookings = [book(slot=slot) for slot in slots for _ in range(2)]
    wait(booker)
    wish = Wish.objects.get()
    actions.cancel(booking=bookings[0], by=None, at=MONDAY_NOON + timedelta(minutes=5))
    path = f"offer/{wish.private_key}/"
    passed = booker.client.get(booker.post(path, {"answer": "pass"}).headers["Location"])
    said = "You did not take the time we offered. You are still on the list."
    words = Reading(passed).words
    assert ("You are on the waiting list" in words, said in words) == (True, True)
    assert said not in Reading(booker.get(path)).words
    late = booker.post(f"offer/{wish.private_key}/", {"answer": "take"})
    assert late.status_code == 409

    booker.post(f"offer/{wish.private_key}/", {"answer": "leave"})
    assert "You are no longer on the waiting list" in Reading(booker.get(f"offer/{wish.private_key}/")).words
    assert counters_hold()


@pytest.mark.parametrize(
    ("answers", "fault"), [({"phone": ""}, "so that we can tell you"), ({"weeks": "9"}, None)]
)
def test_who_waits_must_be_reachable(booker, answers, fault):
    response = wait(booker, **answers)

    assert (response.status_code, Wish.objects.count()) == (422, 0)
    assert fault is None or fault in Reading(response).words


def test_who_waits_says_what_they_need_and_the_booking_that_comes_of_it_knows(booker, book, slots):
    bookings = [book(slot=slot) for slot in slots for _ in range(2)]
    assert wait(booker, language="syl", interpreter="on", needs="wheelchair").status_code == 302
    actions.cancel(booking=bookings[0], by=None, at=MONDAY_NOON + timedelta(minutes=5))
    wish = Wish.objects.get()
    booker.post(f"offer/{wish.private_key}/", {"answer": "take"})
    booking = Booking.objects.get(wish=wish)

    assert (wish.language, wish.interpreter, wish.needs) == ("syl", True, "wheelchair")
    assert (booking.language, booking.interpreter, booking.needs) == ("syl", True, "wheelchair")


@pytest.mark.parametrize(("prefix", "said"), [("", "You are already on the list"), ("/bn", "আগে থেকেই")])
def test_whoever_joins_again_is_told_so_and_shown_nothing_of_the_first_place(booker, clock, prefix, said):
    first = wait(booker)
    wish = Wish.objects.get()
    stranger = Booker(clock, prefix=prefix, address="192.0.2.9")
    again = wait(stranger, postcode="")
    page = Reading(again)

    assert (first.status_code, again.status_code, Wish.objects.count()) == (302, 409, 1)
    assert said in page.words
    told = again.content.decode()
    assert [each for each in (wish.shown_reference, wish.private_key, "E14 3HG") if each in told] == []
    assert f"{prefix}/appointments/manage/" in page.links()


def test_the_same_form_sent_twice_leads_to_the_one_place(booker):
    page = Reading(booker.get("housing/waiting/"))
    stamp = next(each.get("value") for each in page.all("input") if each.get("name") == "stamp")
    booker.clock.shift(READING_TIME)
    fields = ANSWERS | {"stamp": stamp, "weeks": "2"}
    first, again = (booker.post("housing/waiting/", fields) for _ in range(2))

    assert (first.headers["Location"], Wish.objects.count()) == (again.headers["Location"], 1)


def test_nobody_waits_for_a_topic_without_a_plan(booker):
    assert booker.get("benefits/waiting/").status_code == 404
