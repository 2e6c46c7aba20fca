"""Somebody's appointments on their own page at the desk."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.finding import MOST_GONE_BY
from enquiries.actions import add_resident, merge_residents
from tests.appointments.test_finding import LIST, cancel, found
from tests.conftest import MONDAY_NOON
from tests.reading import Reading


def page_of(client, resident) -> Reading:
    return Reading(client.get(f"/staff/residents/{resident.pk}/"))


def test_a_resident_s_page_shows_what_is_to_come_and_then_what_was(desk, book, slots, people):
    late = book(slot=slots[0], name="Rahima Begum")
    resident = late.resident
    later = book(slot=slots[2], resident=resident)
    cancel(later)
    again = book(slot=slots[3], resident=resident)
    book(slot=slots[1], name="Somebody Else")
    page = page_of(desk, resident)

    assert found(page) == [late.reference, again.reference, later.reference]
    assert page.texts("hub-history")[0].startswith(f"24 Nov 2026, 10:00 {late.shown_reference}, Housing,")
    assert ("Cancelled" in page.texts("hub-history")[1], "Rahima" in page.texts("hub-history")[0]) == (
        True,
        False,
    )
    assert desk.get(f"{LIST}{late.reference}/").status_code == 200


def test_of_what_was_only_the_last_are_shown_and_it_says_so(desk, book, slots):
    resident = cancel(book(slot=slots[1])).resident
    said = []
    for _ in range(MOST_GONE_BY):
        page = page_of(desk, resident)
        said.append(f"Only the last {MOST_GONE_BY} of these are shown." in page.words)
        cancel(book(slot=slots[1], resident=resident))
    page = page_of(desk, resident)

    assert (said, len(found(page))) == ([False] * MOST_GONE_BY, MOST_GONE_BY)
    assert f"Only the last {MOST_GONE_BY} of these are shown." in page.words


def test_what_was_booked_under_a_merged_record_is_shown_too(desk, book, slots, people):
    booking = book(slot=slots[2], name="Rahima Begum")
    kept = add_resident(name="Roma Khatun", by=people["desk"], at=MONDAY_NOON)
    before = found(page_of(desk, kept))
    merge_residents(keep=kept, other=booking.resident, by=people["desk"], at=MONDAY_NOON)

    assert (before, found(page_of(desk, kept))) == ([], [booking.reference])


@pytest.mark.parametrize(
    ("who", "shown"),
    [("desk", True), ("manager", True), ("other_desk", False), ("officer", None), ("outsider", None)],
)
def test_nobody_sees_more_appointments_there_than_elsewhere(desk, client, people, book, slots, who, shown):
    """The other hub's desk sees the record, since every desk does; the rest see none."""
    booking = book(slot=slots[2], name="Rahima Begum")
    client.force_login(people[who])
    response = client.get(f"/staff/residents/{booking.resident_id}/")

    assert response.status_code == (403 if shown is None else 200)
    assert (booking.reference in response.content.decode()) == bool(shown)
    assert ("None that you can see." in response.content.decode()) == (shown is False)


def test_an_officer_who_does_not_work_with_appointments_sees_no_such_part(desk, people, book, slots):
    resident = book(slot=slots[2]).resident
    with_it = Reading(desk.get(f"/staff/residents/{resident.pk}/")).texts("h2")
    permission = people["desk"].groups.get().permissions.get(codename="work_bookings")
    people["desk"].groups.get().permissions.remove(permission)
    without = Reading(desk.get(f"/staff/residents/{resident.pk}/")).texts("h2")

    assert with_it == ["Appointments to come", *without]


def test_a_resident_s_page_takes_as_many_statements_for_three_appointments_as_for_one(desk, book, slots):
    resident = book(slot=slots[1]).resident
    cancel(book(slot=slots[1], resident=resident))
    page_of(desk, resident)
    counts = []
    for slot in slots[2:4]:
        with CaptureQueriesContext(connection) as taken:
            page_of(desk, resident)
        counts.append(len(taken))
        for _ in range(2):
            cancel(book(slot=slot, resident=resident))
    book(slot=slots[3], resident=resident)
    with CaptureQueriesContext(connection) as taken:
        page_of(desk, resident)

    assert {*counts, len(taken)} == {counts[0]}
    assert len(found(page_of(desk, resident))) > 3


def test_a_time_that_was_taken_away_is_marked(desk, book, slots, close):
    booking = book(slot=slots[2])
    close()

    assert "Time withdrawn" in page_of(desk, booking.resident).words
