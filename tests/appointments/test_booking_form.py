"""The form of a booking: what counts where something was not sent at all."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.http import QueryDict
from django.utils import timezone

from appointments.forms.booking import BookForm
from enquiries.stamps import Stamp


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
