"""A workbook of several sheets, in which text stays text: no formula, no link. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from reports.export.cells import Cell, plain_text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHARE = "0.0%"
_NAME_AT_MOST = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, what it shows in a sentence, its columns and its rows.

    `shares` are the columns, counted from 0, whose numbers are shares of 1 and are shown in per cent.
    """

    name: str
    about: str
    heading: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: frozenset[int] = frozenset()


def workbook(sheets: Iterable[Sheet], *, title: str, at: datetime) -> bytes:
    """Return an .xlsx file; `at` is written into it as the moment it was made."""
    # Takes 2 MB in each worker: only where somebody asks for a workbook.
    import xlsxwriter

    file = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        # The file format keeps no time zone.
        book.set_properties({"title": plain_text(title), "created": at.replace(tzinfo=None)})
        bold, share = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": SHARE})
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.name))
            page.write_string(0, 0, plain_text(sheet.about))
            page.freeze_panes(3, 0)
            for column, words in enumerate(sheet.heading):
                page.write_string(2, column, plain_text(words), bold)
            for number, row in enumerate(sheet.rows, start=3):
                for column, value in enumerate(row):
                    _write(page, number, column, value, share if column in sheet.shares else None)
            _set_widths(page, sheet)
    return file.getvalue()


def _write(page: Worksheet, row: int, column: int, value: Cell, number_format: object) -> None:
    if value == "":
        return
    if isinstance(value, str):
        page.write_string(row, column, plain_text(value))
    elif value is not None:
        page.write_number(row, column, value, number_format)


def _set_widths(page: Worksheet, sheet: Sheet) -> None:
    for column, words in enumerate(sheet.heading):
        cells = [words, *("" if row[column] is None else str(row[column]) for row in sheet.rows)]
        page.set_column(column, column, min(_WIDEST, max(len(each) for each in cells) + 2))


def _sheet_name(name: str) -> str:
    return _NOT_IN_A_NAME.sub(" ", plain_text(name))[:_NAME_AT_MOST]
