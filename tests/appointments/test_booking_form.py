"""The form of a booking: what counts where something was not sent, and what one page has of another."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.utils import timezone

from appointments.forms.booking import BookForm
from enquiries.stamps import Stamp
from hubs import kept
from tests.appointments.booker import DAY, Booker, hidden
from tests.reading import Reading


def test_what_a_form_leaves_out_counts_as_left_empty(topics, clock):
    sent = {"name": "Rahima Begum", "postcode": "e14 3hg", "language": "bn"}
    stamp = Stamp(uuid4(), timezone.now() - timedelta(minutes=1)).signed()

    def cleaned(**more: str) -> dict[str, object]:
        form = BookForm(
            QueryDict(urlencode(sent | {"stamp": stamp} | more)), topic=topics["housing"], at=timezone.now()
        )
        assert form.is_valid(), form.errors
        return form.cleaned_data

    empty = dict.fromkeys(("phone", "email", "needs", "words", "contact_note", "website"), "")
    assert cleaned() == cleaned(**empty)


def test_what_must_be_filled_in_is_missed_where_it_is_left_out(topics, clock):
    form = BookForm(QueryDict("phone="), topic=topics["housing"], at=timezone.now())
    assert {"name", "language", "phone"} <= set(form.errors)


def _questions(details) -> str:
    """The page of details without what is new in each: token, stamp, and until when the time is kept."""
    page = Reading(details)
    return "".join(
        f"{field.tag} {dict(field.attrib)} {field.text}"
        for field in page.one("#booking").iter()
        if field.get("type") != "hidden"
    )


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_the_questions_are_the_same_whether_written_once_or_anew(prefix, slots, clock):
    booker = Booker(clock, prefix=prefix)
    for topic in ("housing", "domestic-abuse", "housing"):
        chosen = hidden(Reading(booker.get(f"{topic}/{DAY}/"))) | {"slot": str(slots[0].pk)}
        shared = _questions(booker.post("details/", chosen))
        kept.forget()
        assert _questions(booker.post("details/", chosen)) == shared
        assert ("contact_note" in shared) == (topic == "domestic-abuse")


def test_what_one_typed_is_on_nobody_elses_page(slots, clock):
    first = Booker(clock)
    checked = first.check(first.choose(), name="Rahima Begum", language="bn")
    again = first.post("details/", hidden(Reading(checked)) | {"step": ""})
    assert "Rahima Begum" in _questions(again)

    assert "Rahima Begum" not in _questions(Booker(clock, address="192.0.2.7").choose())
    assert "Rahima Begum" in _questions(first.post("details/", hidden(Reading(checked)) | {"step": ""}))


def test_another_language_than_the_pages_stays_chosen_where_nothing_else_is_typed(slots, clock):
    booker = Booker(clock)
    fields = hidden(Reading(booker.choose())) | {"language": "bn"}
    page = Reading(booker.post("details/", fields))

    assert [
        each.get("value") for each in page.one("#id_language").iter("option") if "selected" in each.attrib
    ] == ["bn"]
