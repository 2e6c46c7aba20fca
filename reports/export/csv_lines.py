"""CSV as a stream: the first lines leave at once, and memory does not grow with the number of rows. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from reports.export.cells import Cell, never_a_formula

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the old Windows letters and garbles Bengali."""

ROWS_AT_ONCE = 500


def csv_chunks(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a file in pieces: the heading by itself, then up to `ROWS_AT_ONCE` rows at a time.

    Text is quoted and can never run as a formula, numbers stand bare, lines end as RFC 4180 has it.
    """
    buffer = StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(_safe(heading))
    yield BYTE_ORDER_MARK + _taken(buffer)
    for number, row in enumerate(rows, start=1):
        writer.writerow(_safe(row))
        if number % ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def _safe(row: Iterable[Cell]) -> list[Cell]:
    return [never_a_formula(each) if isinstance(each, str) else "" if each is None else each for each in row]


def _taken(buffer: StringIO) -> str:
    written = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return written
