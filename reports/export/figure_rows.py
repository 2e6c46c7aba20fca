"""The figures of a report as rows for a file: one long list, or sheets as the page has its tables. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from hubs.models.hours import Weekday

from ..figures import SHARE, Figure, Table, TableRow
from ..months import Month
from ..report import Report
from ..wording import span_words
from .cells import Cell
from .workbook import Sheet

LIST_HEADING = ("Part", "Row", "Figure", "Measure", "Value", "Unit", "Rows", "Of", "From", "To")


def figure_list(report: Report) -> Iterator[list[Cell]]:
    """Yield every figure of a report in a line of its own, with what it is of and over which months."""
    for each in report.headlines:
        for beside, figure in (("", each.now), ("before", each.before), ("a year before", each.year_ago)):
            yield _line("Headline", each.name, beside, figure)
    for table in report.tables:
        for row in _rows(table):
            for column, figure in zip(table.columns, row.figures, strict=True):
                yield _line(table.title, row.label, column, figure)
    for hour, figure in report.hours.items():
        yield _line("Hour of the week", _hour_words(hour), "Visits", figure)
    for point in report.trend:
        for figure in point.figures.values():
            yield _line("24 months", str(point.month), figure.measure.name, figure)


def figure_sheets(report: Report) -> list[Sheet]:
    """Return the headlines, each table, the hours and the trend as sheets."""
    what = span_words(report.first, report.last) + (" so far" if report.is_unfinished else "")
    return [
        _headlines(report, what),
        *(_table(table, what) for table in report.tables),
        Sheet(
            "Hour of the week",
            f"Visits by hour of the week, {what}",
            ("Hour", "Visits"),
            [[_hour_words(hour), figure.count] for hour, figure in report.hours.items()],
        ),
        Sheet(
            "24 months",
            f"The 24 months that end with {report.last.words}",
            ("Month", "Signed off", *(figure.measure.name for figure in report.trend[0].figures.values())),
            [
                [
                    str(each.month),
                    "yes" if each.signed_off else "no",
                    *(f.count for f in each.figures.values()),
                ]
                for each in report.trend
            ],
        ),
    ]


def _headlines(report: Report, what: str) -> Sheet:
    heading = ("Measure", "Value", "Unit", "Rows", "Of", "Before", "A year before", "What is counted")
    rows: list[list[Cell]] = [
        [
            each.name,
            each.now.value,
            each.now.unit,
            each.now.count,
            each.now.base.count if each.now.base else None,
            each.before.value,
            each.year_ago.value,
            each.definition,
        ]
        for each in report.headlines
    ]
    return Sheet("Headlines", f"Residents’ Hubs, {what}", heading, rows)


def _table(table: Table, what: str) -> Sheet:
    rows = [[row.label, row.note, *(figure.value for figure in row.figures)] for row in _rows(table)]
    first = next(iter(table.rows), None)
    shares = (
        {place for place, figure in enumerate(first.figures, start=2) if figure.unit == SHARE}
        if first
        else set()
    )
    heading = (table.title, "Service" if any(row[1] for row in rows) else "Note", *table.columns)
    return Sheet(table.title, f"{table.title}, {what}", heading, rows, frozenset(shares))


def _rows(table: Table) -> list[TableRow]:
    return [*table.rows, table.total] if table.total else list(table.rows)


def _line(part: str, row: str, column: str, figure: Figure) -> list[Cell]:
    months: tuple[Month, Month] = (figure.rows.first, figure.rows.last)
    base = figure.base.count if figure.base else None
    return [
        part,
        row,
        column,
        figure.measure.name,
        figure.value,
        figure.unit,
        figure.count,
        base,
        *map(str, months),
    ]


def _hour_words(hour: int) -> str:
    return f"{Weekday(hour // 24).label} {hour % 24:02d}:00"
