"""A row inserted by our statement is the row that Django would save."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from enquiries.inserting import insert
from enquiries.models import Enquiry, EnquiryEvent, Visit
from tests.conftest import MONDAY_NOON


def columns(row) -> dict[str, object]:
    fresh = type(row).objects.get(pk=row.pk)
    unlike = ("id", "token", "reference", "private_key")
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in unlike]
    return {name: getattr(fresh, name) for name in names}


def twin(row):
    """A row like another one, not saved yet."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**values | {"id": None})


@pytest.mark.parametrize("model", [Visit, Enquiry, EnquiryEvent])
def test_an_inserted_row_is_like_a_saved_one(log, outcomes, model):
    log(outcome=outcomes["resolved"], words="ছাদ থেকে পানি পড়ছে", waiting=True)
    saved = model.objects.get()
    row = twin(saved)
    for name, value in {
        "token": "12345678123456781234567812345678",
        "reference": "K7M3PQX9T",
        "private_key": "another",
        "ticket_number": 77,
    }.items():
        if hasattr(row, name):
            setattr(row, name, value)
    insert(row)

    wanted = columns(saved) | ({"ticket_number": 77} if model is Visit else {})
    assert row.pk == model.objects.latest("pk").pk != saved.pk
    assert (columns(row), row._state.adding) == (wanted, False)


def test_a_moment_of_another_zone_is_kept_as_the_same_moment(log, people):
    summer = datetime(2026, 7, 1, 13, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    insert(event := EnquiryEvent(enquiry=log(), kind="noted", at=summer, by=people["desk"]))

    assert EnquiryEvent.objects.get(pk=event.pk).at == summer


def test_what_the_database_refuses_is_refused(log, people):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(EnquiryEvent(enquiry=log(), kind="noted", note=None, at=MONDAY_NOON, by=people["desk"]))
