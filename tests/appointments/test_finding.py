"""Finding an appointment by a reference, a name or a phone number, as somebody says it on the phone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.finding import MOST_FOUND
from appointments.models import Booking
from enquiries.actions import add_resident, merge_residents
from enquiries.models import RecordView
from tests.conftest import MONDAY_NOON
from tests.reading import Reading, text_of

LIST, FIND = "/staff/appointments/", "/staff/appointments/find/"


def find(client, text: str) -> Reading:
    """Search, and read the list of what is found."""
    assert client.post(FIND, {"q": text}).headers["Location"] == FIND
    return Reading(client.get(FIND))


def found(page: Reading) -> list[str]:
    """The references of the appointments that a page lists, in its order."""
    return [each.get("href").split("/")[-2] for line in page.all("hub-history") for each in line.iter("a")]


def cancel(booking: Booking) -> Booking:
    actions.cancel(booking=booking, by=None, at=MONDAY_NOON)
    return booking


def many(book, slots, count: int, ahead: int = 2, **facts) -> list[Booking]:
    """So many appointments of one time, all but the last of them cancelled again."""
    made = [cancel(book(slot=slots[1], **facts)) for _ in range(count - ahead)]
    return made + [book(slot=slots[1], **facts) for _ in range(ahead)]


def test_the_day_list_has_a_field_that_finds(desk, book):
    booking = book()
    (form,) = [each for each in Reading(desk.get(LIST)).all("form") if each.get("action") == FIND]

    assert [each.get("name") for each in form.iter("input")] == ["csrfmiddlewaretoken", "q"]
    assert text_of(form) == "Find an appointment Reference, name or phone number, on any day Search"
    sent = desk.post(form.get("action"), {"q": booking.reference})
    assert sent.headers["Location"] == f"{LIST}{booking.reference}/"


@pytest.mark.parametrize(
    "spelling", ["{}", " {} ", "{0[0]}{0[1]} {0[2]}-{0[3]}-{0[4]}{0[5]}{0[6]}{0[7]}{0[8]}"]
)
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_reference_leads_straight_to_its_appointment_however_it_is_spelt(desk, book, slots, spelling, case):
    booking = cancel(book(slot=slots[1]))
    Booking.objects.update(reference="K85M3PQX9")
    for typed in ("K85M3PQX9", "KBSM3PQX9"):
        sent = desk.post(FIND, {"q": case(spelling.format(typed))})
        assert sent.headers["Location"] == f"{LIST}K85M3PQX9/"
    assert desk.get(f"{LIST}K85M3PQX9/").status_code == 200
    assert not Reading(desk.get(FIND)).one("#q").get("value")
    assert booking.status == "booked"


@pytest.mark.parametrize(
    "text",
    [
        "rah",
        "BEGUM",
        "begum rahima",
        "07700 900555",
        "+44 (0)7700 900-555",
        "0044 7700900555",
        "0555",
        "০৫৫৫",
    ],
)
def test_somebody_is_found_by_name_or_number(desk, book, slots, text):
    booking = book(slot=slots[2], name="Rahima Begum", phone="07700 900555")
    book(slot=slots[2], name="Somebody Else")
    page = find(desk, text)

    assert found(page) == [booking.reference]
    (line,) = [text_of(each) for each in page.one("hub-history").iter("li")]
    assert line == (
        f"24 Nov 2026, 11:00 Rahima Begum {booking.shown_reference}, Housing, {booking.hub.name_en}"
    )
    assert page.one("#q").get("value") == text


def test_what_is_still_to_come_stands_first_and_soonest_first(desk, book, slots, clock, people):
    """Somebody who is late today is still expected; a day later nobody is."""
    cancelled = cancel(book(slot=slots[3], name="Rahima Begum"))
    later = book(slot=slots[2], name="Rahima Begum")
    late = book(slot=slots[0], name="Rahima Begum")
    today = find(desk, "rahima")
    clock.shift(24 * 60 * 60)
    desk.force_login(people["desk"])
    next_day = find(desk, "rahima")

    assert (today.texts("h2"), found(today)) == (
        ["Still to come", "Past or cancelled"],
        [late.reference, later.reference, cancelled.reference],
    )
    assert (next_day.texts("h2"), found(next_day)) == (
        ["Past or cancelled"],
        [cancelled.reference, later.reference, late.reference],
    )
    assert "Cancelled" in today.texts("hub-history")[1]


@pytest.mark.parametrize("ahead", [0, 2])
@pytest.mark.parametrize("count", [MOST_FOUND, MOST_FOUND + 1])
def test_a_long_list_is_cut_and_says_so(desk, book, slots, count, ahead):
    made = many(book, slots, count, ahead, name="Rahima Begum")
    page = find(desk, "rahima")

    assert len(found(page)) == MOST_FOUND
    assert set(found(page)[:ahead]) == {each.reference for each in made[count - ahead :]}
    assert ("There are more." in page.words) == (count > MOST_FOUND)


def test_what_is_to_come_is_found_behind_however_many_newer_records(desk, book, slots, monkeypatch):
    first = book(slot=slots[2], name="Rahima Begum")
    many(book, slots, 4, name="Rahima Khatun")
    Booking.objects.exclude(pk=first.pk).update(service_day=MONDAY_NOON.date())
    monkeypatch.setattr("appointments.finding.MOST_PEOPLE", 2)

    assert found(find(desk, "rahima"))[0] == first.reference


def test_who_was_merged_into_another_is_found_by_either_name(desk, book, slots, people):
    booking = book(slot=slots[2], name="Rahima Begum")
    kept = add_resident(name="Roma Khatun", by=people["desk"], at=MONDAY_NOON)
    merge_residents(keep=kept, other=booking.resident, by=people["desk"], at=MONDAY_NOON)

    for text in ("rahima", "roma"):
        assert found(find(desk, text)) == [booking.reference]


def test_a_private_topic_is_not_named_where_others_may_read_along(desk, book, slots, topics):
    book(slot=slots[2], name="Rahima Begum", topic=topics["domestic-abuse"])
    page = find(desk, "rahima")

    assert ("Sensitive" in page.words, "Domestic" in page.words) == (True, False)


@pytest.mark.parametrize(
    ("who", "status"),
    [("outsider", 403), ("officer", 403), ("administrator", 403), ("other_desk", 200), ("manager", 200)],
)
def test_nobody_finds_what_they_may_not_see(client, people, book, clock, who, status):
    booking = book(name="Rahima Begum", phone="07700 900555")
    client.force_login(people[who])
    straight = client.post(FIND, {"q": booking.reference})
    listed = [client.post(FIND, {"q": text}).status_code for text in ("rahima", "07700 900555")]
    page = client.get(FIND)

    is_manager = who == "manager"
    assert (listed, page.status_code) == ([302 if status == 200 else 403] * 2, status)
    assert straight.headers.get("Location") == (
        f"{LIST}{booking.reference}/" if is_manager else FIND if status == 200 else None
    )
    assert (booking.reference in page.content.decode()) == is_manager
    assert RecordView.objects.filter(by=people[who]).count() == is_manager


def test_an_officer_finds_what_they_booked_for_another_hub(client, people, book, clock, slots):
    own = book(by=people["other_desk"], channel="phone", name="Rahima Begum")
    book(slot=slots[1], name="Rahima Begum")
    client.force_login(people["other_desk"])

    assert found(find(client, "rahima")) == [own.reference]


def test_who_was_found_is_noted_once_each(desk, book, slots, people):
    first = book(slot=slots[2], name="Rahima Begum")
    book(slot=slots[3], resident=first.resident)
    other = book(slot=slots[1], name="Rahima Khatun")
    find(desk, "rahima")

    assert sorted(RecordView.objects.values_list("resident", "by", "page")) == [
        (each.resident_id, people["desk"].pk, "appointment-search") for each in (first, other)
    ]


def test_nothing_is_listed_before_a_search_nor_after_it_is_cleared(desk, book):
    book(name="Rahima Begum")
    before, nobody = Reading(desk.get(FIND)), find(desk, "zzz")
    find(desk, "rahima")
    cleared = find(desk, "")

    assert [found(page) for page in (before, nobody, cleared)] == [[], [], []]
    assert ["No appointment that you can see was found." in page.words for page in (before, nobody)] == [
        False,
        True,
    ]


@pytest.mark.parametrize("of_one", [False, True])
def test_a_search_takes_as_many_statements_for_three_as_for_one(desk, book, slots, of_one):
    resident = book(slot=slots[1], name="Rahima Begum").resident
    cancel(book(slot=slots[1], name="Rahima Begum"))
    counts = []
    for slot in slots[2:4]:
        with CaptureQueriesContext(connection) as taken:
            find(desk, "rahima")
        counts.append(len(taken))
        cancel(book(slot=slot, **({"resident": resident} if of_one else {"name": "Rahima Begum"})))
        book(slot=slot, name="Rahima Begum")

    assert len(set(counts)) == 1
