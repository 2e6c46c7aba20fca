"""Booking for somebody at the desk or on the phone."""

from __future__ import annotations

import pytest

from appointments.models import Booking
from enquiries.models import RecordView
from tests.reading import Reading

LIST, BOOK = "/staff/appointments/", "/staff/appointments/book/"


def look(desk, topics, **fields):
    return Reading(desk.get(BOOK, {"topic": topics["housing"].pk} | fields))


def typed(page: Reading, topics, chosen, **fields):
    token = next(each.get("value") for each in page.all("input") if each.get("name") == "token")
    return {
        "topic": topics["housing"].pk,
        "token": token,
        "slot": chosen.pk,
        "name": "Karim Ali",
        "phone": "07700 900555",
        "language": "en",
        "channel": "phone",
    } | fields


def test_an_officer_books_for_somebody_on_the_phone(desk, topics, slots):
    page = look(desk, topics)
    assert page.texts("hub-tile")[0] == "10:30"
    response = desk.post(BOOK, typed(page, topics, slots[2], interpreter="on", may_phone="on"))
    booking = Booking.objects.select_related("resident", "booked_by").get()

    assert response.headers["Location"] == f"{LIST}{booking.reference}/"
    assert (booking.slot, booking.channel, booking.booked_by.username) == (slots[2], "phone", "desk")
    assert (booking.interpreter, booking.resident.name, booking.resident.may_text) == (
        True,
        "Karim Ali",
        False,
    )


def test_an_officer_books_for_a_resident_they_know(desk, topics, slots, book):
    known = book(slot=slots[3]).resident
    page = look(desk, topics, resident=known.pk)
    desk.post(BOOK, typed(page, topics, slots[1], resident=known.pk, name="", phone=""))

    assert Booking.objects.latest("pk").resident == known


