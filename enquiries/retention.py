"""What is past its period, and emptying it: people are forgotten, and every count stays as it was.

Which fields go, and how, stands in each app's `personal.py` alone. Rows stay: a visit is still one of that
month, hub and topic, and somebody who came three times is still one person, whom nobody can name any more.
"""

from __future__ import annotations

import calendar
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from enquiries import append_only
from enquiries.londontime import service_day
from enquiries.models import Enquiry, Resident, RetentionPeriod, Visit
from enquiries.references import new_reference
from hubs.data_map import Fate, Period, Record, all_records, reached_from
from hubs.opening import LONDON

REMOVED = "Removed"
"""Stands where the database wants words and nobody may know them any more."""

ROWS_AT_ONCE = 300
"""People or stories emptied in one transaction, so that no desk has to wait long."""

_FRESH: dict[str, Callable[[], str]] = {
    "reference": new_reference,
    "private_key": lambda: secrets.token_urlsafe(32),
}


@dataclass(frozen=True)
class Subject:
    """What is emptied as a whole: a person, an enquiry or a visit, with what belongs to it."""

    name: str
    model: type[Model]
    period: Period

    def rows(self) -> QuerySet[Any]:
        """Those that were not emptied before."""
        rows = self.model._default_manager.filter(anonymised_at__isnull=True)
        return rows.filter(merged_into__isnull=True) if self.model is Resident else rows

    def past(self, before: datetime) -> QuerySet[Any]:
        """Those of which nothing happened at or after a moment."""
        rows = self.rows()
        for record, lookup in reached_from(self.name):
            for moment in record.dated_by:
                rows = _without(rows, record, lookup, **{f"{moment}__gte": before})
        return rows

    def settled(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `rows` on which nobody has to act any more."""
        for record, lookup in reached_from(self.name):
            if record.open_while is not None:
                rows = _without(rows, record, lookup, record.open_while)
        return rows

    def signed_off(self, rows: QuerySet[Any], months: Collection[int]) -> QuerySet[Any]:
        """Those of `rows` that are counted in these months and in no others."""
        for record, lookup in reached_from(self.name):
            if record.month_by:
                rows = _without(rows, record, lookup, ~Q(**{f"{record.month_by}__in": months}))
        return rows

    def expired(self, before: datetime, months: Collection[int]) -> QuerySet[Any]:
        """Those past their period that nobody has to act on and whose months are signed off."""
        return self.signed_off(self.settled(self.past(before)), months)


PERSON = Subject("resident", Resident, Period.PEOPLE)
STORY = Subject("enquiry", Enquiry, Period.STORIES)
VISIT = Subject("visit", Visit, Period.STORIES)
SUBJECTS = (PERSON, STORY, VISIT)


@dataclass(frozen=True)
class Due:
    """The people, stories or visits that are to be emptied, and how many are held back and why."""

    subject: Subject
    before: datetime
    months: frozenset[int]
    pks: tuple[int, ...]
    still_open: int
    not_signed_off: int


@dataclass(frozen=True)
class Deletion:
    """Rows of a model that are to be deleted whole."""

    record: Record
    before: datetime
    count: int

    def rows(self) -> QuerySet[Any]:
        """The rows, the oldest first."""
        moment = self.record.deleted_by
        return self.record.table._base_manager.filter(**{f"{moment}__lt": self.before}).order_by(moment, "pk")


@dataclass(frozen=True)
class Expired:
    """Everything that is past a period the council has decided."""

    due: tuple[Due, ...]
    deletions: tuple[Deletion, ...]

    def counts(self) -> Counter[str]:
        """How many of each would be emptied or deleted, by what they are called."""
        emptied = {f"{_plural(each.subject.model)} emptied": len(each.pks) for each in self.due}
        deleted = {f"{_plural(each.record.table)} deleted": each.count for each in self.deletions}
        return Counter(emptied) + Counter(deleted)

    @property
    def held_back(self) -> Counter[str]:
        """How many are past their period and stay all the same, by what they are called and why."""
        found: Counter[str] = Counter()
        for each in self.due:
            name = _plural(each.subject.model)
            found[f"{name} kept: somebody still has to act"] = each.still_open
            found[f"{name} kept: their month is not signed off"] = each.not_signed_off
        return +found


class StillOpen(Exception):
    """Somebody still has to act on what a person came about, so the record cannot be emptied.

    `what` names the models with open rows, such as "referrals".
    """

    def __init__(self, what: list[str]) -> None:
        super().__init__(f"still open: {', '.join(what)}")
        self.what = what


def cutoff(at: datetime, months: int) -> datetime:
    """Return the start of the London day that lies so many months before the moment `at`.

    The last day of a shorter month stands for days that it lacks.
    """
    today = service_day(at)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, calendar.monthrange(year, month + 1)[1])
    return datetime.combine(today.replace(year=year, month=month + 1, day=day), time(), tzinfo=LONDON)


def expired(*, at: datetime, months: Collection[int]) -> Expired:
    """Return what is past its period at the moment `at`; `months` are the signed-off ones, such as 202611.

    Nothing is past a period that the council has not decided (`RetentionPeriod`). Changes nothing.
    """
    decided = dict(RetentionPeriod.objects.values_list("period", "months"))
    with _unhurried():
        due = [
            _due(each, cutoff(at, decided[each.period]), frozenset(months))
            for each in SUBJECTS
            if each.period in decided
        ]
    deletions = [
        Deletion(record, cutoff(at, decided[record.period]), 0)
        for record in all_records().values()
        if record.deleted_by and record.period in decided
    ]
    counted = [Deletion(each.record, each.before, each.rows().count()) for each in deletions]
    return Expired(tuple(due), tuple(counted))


def anonymise(found: Expired, *, at: datetime) -> Counter[str]:
    """Empty and delete what `expired` found, and return how many of each, by what they are called.

    Effects, for some hundreds at a time, each in a transaction of its own: whatever somebody has come back
    about in the meantime is left out; personal fields emptied as each `personal.py` says; when it was done
    noted on the row. Then rows past their period deleted. Call `sweep` afterwards.
    """
    done: Counter[str] = Counter()
    for each in found.due:
        for some in _portions(each.pks):
            with append_only.opened():
                still = each.subject.expired(each.before, each.months).filter(pk__in=some)
                pks = list(still.select_for_update(of=("self",)).values_list("pk", flat=True))
                empty(each.subject, pks, at=at)
                done[f"{_plural(each.subject.model)} emptied"] += len(pks)
    for deletion in found.deletions:
        name = f"{_plural(deletion.record.table)} deleted"
        while pks := list(deletion.rows().values_list("pk", flat=True)[:ROWS_AT_ONCE]):
            with append_only.opened():
                deletion.record.table._base_manager.filter(pk__in=pks).delete()
            done[name] += len(pks)
    return +done


def open_for(resident: Resident) -> list[str]:
    """Return what somebody still has to act on for a resident, such as ["enquiries", "referrals"]."""
    return [
        _plural(record.table)
        for record, lookup in reached_from(PERSON.name)
        if record.open_while is not None
        and record.table._default_manager.filter(record.open_while, **{lookup: resident.pk}).exists()
    ]


def anonymise_person(resident: Resident, *, at: datetime) -> list[int]:
    """Empty one person's record, those merged into it and all that belongs to them; return the records' ids.

    Must run inside `append_only.opened()`. Effects: as `anonymise`. Raises `StillOpen`.
    """
    same = Resident.objects.filter(pk=resident.pk) | Resident.objects.filter(merged_into=resident)
    pks = sorted(same.select_for_update().values_list("pk", flat=True))
    if still := open_for(resident):
        raise StillOpen(still)
    empty(PERSON, pks, at=at)
    return pks


def empty(subject: Subject, pks: list[int], *, at: datetime) -> None:
    """Empty the personal fields of everything that is found by these ids; inside `append_only.opened()`."""
    if subject is PERSON:
        pks = [*pks, *Resident.objects.filter(merged_into__in=pks).values_list("pk", flat=True)]
    for record, lookup in reached_from(subject.name):
        rows = record.table._base_manager.filter(**{f"{lookup}__in": pks})
        _freshen(record, rows)
        values = _values(record)
        if "anonymised_at" in record.fields:
            values["anonymised_at"] = Coalesce("anonymised_at", Value(at))
        if values:
            rows.update(**values)
        for name, field in record.personal.items():
            if field.fate is Fate.EMPTIED and field.unless is not None:
                blank = _blank(record, name)
                rows.exclude(field.unless).exclude(**{name: blank}).update(**{name: blank})


def sweep() -> None:
    """Overwrite what deleted words have left behind in the database's own files. Not inside a transaction.

    On SQLite the index of words is merged, the file written anew and the write-ahead log emptied, for which
    the disk needs room for a second copy. On PostgreSQL dead rows are vacuumed away. Backups hold what they
    held until they are rotated out.
    """
    tables = [record.table._meta.db_table for record in all_records().values() if record.found_by]
    with _unhurried(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in tables:
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
            return
        for table in ("enquiries_enquiry_words", "enquiries_resident_words"):
            cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608  # nosec B608
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _due(subject: Subject, before: datetime, months: frozenset[int]) -> Due:
    past = subject.past(before)
    settled = subject.settled(past)
    pks = tuple(subject.signed_off(settled, months).order_by("pk").values_list("pk", flat=True))
    done_with = settled.count()
    return Due(subject, before, months, pks, past.count() - done_with, done_with - len(pks))


@contextmanager
def _unhurried() -> Iterator[None]:
    """Let statements inside take as long as they need, where a desk's may not (PostgreSQL)."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        yield
        cursor.execute("RESET statement_timeout")


def _without(rows: QuerySet[Any], record: Record, lookup: str, *asked: Any, **values: Any) -> QuerySet[Any]:
    """Return `rows` without those that a row of `record` with these values belongs to."""
    if lookup == "pk":
        return rows.exclude(*asked, **values)
    theirs = record.table._default_manager.filter(*asked, **values).filter(**{lookup: OuterRef("pk")})
    return rows.exclude(Exists(theirs))


def _freshen(record: Record, rows: QuerySet[Any]) -> None:
    names = [name for name, field in record.personal.items() if field.fate is Fate.FRESH]
    if not names:
        return
    old = rows.filter(anonymised_at__isnull=True) if "anonymised_at" in record.fields else rows
    for pk in list(old.values_list("pk", flat=True)):
        record.table._base_manager.filter(pk=pk).update(**{name: _FRESH[name]() for name in names})


def _values(record: Record) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, field in record.personal.items():
        if field.fate is Fate.EMPTIED and field.unless is None:
            values[name] = _blank(record, name)
        elif field.fate is Fate.WORD:
            values[name] = Case(When(**{name: ""}, then=Value("")), default=Value(REMOVED))
    return values


def _blank(record: Record, name: str) -> Any:
    return record.table._meta.get_field(name).get_default()  # type: ignore[union-attr]


def _portions(pks: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(pks), ROWS_AT_ONCE):
        yield pks[start : start + ROWS_AT_ONCE]


def _plural(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)
