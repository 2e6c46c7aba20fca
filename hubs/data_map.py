"""The words in which every app says which of its fields are about people, and what becomes of them.

Each app lists all its models in `personal.py` as `RECORDS`; models of other packages stand in `hubportal`.
Retention, the export of what is known of one person and docs/privacy.md are made from these lists alone, so a
field that is listed is covered by all three. tests/test_personal_data.py fails for one that is not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, TextChoices


class Period(TextChoices):
    """What has a period of its own that the council decides; none is built in."""

    PEOPLE = "people", "Residents’ records"
    STORIES = "stories", "Visits, enquiries and referrals"
    RECORD_VIEWS = "record_views", "Who looked at which record"
    COMPLAINTS = "complaints", "Complaints about personal data"
    RIGHTS = "rights", "Copies given out and records erased on request"
    SIGN_INS = "sign_ins", "Failed sign-ins of staff"
    ACCOUNTS = "accounts", "Staff accounts, and what staff did"


class Kind(StrEnum):
    """What a field says about a person."""

    PLAIN = "not personal"
    OWN = "about the person"
    FREE_TEXT = "free text, may say anything"
    SPECIAL = "may speak of health or disability"
    PSEUDONYM = "a number or key that stands for the person"
    COPY = "a copy of other fields, to find them by"
    STAFF = "who of the staff did it"


class Fate(StrEnum):
    """What becomes of a personal field when its period is over, or when its person is erased."""

    EMPTIED = "emptied"
    WORD = "replaced by the word “Removed”"
    FRESH = "replaced by a fresh one that nobody knows"
    DELETED = "deleted with its row"
    KEPT = "kept"


@dataclass(frozen=True)
class Field:
    """One field of a model: its kind, its fate, and why where it is kept.

    `unless` picks the rows whose field is kept because the program wrote it, not a person.
    """

    kind: Kind
    fate: Fate = Fate.KEPT
    because: str = ""
    unless: Q | None = None

    @property
    def is_personal(self) -> bool:
        """Whether the field says anything about a person."""
        return self.kind is not Kind.PLAIN


@dataclass(frozen=True)
class Record:
    """What a model keeps about people, if anything, and how it is reached from a person."""

    model: str
    """Such as "enquiries.Enquiry"."""
    fields: Mapping[str, Field]
    whose: str = ""
    purpose: str = ""
    lawful_basis: str = ""
    """As the council has stated it; empty while it has not."""
    period: Period | None = None
    otherwise: str = ""
    """When rows go, in words, where that is built in and not a period that the council decides."""
    found_by: Mapping[str, str] = field(default_factory=dict)
    """The lookup from this model to a "resident", an "enquiry" or a "visit", by which its rows are found."""
    open_while: Q | None = None
    """Rows on which somebody still has to act; nobody and nothing they belong to is anonymised meanwhile."""
    dated_by: tuple[str, ...] = ()
    """The moments at which something happened; a period counts from the last of them."""
    month_by: str = ""
    """The London month that reports count the row in; it must be signed off first."""
    deleted_by: str = ""
    """The moment from which the period counts where whole rows are deleted."""

    @property
    def table(self) -> type[Model]:
        """The model itself."""
        return apps.get_model(self.model)

    @property
    def personal(self) -> dict[str, Field]:
        """The fields that say something about a person."""
        return {name: each for name, each in self.fields.items() if each.is_personal}


Fields = dict[str, Field]


def plain(names: str) -> Fields:
    """Fields that say nothing about a person, by their names with spaces between."""
    return dict.fromkeys(names.split(), Field(Kind.PLAIN))


def fields(kind: Kind, names: str, fate: Fate, because: str = "", unless: Q | None = None) -> Fields:
    """Fields of one kind and one fate, by their names with spaces between."""
    return dict.fromkeys(names.split(), Field(kind, fate, because, unless))


def staff(names: str) -> Fields:
    """Fields that say who of the staff did something; kept, since what was done has to be accounted for."""
    return fields(Kind.STAFF, names, Fate.KEPT, "what was done must be accounted for")


def nothing_personal(model: str, names: str) -> Record:
    """A model without anything about people."""
    return Record(model, plain(names))


def all_records() -> dict[str, Record]:
    """Return the records of every installed app by their model, such as "enquiries.Enquiry"."""
    found = list(_listed())
    by_model = {each.model: each for each in found}
    if len(by_model) != len(found):
        raise ValueError("a model is classified twice")
    return by_model


def reached_from(subject: str) -> Iterator[tuple[Record, str]]:
    """Yield each record that is found by a "resident", an "enquiry" or a "visit", with its lookup."""
    for each in all_records().values():
        if subject in each.found_by:
            yield each, each.found_by[subject]


def gaps(models: Iterable[type[Model]], records: Mapping[str, Record]) -> list[str]:
    """Return what is wrong with the classification of `models`, in words; empty where nothing is."""
    faults: list[str] = []
    for model in models:
        label = model._meta.label
        record = records.get(label)
        if record is None:
            faults.append(f"{label} is not classified")
            continue
        names = {each.name for each in (*model._meta.local_fields, *model._meta.local_many_to_many)}
        faults += [f"{label}.{name} is not classified" for name in sorted(names - set(record.fields))]
        faults += [f"{label}.{name} is not there" for name in sorted(set(record.fields) - names)]
        faults += _without_retention(record)
    return faults


def _without_retention(record: Record) -> list[str]:
    personal = record.personal
    faults = [
        f"{record.model}.{name} is kept and does not say why"
        for name, each in personal.items()
        if each.fate is Fate.KEPT and not each.because
    ]
    if personal and not (record.period or record.otherwise):
        faults.append(f"{record.model} is personal and has no retention")
    if personal and not (record.purpose and record.whose):
        faults.append(f"{record.model} is personal and does not say whose or what for")
    return faults


def _listed() -> Iterator[Record]:
    for app in apps.get_app_configs():
        name = f"{app.name}.personal"
        if find_spec(name) is not None:
            module: Any = import_module(name)
            yield from module.RECORDS
