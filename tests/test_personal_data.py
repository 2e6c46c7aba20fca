"""Every field of every model is classified, and the data map says so; both can fail."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User
from enquiries.models import Resident, SubmissionCount
from hubs.data_map import Fate, Kind, Record, all_records, fields, gaps, nothing_personal, plain


def every_model():
    """Every model with a table of its own."""
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def test_every_field_of_every_model_is_classified():
    assert gaps(every_model(), all_records()) == []


def test_no_model_is_classified_that_is_not_there():
    assert set(all_records()) == {model._meta.label for model in every_model()}


def test_a_model_that_is_not_listed_is_found():
    assert gaps([SubmissionCount], {}) == ["enquiries.SubmissionCount is not classified"]


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (nothing_personal("x", "id what caller window"), "x.tries is not classified"),
        (nothing_personal("x", "id what caller window tries more"), "x.more is not there"),
        (
            Record(
                "x", plain("id what window tries") | fields(Kind.OWN, "caller", Fate.KEPT), "us", "to", ""
            ),
            "x.caller is kept and does not say why",
        ),
        (
            Record("x", plain("id what window tries") | fields(Kind.OWN, "caller", Fate.DELETED), "us", "to"),
            "x is personal and has no retention",
        ),
        (
            Record(
                "x",
                plain("id what window tries") | fields(Kind.OWN, "caller", Fate.DELETED),
                otherwise="at once",
            ),
            "x is personal and does not say whose or what for",
        ),
    ],
)
def test_a_gap_is_found(record, fault):
    found = gaps([SubmissionCount], {"enquiries.SubmissionCount": record})

    assert fault in [each.replace("enquiries.SubmissionCount", "x") for each in found]


def test_rows_that_are_deleted_say_when_and_emptied_ones_how_they_are_found():
    wrong = [
        record.model
        for record in all_records().values()
        for field in record.personal.values()
        if (field.fate is Fate.DELETED and not (record.deleted_by or record.otherwise))
        or (field.fate in (Fate.EMPTIED, Fate.WORD, Fate.FRESH) and not record.found_by)
    ]

    assert wrong == []


def test_everything_that_refers_to_a_resident_is_found_by_one():
    """Directly or by an enquiry, so that no copy and no erasure leaves anything out."""
    reached = {record.model for record in all_records().values() if "resident" in record.found_by}
    refers = {
        model._meta.label
        for model in every_model()
        for field in model._meta.local_fields
        if field.is_relation
        and field.related_model._meta.label in ("enquiries.Resident", "enquiries.Enquiry")
    }

    assert refers - reached == set()


def test_who_of_the_staff_is_told_apart_from_residents():
    wrong = [
        f"{record.model}.{name}"
        for record in all_records().values()
        if record.model.startswith(("enquiries.", "hubs."))
        for name, field in record.fields.items()
        if getattr(record.table._meta.get_field(name), "related_model", None) is User
        and field.kind is not Kind.STAFF
    ]

    assert wrong == []


def test_the_data_map_is_up_to_date():
    call_command("data_map", check=True, stdout=StringIO())


def test_a_data_map_that_is_behind_is_found(monkeypatch):
    monkeypatch.setattr(Resident._meta, "verbose_name_plural", "persons")

    with pytest.raises(CommandError, match="run manage"):
        call_command("data_map", check=True, stdout=StringIO())
