"""Everything that is kept of one resident, for the copy that they may ask for (UK GDPR, article 15).

What belongs to somebody stands in each app's `personal.py` alone: every row that is found by a resident is in
the copy with all its fields, but for copies kept to find them by. Staff are told apart by their number: the
person has a right to know what was done and when, not who of the staff it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Field as Column
from django.db.models import Model

from enquiries.models import Resident
from hubs.data_map import Kind, Record, reached_from
from hubs.opening import LONDON

Value = str | int | bool | None | list[Any] | date


@dataclass(frozen=True)
class Part:
    """The rows of one model that are about the person: for each row its facts, by the column's name."""

    model: str
    title: str
    labels: dict[str, str]
    rows: list[dict[str, Value]]

    def labelled(self) -> Iterator[list[tuple[str, str]]]:
        """Yield each row as labels and words to read, without what is empty."""
        for row in self.rows:
            shown = {name: value for name, value in row.items() if value not in ("", None, [])}
            yield [(self.labels[name], _in_words(value)) for name, value in shown.items()]


def everything_about(resident: Resident) -> list[Part]:
    """Return all that is kept of a resident and of records merged into theirs; a query for each model."""
    pks = [resident.pk, *resident.merged_records.values_list("pk", flat=True)]
    parts = [_part(record, lookup, pks) for record, lookup in reached_from("resident")]
    return [each for each in parts if each.rows]


def as_json(parts: list[Part], *, resident: Resident, at: datetime) -> dict[str, Any]:
    """Return the copy as it is given out for machines to read; moments are in London time."""
    return {
        "record": resident.pk,
        "made_at": _for_machines(at),
        "kept": {
            each.model: [{name: _for_machines(value) for name, value in row.items()} for row in each.rows]
            for each in parts
        },
    }


def _part(record: Record, lookup: str, pks: list[int]) -> Part:
    columns = {
        name: record.table._meta.get_field(name)
        for name, field in record.fields.items()
        if field.kind is not Kind.COPY
    }
    named = [name for name, each in columns.items() if each.is_relation and not _is_staff(record, name)]
    found = record.table._base_manager.filter(**{f"{lookup}__in": pks}).order_by("pk")
    rows = found.select_related(*named) if named else found
    return Part(
        record.model,
        str(record.table._meta.verbose_name_plural),
        {name: str(each.verbose_name) for name, each in columns.items()},  # type: ignore[union-attr]
        [{name: _value(row, name, record) for name in columns} for row in rows],
    )


def _is_staff(record: Record, name: str) -> bool:
    return record.fields[name].kind is Kind.STAFF


def _value(row: Model, name: str, record: Record) -> Value:
    column: Column[Any, Any] = row._meta.get_field(name)  # type: ignore[assignment]
    if column.is_relation and _is_staff(record, name):
        pk = getattr(row, column.attname)
        return f"member of staff no. {pk}" if pk else None
    if column.choices:
        return str(getattr(row, f"get_{name}_display")())
    value = getattr(row, name)
    return str(value) if isinstance(value, Model | UUID) else value


def _for_machines(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.astimezone(LONDON).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _in_words(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(LONDON):%-d %B %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, list):
        rows = (each.values() if isinstance(each, dict) else [each] for each in value)
        return "\n".join(" ".join(map(str, row)) for row in rows)
    return str(value)
