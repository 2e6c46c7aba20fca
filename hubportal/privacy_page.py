"""The data map in docs/privacy.md, written from the classified fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hubs.data_map import Fate, Field, Record

BEGINS, ENDS = "<!-- the data map begins -->", "<!-- the data map ends -->"

_NOT_STATED = "not yet stated by the council"
_NOT_DECIDED = "decided by the council, who enters it in the console; while it is not, nothing is removed"


def with_map(page: str, records: Iterable[Record]) -> str:
    """Return a page with the data map of `records` between its two marks. Raises ValueError without them."""
    head, begins, rest = page.partition(BEGINS)
    _, ends, tail = rest.partition(ENDS)
    if not (begins and ends):
        raise ValueError(f"the page lacks {BEGINS} or {ENDS}")
    return f"{head}{BEGINS}\n\n{data_map(records)}\n{ENDS}{tail}"


def data_map(records: Iterable[Record]) -> str:
    """Return the data map: what is kept about people, then the models without anything about them."""
    listed = sorted(records, key=lambda each: each.model)
    about_people = [each for each in listed if each.personal]
    lines = [line for each in about_people for line in _section(each)]
    others = ", ".join(f"`{each.model}`" for each in listed if not each.personal)
    return "\n".join([*lines, "### Without anything about people", "", others, ""])


def _section(record: Record) -> Iterator[str]:
    name = record.table._meta.verbose_name_plural
    period = f"“{record.period.label}”: {_NOT_DECIDED}" if record.period else record.otherwise
    yield from (
        f"### {str(name)[0].upper()}{str(name)[1:]} (`{record.model}`)",
        "",
        f"- About: {record.whose}",
        f"- Purpose: {record.purpose}",
        f"- Lawful basis: {record.lawful_basis or _NOT_STATED}",
        f"- Kept for: {period}",
        "",
        "| Fields | What they say | Then |",
        "| --- | --- | --- |",
    )
    for field, names in _alike(record).items():
        shown = ", ".join(f"`{each}`" for each in names)
        yield f"| {shown} | {field.kind.value} | {_fate(field)} |"
    unlisted = ", ".join(f"`{each}`" for each in record.fields if each not in record.personal)
    yield from ("", f"Not personal: {unlisted}", "")


def _alike(record: Record) -> dict[Field, list[str]]:
    found: dict[Field, list[str]] = {}
    for name, field in record.personal.items():
        found.setdefault(field, []).append(name)
    return found


def _fate(field: Field) -> str:
    if field.fate is Fate.KEPT:
        return f"kept: {field.because}"
    return field.fate.value + (", but kept where the program wrote it" if field.unless is not None else "")
