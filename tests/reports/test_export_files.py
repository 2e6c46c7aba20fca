"""Files for spreadsheets: what was typed arrives as text, whatever it begins with."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO
from itertools import count, islice

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.export.cells import never_a_formula, plain_text
from reports.export.csv_lines import ROWS_AT_ONCE, csv_chunks
from reports.export.workbook import Sheet, workbook

HOSTILE = [
    "=1+1",
    "+44 20 7364 5000",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\u202e=1",
    "＝1＋1",
    "＋1",
    "－1",
    "＠x",
    "﹢1",
    "−1",
    "|cmd",
    "%0A=1",
    '=HYPERLINK("https://example.org")',
    "\u0301=1",
    "\x1f=1",
]
PLAIN = ["", "Housing", "'quoted'", "হাউজিং", "a=1", "1-2", "12", "0207", "মা−"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_a_spreadsheet_could_run_is_quoted(text):
    assert never_a_formula(text) == "'" + plain_text(text)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_as_it_is(text):
    assert never_a_formula(text) == text


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_begins_with_the_byte_order_mark_and_ends_lines_as_the_standard_says():
    text = "".join(csv_chunks(["Hub", "Visits"], [["বো", 12], [None, 0.5], ["=1", -3]]))

    assert text == '\ufeff"Hub","Visits"\r\n"বো",12\r\n"",0.5\r\n"\'=1",-3\r\n'


def test_csv_sends_its_heading_before_it_asks_for_a_row():
    asked = []

    def rows():
        for number in count():
            asked.append(number)
            yield [number]

    chunks = csv_chunks(["Number"], rows())
    assert next(chunks) == '\ufeff"Number"\r\n'
    assert asked == []
    assert len(list(islice(chunks, 3))) == 3
    assert len(asked) == 3 * ROWS_AT_ONCE


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_csv_brings_every_text_back_and_no_formula(cells):
    (row,) = read_back("".join(csv_chunks(["x"] * len(cells), [cells])))[1:]

    for text, read in zip(cells, row, strict=True):
        assert read in (plain_text(text), "'" + plain_text(text))
        assert read[:1] not in set("=+-@\t\r\n")


def test_workbook_holds_text_and_numbers_and_no_formula():
    rows = [[text, number, 0.25] for number, text in enumerate([*HOSTILE, *PLAIN[1:], "https://example.org"])]
    sheet = Sheet(
        "Topics [all]", "What people came about", ["Topic", "Enquiries", "Share"], rows, frozenset({2})
    )

    made = openpyxl.load_workbook(
        BytesIO(workbook([sheet], title="June", at=datetime(2026, 7, 1, tzinfo=UTC)))
    )

    page = made["Topics  all "]
    cells = [list(row) for row in page.iter_rows(min_row=4)]
    assert {cell.data_type for row in cells for cell in row} == {"s", "n"}
    assert [[row[0].value, row[1].value] for row in cells] == [
        [plain_text(text), number] for text, number, _ in rows
    ]
    assert {cell.hyperlink for row in cells for cell in row} == {None}
    assert {row[2].number_format for row in cells} == {"0.0%"}
    assert page["A1"].value == "What people came about"
    assert made.properties.title == "June"
    assert made.properties.created == datetime(2026, 7, 1)  # noqa: DTZ001


def test_workbook_is_the_same_file_for_the_same_figures():
    sheet = Sheet("Hubs", "Visits", ["Hub", "Visits"], [["Bow", None]])
    at = datetime(2026, 7, 1, tzinfo=UTC)

    assert workbook([sheet], title="June", at=at) == workbook([sheet], title="June", at=at)
