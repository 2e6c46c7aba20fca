"""Somebody who has chosen a time looks at the others: theirs stays theirs, and they keep one at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Booking, Hold, Slot
from tests.appointments.booker import DAY, Booker, hidden
from tests.appointments.conftest import counters_hold
from tests.reading import Reading

GO_ON = {"": "Go on with this time", "/bn": "এই সময়টিই রাখুন"}


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


def kept(page: Reading) -> list[str]:
    """Return the id of the time that a page says is kept, or nothing."""
    return [each.get("value") for panel in page.all("hub-chosen") for each in panel.iter("button")]


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_the_last_desk_is_still_theirs_on_the_pages_of_days_and_times(slots, clock, prefix):
    booker = Booker(clock, prefix=prefix)
    Slot.objects.exclude(pk=slots[1].pk).update(booked=2)
    Slot.objects.filter(pk=slots[1].pk).update(booked=1)
    typed = hidden(Reading(booker.choose())) | {"name": "Rahima", "words": "Damp"}
    pages = [Reading(booker.post(f"housing/{each}", typed)) for each in ("", f"{DAY}/")]

    for page in pages:
        assert kept(page) == [str(slots[1].pk)]
        told = " ".join(page.one("hub-chosen").itertext())
        assert [each in told for each in ("10:30", "12:10", GO_ON[prefix])] == [True] * 3
        again = Reading(booker.post("details/", hidden(page) | {"slot": kept(page)[0]}))
        assert (again.status, again.one("#id_name").get("value")) == (200, "Rahima")
    assert Hold.objects.live().count() == 1


def test_nothing_is_kept_for_who_has_chosen_nothing_or_too_long_ago(booker, clock):
    typed = hidden(Reading(booker.choose()))
    fresh = [booker.get("housing/"), booker.get(f"housing/{DAY}/")]
    clock.shift(timedelta(minutes=10))
    over = [booker.post(each, typed) for each in ("housing/", f"housing/{DAY}/")]

    assert [kept(Reading(page)) for page in (*fresh, *over)] == [[]] * 4


@pytest.mark.parametrize("stamp", ["", "made up"])
def test_nobody_sees_what_is_kept_for_another(booker, stamp):
    typed = hidden(Reading(booker.choose())) | {"stamp": stamp}
    assert kept(Reading(booker.post(f"housing/{DAY}/", typed))) == []


def test_a_time_that_was_withdrawn_is_kept_for_nobody(booker, slots):
    typed = hidden(Reading(booker.choose(1)))
    Hold.objects.update(ended_at=slots[0].starts_at, end=Hold.End.WITHDRAWN)
    assert kept(Reading(booker.post(f"housing/{DAY}/", typed))) == []


def test_what_is_kept_is_looked_up_in_one_statement_and_only_for_who_has_chosen(booker):
    typed = hidden(Reading(booker.choose()))
    asked = []
    for look in (lambda: booker.get(f"housing/{DAY}/"), lambda: booker.post(f"housing/{DAY}/", typed)):
        with CaptureQueriesContext(connection) as taken:
            look()
        asked.append(len([each for each in taken if each["sql"].startswith('SELECT "appointments_hold"')]))
    assert asked == [0, 1]


def test_back_shows_the_same_form_so_that_another_time_takes_the_place_of_the_first(booker, slots):
    # With the cookie of forms from the page before, or the browser would take the next for another page.
    assert set(booker.get("housing/").cookies) == {"csrftoken"}
    page = booker.get(f"housing/{DAY}/")
    # Browsers show such a page again on Back; what is not to be stored they would fetch anew, as a new form.
    assert page.headers["Cache-Control"] == "private, no-cache"
    form = hidden(Reading(page))
    for slot in slots[:3]:
        assert booker.post("details/", form | {"slot": str(slot.pk)}).status_code == 200

    assert list(Hold.objects.live().values_list("slot", flat=True)) == [slots[2].pk]
    assert counters_hold()


@pytest.mark.parametrize("other", [0, 1])
def test_back_to_the_times_after_booking_begins_anew_and_shows_nothing_of_the_first(booker, slots, other):
    """At a library somebody else may be the next to press Back."""
    form = hidden(Reading(booker.get(f"housing/{DAY}/")))
    booker.send(booker.check(booker.post("details/", form | {"slot": str(slots[0].pk)})))
    again = booker.post("details/", form | {"slot": str(slots[other].pk)})
    page = Reading(again)

    assert (again.status_code, page.one("#id_name").get("value")) == (200, None)
    assert Booking.objects.get().shown_reference not in page.words
    done = booker.send(booker.check(again, phone="07700 900124"))
    assert (done.status_code, Booking.objects.count()) == (302, 2)
    assert counters_hold()


def test_a_page_that_carries_what_was_typed_is_not_stored(booker):
    typed = hidden(Reading(booker.choose())) | {"name": "Rahima"}
    for path in ("housing/", f"housing/{DAY}/"):
        assert booker.post(path, typed).headers["Cache-Control"] == "no-store"