def test_what_a_record_says_they_need_is_not_asked_again(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555", language="bn", needs="Lift").resident
    by_address = look(desk, topics, resident=known.pk)
    fields = typed(look(desk, topics), topics, slots[1], known=known.pk, needs="")
    found = Reading(desk.post(BOOK, fields))
    changed = Reading(desk.post(BOOK, fields | {"language": "so", "needs": "Quiet room"}))

    assert [language_and_needs(page) for page in (by_address, found, changed)] == [
        ("bn", "Lift"),
        ("bn", "Lift"),
        ("so", "Quiet room"),
    ]


def language_and_needs(page: Reading) -> tuple[str, str]:
    (language,) = [each.get("value") for each in page.one("#id_language") if each.get("selected") is not None]
    return language, page.one("#id_needs").get("value") or ""


def test_who_may_be_known_is_shown_before_anything_is_booked(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555").resident
    fields = typed(look(desk, topics), topics, slots[1], needs="Lift")
    warned = Reading(desk.post(BOOK, fields))
    assert ("Nothing is booked yet." in warned.words, Booking.objects.count()) == (True, 1)
    button = warned.all("hub-move--first")[0]
    assert (button.get("name"), button.get("value")) == ("known", str(known.pk))

    chosen = Reading(desk.post(BOOK, fields | {"known": known.pk}))
    assert chosen.one("#id_needs").get("value") == "Lift"
    desk.post(BOOK, fields | {"resident": known.pk, "name": "", "phone": ""})
    assert Booking.objects.latest("pk").resident == known


def passed_over(page: Reading) -> list[str]:
    return [each.get("value") for each in page.all("input") if each.get("name") == "passed_over"]


def test_somebody_new_is_booked_all_the_same(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555").resident
    fields = typed(look(desk, topics), topics, slots[1])
    warned = Reading(desk.post(BOOK, fields))
    desk.post(BOOK, fields | {"passed_over": passed_over(warned)})

    assert Booking.objects.latest("pk").resident != known


def test_whoever_was_passed_over_is_one_person_and_not_the_next(desk, topics, slots, book):
    book(slot=slots[2], name="Karim Ali", phone="07700 900555")
    other = book(slot=slots[3], name="Rahima Begum", phone="07700 900666").resident
    fields = typed(look(desk, topics), topics, slots[1], phone="")
    found = Reading(desk.post(BOOK, fields | {"step": "find"}))
    fields |= {"phone": "07700 900666", "passed_over": passed_over(found)}
    warned = Reading(desk.post(BOOK, fields))

    assert ("Nothing is booked yet." in warned.words, Booking.objects.count()) == (True, 2)
    assert [each.get("value") for each in warned.all("hub-move--first")] == [str(other.pk)]
    desk.post(BOOK, fields | {"passed_over": passed_over(warned)})
    assert Booking.objects.count() == 3


def test_the_box_of_hubs_shows_the_one_whose_times_are_shown(desk, topics, hubs, plan):
    page = look(desk, topics)
    boxed = [(each.get("value"), each.text.strip()) for each in page.one("#id_hub").findall("option")]

    town_hall = hubs["town-hall"]
    assert boxed == [(str(town_hall.pk), town_hall.name_en)]
    assert f"{topics['housing'].name_en} at {town_hall.name_en}" in page.words


def test_earlier_visits_are_found_by_what_is_typed_and_no_fault_is_told(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555").resident
    fields = typed(look(desk, topics), topics, slots[1], slot="", phone="", name="kari", may_post="on")
    page = Reading(desk.post(BOOK, fields | {"step": "find"}))

    assert page.all("hub-move--first")[0].get("value") == str(known.pk)
    assert (page.all("govuk-error-summary"), page.one("#id_name").get("value")) == ([], "kari")
    ticked = [page.one(f"#id_{name}").get("checked") is not None for name in ("may_post", "may_phone")]
    assert ticked == [True, False]
    nobody = Reading(desk.post(BOOK, fields | {"step": "find", "name": "Zzz"}))
    assert "No record is found by that." in nobody.words
    assert RecordView.objects.filter(page="book-appointment").count() == 1


def test_the_page_lands_on_who_was_found_unless_there_is_a_fault(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555").resident
    start = look(desk, topics)
    fields = typed(start, topics, slots[1])
    answers = [
        Reading(desk.post(BOOK, fields | other))
        for other in ({"step": "find"}, {"step": "find", "phone": "999"}, {}, {"known": known.pk})
    ]
    (form,) = [each for each in start.all("form") if (each.get("action") or "").startswith(BOOK + "#")]

    assert (form.get("action"), start.all("#found")) == (f"{BOOK}#found", [])
    assert [page.one("#found").get("tabindex") for page in answers] == ["-1"] * 4
    wrong = Reading(desk.post(BOOK, fields | {"resident": known.pk, "slot": ""}))
    assert (len(wrong.all("govuk-error-summary")), wrong.all("#found")) == (1, [])


def test_somebody_without_any_contact_is_booked_by_name(desk, topics, slots):
    desk.post(BOOK, typed(look(desk, topics), topics, slots[1], phone="", no_contact="on"))

    assert Booking.objects.get().resident.name == "Karim Ali"


def test_the_same_form_twice_books_once(desk, topics, slots):
    fields = typed(look(desk, topics), topics, slots[1])
    first, again = desk.post(BOOK, fields), desk.post(BOOK, fields)

    assert (first.status_code, again.status_code, Booking.objects.count()) == (302, 302, 1)


def test_the_same_form_twice_books_the_last_desk_once(desk, topics, slots, book):
    book(slot=slots[1])
    fields = typed(look(desk, topics), topics, slots[1])
    first, again = desk.post(BOOK, fields), desk.post(BOOK, fields)

    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert Booking.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"slot": ""}, "Choose a time"),
        ({"slot": "²"}, "This time is no longer free. Choose another"),
        ({"name": "", "phone": ""}, "Enter a name or a way to reach them"),
        ({"phone": ""}, "Enter a phone number, e-mail address or postcode, or tick that there is none"),
        ({"channel": ""}, "Choose how they asked"),
        ({"token": "forged"}, "This page was open for too long. Nothing is booked yet: save again"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_booked(desk, topics, slots, fields, fault):
    response = desk.post(BOOK, typed(look(desk, topics), topics, slots[1], **fields))
    page = Reading(response)

    assert (response.status_code, Booking.objects.count()) == (422, 0)
    assert fault in page.texts("govuk-error-summary__list")[0]


def test_a_third_appointment_is_refused_at_the_desk_too(desk, topics, slots):
    for slot in slots[1:]:
        fields = typed(look(desk, topics), topics, slot)
        warned = Reading(desk.post(BOOK, fields))
        last = desk.post(BOOK, fields | {"passed_over": passed_over(warned)})

    assert (last.status_code, Booking.objects.count()) == (422, 2)
