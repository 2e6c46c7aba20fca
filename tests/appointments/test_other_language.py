"""The language switch half-way to a booking: the same page in the other language, with all that was typed."""

from __future__ import annotations

from typing import Any

import pytest

from appointments import actions
from appointments.models import Hold, Plan, Slot
from tests.appointments.booker import DAY, Booker, hidden
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

WORDS = "The ceiling leaks."


@pytest.fixture
def booker(slots, clock) -> Booker:
    return Booker(clock)


def switched(booker: Booker, response: Any, **typed: Any) -> Reading:
    """Press the other language on a page with a half-filled form, with what is typed in its fields."""
    page = Reading(response)
    button = page.one("hub-languages").find(".//button")
    assert button is not None
    assert button.get("form") == page.one("#booking").get("id")
    fields = hidden(page) | typed | {str(button.get("name")): str(button.get("value"))}
    return Reading(booker.client.post(str(button.get("formaction")), fields))


def on_the_page(page: Reading) -> tuple[str | None, str | None]:
    """The language of a page, and the name that travels on it."""
    return page.one("html").get("lang"), hidden(page).get("name")


def chosen(page: Reading) -> list[str | None]:
    options = page.one("#id_language").iter("option")
    return [each.get("value") for each in options if "selected" in each.attrib]


def test_from_the_times_chosen_once_more(booker):
    typed = hidden(Reading(booker.choose())) | {"name": "Rahima", "words": WORDS, "language": "en"}
    page = switched(booker, booker.post(f"housing/{DAY}/", typed))

    assert on_the_page(page) == ("bn", "Rahima")
    assert (len(page.all("hub-time")), hidden(page)["words"]) == (4, WORDS)
    slot = page.all("hub-time")[2].get("value")
    details = Reading(booker.client.post("/bn/appointments/details/", hidden(page) | {"slot": slot}))
    assert details.one("#id_name").get("value") == "Rahima"
    assert Hold.objects.live().count() == 1


@pytest.mark.parametrize("path", ["housing/", "housing/?from=2026-12-01", "housing/?from=2027-06-01"])
def test_from_the_days_chosen_once_more(booker, path):
    page = switched(booker, booker.post(path, {"name": "Rahima", "language": "so"}))

    assert on_the_page(page) == ("bn", "Rahima")
    assert hidden(page)["language"] == "so"
    days = len(page.all("hub-day"))
    assert days == {"housing/": 4, "housing/?from=2026-12-01": 3}.get(path, 0)


def test_later_days_and_all_days_take_along_what_was_typed(booker, plan):
    Plan.objects.update(days_ahead=365)
    actions.publish_slots(at=MONDAY_NOON)
    ways = {"housing/": "?from=2027-06-22", "housing/?from=2030-01-01": "/appointments/housing/"}
    for path, to in ways.items():
        page = Reading(booker.post(path, {"name": "Rahima", "language": "en"}))
        buttons = [each for each in page.one("main").iter("button") if each.get("formaction") == to]
        assert [(each.get("form"), hidden(page)["name"]) for each in buttons] == [("booking", "Rahima")]


def test_from_days_and_times_where_nothing_is_typed_it_is_a_link(booker):
    for path in ("housing/", f"housing/{DAY}/"):
        page = Reading(booker.get(path))
        assert [each.get("href") for each in page.one("hub-languages").iter("a")] == [
            f"/bn/appointments/{path}"
        ]


def test_from_a_time_that_is_gone(booker, slots):
    checked = booker.check(booker.choose(0), words=WORDS)
    Hold.objects.all().delete()
    Slot.objects.filter(pk=slots[0].pk).update(booked=2)
    lost = booker.send(checked)
    page = switched(booker, lost)

    assert (lost.status_code, page.status) == (409, 409)
    assert (on_the_page(page), hidden(page)["words"]) == (("bn", "Rahima Begum"), WORDS)
    times = [each.get("value") for each in page.all("hub-time")]
    assert times == [each.get("value") for each in Reading(lost).all("hub-time")]
    other = hidden(page) | {"slot": [hidden(page)["slot"], times[1]]}
    details = Reading(booker.client.post("/bn/appointments/details/", other))
    assert details.one("#id_name").get("value") == "Rahima Begum"
    assert Hold.objects.get().slot == slots[2]


def test_from_too_many_times(booker, settings):
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 1
    booker.choose(0)
    page = Reading(booker.get(f"housing/{DAY}/"))
    fields = hidden(page) | {"slot": page.all("hub-time")[1].get("value"), "name": "Rahima"}
    refused = switched(booker, booker.post("details/", fields))

    assert (refused.status, on_the_page(refused)) == (429, ("bn", "Rahima"))


def test_from_the_answers_to_check_to_the_answers(booker):
    page = switched(booker, booker.check(booker.choose(), words=WORDS))

    assert page.texts("h1") == ["আপনার অ্যাপয়েন্টমেন্ট দেখে নিন"]
    assert (on_the_page(page), hidden(page)["words"]) == (("bn", "Rahima Begum"), WORDS)
    sent = booker.client.post("/bn/appointments/check/", hidden(page) | {"step": "send"})
    assert sent.headers["Location"].startswith("/bn/appointments/booked/")


def test_the_language_to_use_follows_where_it_was_the_pages(booker):
    details = booker.choose()
    there = switched(booker, details, language="en")
    assert chosen(there) == ["bn"]
    back = booker.client.post("/appointments/details/", hidden(there) | {"language": "bn", "step": "switch"})
    assert chosen(Reading(back)) == ["en"]
    checked = switched(booker, booker.check(details, language="en"))
    assert hidden(checked)["language"] == "bn"


def test_the_language_to_use_stays_where_it_was_chosen_otherwise(booker):
    assert chosen(switched(booker, booker.choose(), language="so")) == ["so"]
    assert chosen(switched(booker, booker.choose(), language="bn")) == ["bn"]


def test_changing_an_answer_leaves_the_language_to_use_alone(slots, clock):
    booker = Booker(clock, prefix="/bn")
    checked = hidden(Reading(booker.check(booker.choose(), language="en")))
    assert chosen(Reading(booker.post("details/", checked | {"step": "change"}))) == ["en"]
