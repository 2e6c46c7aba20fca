"""Booking for somebody who has appointments already: they are shown, and what is in the way is named."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Booking
from enquiries.models import RecordView
from tests.appointments.test_desk_booking import BOOK, look, passed_over, typed
from tests.appointments.test_finding import LIST, cancel
from tests.reading import Reading, text_of

PHONE = "07700 900555"
TOO_MANY = "They have two appointments already. Cancel one first, or move one instead"


def listed(page: Reading) -> list[str]:
    """The references of the appointments that a page names, in its order."""
    shown = [link.removeprefix(LIST).strip("/") for link in page.links() if link.startswith(LIST)]
    return [each for each in shown if len(each) == 9]


def faults(page: Reading) -> list[tuple[str, str]]:
    """Each line of the error summary with where it leads, which is on the page."""
    links = [each for box in page.all("govuk-error-summary__list") for each in box.iter("a")]
    return [(text_of(each), page.one(each.get("href")).get("id")) for each in links]


def test_who_may_be_known_is_shown_with_what_is_to_come(desk, topics, slots, book):
    ahead = book(slot=slots[3], name="Karim Ali", phone=PHONE)
    cancel(book(slot=slots[2], resident=ahead.resident))
    book(slot=slots[2], name="Somebody Else")
    warned = Reading(desk.post(BOOK, typed(look(desk, topics), topics, slots[1])))

    assert "Has appointments already: 24 Nov 2026, 11:30" in text_of(warned.one("hub-found"))
    assert listed(warned) == [ahead.reference]
    assert warned.texts("hub-move--first") == ["Choose this record of Karim Ali"]


def test_a_record_without_a_name_can_be_told_apart_by_ear(desk, topics, slots, book):
    book(slot=slots[3], name="", phone=PHONE)
    warned = Reading(desk.post(BOOK, typed(look(desk, topics), topics, slots[1])))

    assert warned.texts("hub-move--first") == ["Choose this record of somebody without a name"]
    assert "Has appointments already:" in warned.words


def test_a_chosen_record_is_shown_with_what_is_to_come(desk, topics, slots, book):
    ahead = book(slot=slots[3], name="Karim Ali", phone=PHONE)
    known, nobody = (look(desk, topics, resident=pk) for pk in (ahead.resident_id, ""))
    cancel(ahead)
    free = look(desk, topics, resident=ahead.resident_id)

    assert [listed(page) for page in (known, nobody, free)] == [[ahead.reference], [], []]
    assert ["Has appointments already:" in page.words for page in (known, free)] == [True, False]


def test_a_desk_elsewhere_sees_no_appointment_of_whom_it_books_for(
    client, people, topics, book, slots, clock
):
    ahead = book(slot=slots[3], name="Karim Ali", phone=PHONE)
    client.force_login(people["other_desk"])
    fields = typed(look(client, topics), topics, slots[1])
    warned = Reading(client.post(BOOK, fields))
    known = Reading(client.post(BOOK, fields | {"known": ahead.resident_id}))

    assert warned.texts("hub-move--first") == ["Choose this record of Karim Ali"]
    assert "Karim Ali record" in known.words
    assert (listed(warned), listed(known)) == ([], [])


@pytest.mark.parametrize("is_known", [True, False])
def test_what_is_in_the_way_is_named_in_the_form(desk, topics, slots, book, is_known):
    first = book(slot=slots[3], name="Karim Ali", phone=PHONE)
    second = book(slot=slots[2], name="Kulsuma Ali", phone="+44 7700 900555")
    cancel(book(slot=slots[3], name="Karim Ali"))
    fields = typed(look(desk, topics), topics, slots[1])
    if is_known:
        fields |= {"resident": first.resident_id, "name": "", "phone": ""}
    else:
        fields |= {"passed_over": passed_over(Reading(desk.post(BOOK, fields)))}
    response = desk.post(BOOK, fields)
    page = Reading(response)

    assert (response.status_code, Booking.objects.count()) == (422, 3)
    assert faults(page) == [(TOO_MANY, "id_slot_0")]
    assert page.texts("#book-error") == [f"Error: {TOO_MANY}"]
    assert listed(page) == [second.reference, first.reference]
    for name in ("Karim Ali", "Kulsuma Ali"):
        assert name in page.texts("hub-history")[0]
    assert "yours to see" not in page.words
    assert RecordView.objects.filter(page="book-appointment", resident=second.resident).exists()


@pytest.mark.parametrize(("is_own", "said"), [(False, "None"), (True, "Not all")])
def test_what_is_in_the_way_elsewhere_is_not_named(client, people, topics, book, slots, clock, is_own, said):
    client.force_login(people["other_desk"])
    by, channel = (people["other_desk"], "phone") if is_own else (None, "online")
    hidden = book(slot=slots[3], name="Karim Ali", phone=PHONE)
    own = book(slot=slots[2], name="Karim Ali", phone=PHONE, by=by, channel=channel)
    fields = typed(look(client, topics), topics, slots[1], resident=hidden.resident_id)
    page = Reading(client.post(BOOK, fields))

    assert faults(page) == [(TOO_MANY, "id_slot_0")]
    assert listed(page) == ([own.reference] if is_own else [])
    assert f"{said} of them are yours to see." in page.words
    seen = RecordView.objects.filter(page="book-appointment", resident=own.resident).exists()
    assert seen == is_own


def test_a_page_open_too_long_leads_to_a_field_that_is_there(desk, topics, slots, book):
    known = book(slot=slots[3]).resident
    fields = typed(look(desk, topics), topics, slots[1], resident=known.pk, token="forged", channel="")
    page = Reading(desk.post(BOOK, fields))

    assert [target for _, target in faults(page)] == ["id_slot_0", "id_channel_0"]
    assert page.texts("#book-error") == [f"Error: {faults(page)[0][0]}"]


def test_a_fault_about_the_time_leads_somewhere_when_the_last_one_is_gone(desk, topics, slots):
    fields = typed(look(desk, topics), topics, slots[1], **{"from": "2999-01-01"})
    page = Reading(desk.post(BOOK, fields))

    assert faults(page) == [("This time is no longer free. Choose another", "id_slot_0")]


def test_the_page_takes_as_many_statements_for_three_who_may_be_known_as_for_one(desk, topics, slots, book):
    book(slot=slots[3], name="Karim Ali", phone=PHONE)
    fields = typed(look(desk, topics), topics, slots[1], phone="", name="karim") | {"step": "find"}
    desk.post(BOOK, fields)
    counts = []
    for slot in slots[2:4]:
        with CaptureQueriesContext(connection) as taken:
            page = Reading(desk.post(BOOK, fields))
        counts.append((len(taken), len(listed(page))))
        book(slot=slots[2], name="Karim Miah")
        if slot == slots[2]:
            book(slot=slots[1], name="Karim Khan")

    assert counts == [(counts[0][0], 1), (counts[0][0], 3)]
