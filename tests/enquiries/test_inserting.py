"""A row inserted by our statement is the row that Django would save."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection, transaction

from enquiries.inserting import insert, write_down
from enquiries.models import Enquiry, EnquiryEvent, Resident, Visit
from tests.conftest import MONDAY_NOON


def columns(row) -> dict[str, object]:
    fresh = type(row).objects.get(pk=row.pk)
    unlike = ("id", "token", "reference", "private_key", "ticket_number")
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in unlike]
    return {name: getattr(fresh, name) for name in names}


@pytest.mark.parametrize("model", [Visit, Enquiry, EnquiryEvent])
def test_an_inserted_row_is_like_a_saved_one(log, outcomes, model):
    log(outcome=outcomes["resolved"], words="ছাদ থেকে পানি পড়ছে", waiting=True)
    logged = model.objects.get()
    made_up = {field.name for field in model._meta.concrete_fields if field.primary_key or field.generated}
    facts = {
        field.name: getattr(logged, field.name)
        for field in model._meta.concrete_fields
        if field.name not in made_up
    }
    others = {
        "token": uuid.UUID("12345678123456781234567812345678"),
        "reference": "K7M3PQX9T",
        "private_key": "another",
        "ticket_number": 77,
    }
    facts |= {name: value for name, value in others.items() if facts.get(name)}
    row = insert(model, **facts)
    again = {"token": uuid.uuid4(), "reference": "T9XQP3M7K", "private_key": "a third", "ticket_number": 78}
    saved = model.objects.create(**facts | {name: value for name, value in again.items() if name in facts})

    assert row.pk == saved.pk - 1
    assert columns(row) == columns(saved) == columns(logged)
    assert (row._state.adding, row._state.db) == (False, "default")


def test_rows_that_were_named_are_at_hand_without_a_query(log, people, django_assert_num_queries):
    enquiry = log()
    event = insert(EnquiryEvent, enquiry=enquiry, kind="noted", at=MONDAY_NOON, by=people["desk"])

    with django_assert_num_queries(0):
        assert (event.enquiry, event.by, event.note) == (enquiry, people["desk"], "")


def test_what_the_database_makes_up_is_read_when_it_is_asked_for(log):
    log(waiting=True)
    seen = Visit.objects.get()
    facts = {"called_at": seen.arrived_at + timedelta(minutes=7), "called_by": seen.logged_by}
    for name in (
        "hub",
        "hub_access",
        "arrived_at",
        "service_day",
        "month",
        "hour_of_week",
        "logged_at",
        "logged_by",
    ):
        facts[name] = getattr(seen, name)

    assert insert(Visit, token=uuid.uuid4(), **facts).wait_minutes == 7


def test_a_moment_of_another_zone_is_kept_as_the_same_moment(log, people):
    summer = datetime(2026, 7, 1, 13, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    event = insert(EnquiryEvent, enquiry=log(), kind="noted", at=summer, by=people["desk"])

    assert EnquiryEvent.objects.get(pk=event.pk).at == summer


def test_a_row_that_was_written_down_is_like_an_inserted_one(log, people):
    facts = {"enquiry": log(), "kind": "noted", "at": MONDAY_NOON, "by": people["desk"]}
    write_down(EnquiryEvent, **facts)
    written = EnquiryEvent.objects.latest("pk")

    assert columns(insert(EnquiryEvent, **facts)) == columns(written)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's last row")
@pytest.mark.parametrize("when", ["BEFORE", "AFTER"])
def test_a_row_is_known_by_its_own_id_whatever_is_written_beside_it(db, when):
    beside = "INSERT INTO beside (word) VALUES (NEW.name);"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE beside (id INTEGER PRIMARY KEY, word TEXT)")
        cursor.execute("INSERT INTO beside (id) VALUES (50000)")
        cursor.execute(f"CREATE TRIGGER write_beside {when} INSERT ON enquiries_resident BEGIN {beside} END")
    for number, name in enumerate(("Rahima Begum", "ছালমা", "Amber Little"), start=1):
        row = insert(Resident, name=name, search_text=name.lower(), created_at=MONDAY_NOON)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM beside WHERE word = %s", [name])
            assert cursor.fetchone() == (50_000 + number,)
        assert Resident.objects.get(pk=row.pk).name == name


@pytest.mark.parametrize("add", [insert, write_down])
def test_what_is_no_column_is_refused(log, people, add):
    with pytest.raises(TypeError, match="no column of EnquiryEvent: moment"):
        add(EnquiryEvent, enquiry=log(), kind="noted", moment=MONDAY_NOON, by=people["desk"])


@pytest.mark.parametrize("add", [insert, write_down])
def test_what_the_database_refuses_is_refused(log, people, add):
    with pytest.raises(IntegrityError), transaction.atomic():
        add(EnquiryEvent, enquiry=log(), kind="noted", note=None, at=MONDAY_NOON, by=people["desk"])
