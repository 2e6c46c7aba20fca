"""Booking online: from a topic to the confirmation, and what becomes of what was typed when it goes wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.models import Booking, Hold, Plan, Slot
from hubs import kept
from tests.appointments.booker import DAY, Booker, hidden
from tests.appointments.conftest import counters_hold
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

BOTH = ["", "/bn"]
LONG_WORDS = "The ceiling leaks.\nছাদ থেকে পানি পড়ে।"


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


@pytest.mark.parametrize("prefix", BOTH)
def test_a_booking_from_the_topic_to_the_confirmation(slots, clock, prefix):
    booker = Booker(clock, prefix=prefix)
    start, days = Reading(booker.get("")), Reading(booker.get("housing/"))
    assert f"{prefix}/appointments/housing/" in start.links()
    assert f"{prefix}/appointments/housing/{DAY}/" in days.links()

    booking = booker.book(1, words=LONG_WORDS, interpreter="on", needs="A quiet room", language="bn")

    assert (booking.slot, booking.channel, booking.status) == (slots[1], "online", "booked")
    assert (booking.words, booking.interpreter, booking.needs, booking.language) == (
        *(LONG_WORDS, True, "A quiet room"),
        "bn",
    )
    person = booking.resident
    assert (person.name, person.phone, person.postcode) == ("Rahima Begum", "07700 900123", "E14 3HG")
    shown = Reading(booker.get(f"booked/{booking.private_key}/"))
    assert (shown.status, booking.shown_reference in shown.words, "10:30" in shown.words) == (200, True, True)
    assert counters_hold()


@pytest.mark.parametrize("prefix", BOTH)
def test_every_page_of_the_way_is_marked_in_the_menu(slots, clock, prefix):
    booker = Booker(clock, prefix=prefix)
    ways = [booker.get(path) for path in ("housing/", f"housing/{DAY}/", "housing/waiting/", "manage/")]
    ways += [booker.choose(2), booker.check(booker.choose(2))]
    key = booker.book(1).private_key
    ways += [booker.get(f"{path}/") for path in (f"booked/{key}", f"b/{key}", f"b/{key}/move")]
    ways += [booker.get(f"b/{key}/{path}/") for path in (f"move/{DAY}", "cancel")]

    assert [marked(way) for way in ways] == [[f"{prefix}/appointments/"]] * 11
    assert marked(booker.client.get(f"{prefix}/topics/housing/")) == [f"{prefix}/topics/"]


def marked(response) -> list[str]:
    menu = Reading(response).one("hub-nav__list")
    return [each.get("href") for each in menu.iter("a") if each.get("aria-current")]


def test_only_days_with_something_free_are_listed(booker, slots):
    days = [each.get("href").split("/")[-2] for each in Reading(booker.get("housing/")).all("hub-day")]
    assert days == ["2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15"]

    Slot.objects.filter(service_day=date(2026, 12, 8)).update(booked=2)
    days = [each.get("href").split("/")[-2] for each in Reading(booker.get("housing/")).all("hub-day")]
    assert days == ["2026-11-24", "2026-12-01", "2026-12-15"]


def test_a_year_of_slots_is_read_in_as_many_statements_as_a_week(booker, plan, people, hubs):
    booker.get("housing/")
    # Each time with the look at what is kept of the hubs, however long the machine takes in between.
    kept._memory.check_at = 0.0
    with CaptureQueriesContext(connection) as few:
        booker.get("housing/")
    Plan.objects.update(days_ahead=365)
    actions.publish_slots(at=MONDAY_NOON)
    kept._memory.check_at = 0.0
    with CaptureQueriesContext(connection) as many:
        page = Reading(booker.get("housing/"))

    assert (len(page.all("hub-day")), len(many)) == (30, len(few))
    assert "?from=2027-06-22" in page.links()
    assert len(Reading(booker.get("housing/?from=2027-06-22")).all("hub-day")) > 10
    assert Reading(booker.get("housing/?from=²")).status == 200


def test_nothing_free_tells_the_nearest_walk_in_hub_and_the_waiting_list(booker):
    Slot.objects.update(booked=2)
    for path in ("housing/", f"housing/{DAY}/"):
        page = Reading(booker.get(path))
        assert "No time is free at the moment." in page.words
        assert "is Bow hub" in page.words
        assert "/appointments/housing/waiting/" in page.links()


def test_a_topic_without_a_plan_says_so(booker):
    page = Reading(booker.get("benefits/"))
    assert "We give no appointments for this topic." in page.words
    assert booker.get("nothing/").status_code == 404
    assert booker.get("housing/2026-02-30/").status_code == 404
    assert booker.get("housing/2026-11-01/").status_code == 302


def test_the_time_is_held_while_somebody_types_and_said(booker, slots):
    page = Reading(booker.choose())
    hold = Hold.objects.get()

    assert (hold.slot, hold.expires_at) == (slots[0], MONDAY_NOON + timedelta(minutes=10))
    assert "We keep this time for you until 12:10." in page.words


def test_the_time_can_be_kept_longer_ten_times_with_all_that_was_typed(booker, clock):
    page = booker.choose()
    for _ in range(10):
        clock.shift(timedelta(minutes=8))
        typed = hidden(Reading(page)) | {"step": "extend", "name": "Rahima", "words": LONG_WORDS}
        page = booker.post("details/", typed)

    read = Reading(page)
    assert "We keep this time for you until 13:50." in read.words
    assert (read.one("#id_name").get("value"), read.one("#id_words").text.strip()) == ("Rahima", LONG_WORDS)
    assert Hold.objects.get().extended == 10


def test_the_time_can_be_kept_longer_from_the_answers_too(booker, clock):
    checked = booker.check(booker.choose())
    clock.shift(timedelta(minutes=5))
    longer = booker.post("check/", hidden(Reading(checked)) | {"step": "extend-checked"})

    assert "Check your appointment" in Reading(longer).words
    assert booker.send(longer).status_code == 302


def test_another_time_gives_the_first_back_and_keeps_what_was_typed(booker, slots):
    details = booker.choose(0)
    typed = hidden(Reading(details)) | {"name": "Rahima", "words": LONG_WORDS}
    times = Reading(booker.post(f"housing/{DAY}/", typed))
    slot = times.all("hub-time")[2].get("value")
    again = Reading(booker.post("details/", hidden(times) | {"slot": slot}))

    assert again.one("#id_name").get("value") == "Rahima"
    assert list(Hold.objects.live().values_list("slot", flat=True)) == [slots[2].pk]
    assert counters_hold()


def test_a_reload_of_the_details_holds_one_desk(booker):
    page = Reading(booker.get(f"housing/{DAY}/"))
    fields = hidden(page) | {"slot": page.all("hub-time")[0].get("value")}
    for _ in range(3):
        booker.post("details/", fields)

    assert Hold.objects.live().count() == 1
    assert counters_hold()


@pytest.mark.parametrize(
    ("answers", "fault", "field"),
    [
        ({"name": ""}, "Enter your name.", "#id_name"),
        (
            {"phone": "", "email": "", "postcode": ""},
            "Enter a phone number, an e-mail address or your postcode. One is enough.",
            "#id_phone",
        ),
        ({"phone": "123"}, "Enter a phone number like 07700 900123.", "#id_phone"),
        ({"email": "me@"}, "Enter an e-mail address like name@example.com.", "#id_email"),
        ({"postcode": "hello"}, "That is not a postcode. Enter one like E14 3HG.", "#id_postcode"),
        ({"website": "http://spam.example"}, None, "#id_name"),
    ],
)
def test_a_mistake_is_told_with_a_link_and_nothing_is_lost(booker, answers, fault, field):
    response = booker.check(booker.choose(), words=LONG_WORDS, **answers)
    page = Reading(response)
    links = page.one("govuk-error-summary__list").iter("a")

    assert response.status_code == 422
    assert [each.get("href") for each in links] == [field]
    assert fault is None or fault in page.words
    assert page.one("#id_words").text.strip() == LONG_WORDS
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("known", [{"phone": ""}, {"postcode": ""}, {"phone": "", "email": "a@example.com"}])
def test_one_way_to_know_somebody_again_is_enough(booker, known):
    assert booker.book(**known).status == "booked"


def test_who_loses_the_time_gets_the_next_three_and_keeps_what_was_typed(booker, slots, book, clock):
    checked = booker.check(booker.choose(0), words=LONG_WORDS)
    clock.shift(timedelta(minutes=11))
    book(at=MONDAY_NOON + timedelta(minutes=12))
    book(at=MONDAY_NOON + timedelta(minutes=12))
    lost = booker.send(checked)
    page = Reading(lost)

    assert (lost.status_code, Booking.objects.count()) == (409, 2)
    assert [each.get("value") for each in page.all("hub-time")] == [str(slot.pk) for slot in slots[1:4]]
    assert "is Bow hub" in page.words
    details = booker.post("details/", hidden(page) | {"slot": str(slots[2].pk)})
    assert Reading(details).one("#id_words").text.strip() == LONG_WORDS
    done = booker.send(booker.check(details, words=LONG_WORDS))
    assert done.status_code == 302
    assert Booking.objects.latest("pk").slot == slots[2]


def test_a_time_that_is_full_when_chosen_is_a_409(booker, slots, book):
    page = Reading(booker.get(f"housing/{DAY}/"))
    book(), book()
    lost = booker.post("details/", hidden(page) | {"slot": str(slots[0].pk)})

    assert lost.status_code == 409
    assert Booking.objects.count() == 2


def test_the_same_form_sent_twice_is_one_booking(booker):
    checked = booker.check(booker.choose())
    first, again = booker.send(checked), booker.send(checked)

    assert first.headers["Location"] == again.headers["Location"]
    assert Booking.objects.count() == 1


def test_going_back_after_booking_shows_what_was_booked_first(booker, slots):
    details = booker.choose(0)
    booker.send(booker.check(details))
    typed = hidden(Reading(details)) | {"name": "Rahima", "slot": str(slots[1].pk)}
    again = booker.post("details/", typed)

    assert again.headers["Location"].endswith("/?first=yes")
    shown = Reading(booker.client.get(again.headers["Location"]))
    assert "We have kept what you booked first." in shown.words
    assert shown.texts("a").count("Book another appointment") == 1
    assert Booking.objects.get().slot == slots[0]


def test_a_third_appointment_of_one_contact_is_refused(booker):
    booker.book(0)
    booker.book(1)
    refused = booker.send(booker.check(booker.choose(2)))

    assert refused.status_code == 422
    assert "You have two appointments already." in Reading(refused).words
    assert Booking.objects.count() == 2


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({}, "#id_phone"),
        ({"email": "Rahima@example.com"}, "#id_phone"),
        ({"phone": "", "email": "Rahima@example.com"}, "#id_email"),
        ({"phone": ""}, "#id_postcode"),
    ],
)
def test_who_has_two_appointments_is_led_to_them_and_keeps_the_time(booker, slots, contact, field):
    for number in (0, 1):
        other = {"email": f"other{number}@example.com"} if contact.get("phone") is None else {}
        booker.book(number, **contact | other)
    booker.clock.shift(timedelta(minutes=4))
    page = Reading(booker.send(booker.check(booker.choose(2), words=LONG_WORDS, **contact)))

    assert [each.get("href") for each in page.one("govuk-error-summary__list").iter("a")] == [field]
    assert "/appointments/manage/" in page.links()
    assert slots[0].hub.phone in page.words
    assert "We keep this time for you until 12:1" in page.words
    assert page.one("#id_words").text.strip() == LONG_WORDS
    assert list(Hold.objects.live().values_list("slot", flat=True)) == [slots[2].pk]
    assert counters_hold()


def test_too_many_times_held_from_one_place_are_refused_and_nothing_is_lost(booker, settings, clock, slots):
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 1
    booker.choose(0)
    refused = booker.choose(1)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert "020 7364 5000" in Reading(refused).words
    elsewhere = Booker(clock, address="192.0.2.9")
    assert elsewhere.choose(1).status_code == 200


def test_who_is_refused_a_time_is_told_for_how_long_and_where_else_to_go(booker, settings, slots):
    settings.HOLDS_PER_ADDRESS_AT_ONCE, settings.HOLD_MINUTES = 1, 15
    booker.choose(0)
    page = Reading(booker.choose(1))

    assert ("try again in 15 minutes" in page.words, "is Bow hub" in page.words) == (True, True)
    back = [each.get("formaction") for each in page.one("main").iter("button")]
    assert back == [None, f"/appointments/housing/{DAY}/"]
    times = Reading(booker.post(f"housing/{DAY}/", hidden(page)))
    assert hidden(times)["stamp"] == hidden(page)["stamp"]
    settings.HOLDS_PER_ADDRESS_AN_HOUR = 1
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 6
    assert "try again in 60 minutes" in Reading(booker.choose(1)).words


@pytest.mark.parametrize(
    ("typed", "said"), [({}, False), ({"language": "bn"}, False), ({"words": "Damp"}, True)]
)
def test_that_all_was_kept_is_said_only_where_something_was_typed(booker, settings, slots, typed, said):
    chosen = hidden(Reading(booker.choose(0))) | {"language": "en"} | typed
    other = chosen | {"stamp": "", "slot": str(slots[1].pk)}
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 1
    refused = booker.post("details/", other)
    Slot.objects.filter(pk=slots[1].pk).update(booked=2)
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 6
    lost = booker.post("details/", other)

    assert (refused.status_code, lost.status_code) == (429, 409)
    for page in (refused, lost):
        assert ("We have kept everything you typed." in Reading(page).words) is said


def test_a_form_that_was_not_made_here_is_shown_before_it_is_booked(booker, slots):
    fields = {
        "topic": "housing",
        "slot": str(slots[0].pk),
        "step": "send",
        "name": "A",
        "phone": "07700900123",
    }
    refused = booker.post("check/", fields | {"language": "en"})

    assert (refused.status_code, Booking.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"topic": "housing"},
        {"topic": "housing", "slot": "²"},
        {"topic": "housing", "slot": "9" * 40},
        {"topic": "nothing", "slot": "1"},
        {"topic": "ho\x00using", "slot": "1"},
    ],
)
def test_a_form_without_a_time_starts_again(booker, fields):
    for path in ("details/", "check/"):
        response = booker.post(path, fields)
        assert (response.status_code, response.headers["Location"]) == (302, "/appointments/")


def test_a_sensitive_topic_is_asked_how_it_is_safe_and_never_named_again(booker, slots):
    details = booker.choose(topic="domestic-abuse")
    assert "This topic is kept private" in Reading(details).words
    assert len(Reading(details).all("hub-exit")) == 1
    checked = booker.check(details, safe=["text"], contact_note="Only mornings")
    assert "Text message" in Reading(checked).words
    done = booker.send(checked)
    booking = Booking.objects.select_related("resident").get()
    person = booking.resident

    assert (person.may_phone, person.may_text, person.may_email, person.contact_note) == (
        *(False, True, False),
        "Only mornings",
    )
    for path in (done.headers["Location"], f"/appointments/b/{booking.private_key}/"):
        assert "Domestic" not in Reading(booker.client.get(path)).words


def test_no_page_with_typed_text_or_a_private_key_is_kept(booker):
    booking = booker.book()
    for path in (f"booked/{booking.private_key}/", f"b/{booking.private_key}/"):
        headers = booker.get(path).headers
        assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    details = booker.choose(1)
    typed = hidden(Reading(details)) | {"name": "Rahima"}
    stored = [booker.post(path, typed).headers["Cache-Control"] for path in ("details/", "check/")]
    stored += [booker.choose(1, topic="domestic-abuse").headers["Cache-Control"]]
    assert stored == ["no-store"] * 3
    # Nothing is typed yet: Back from the page to check finds this one again, and what was typed with it.
    assert details.headers["Cache-Control"] == "private, no-cache"


def test_booking_takes_few_statements(booker):
    checked = booker.check(booker.choose())
    fields = hidden(Reading(checked)) | {"step": "send"}
    with CaptureQueriesContext(connection) as taken:
        assert booker.post("check/", fields).status_code == 302

    assert len(taken) <= 26
