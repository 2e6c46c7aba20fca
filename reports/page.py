"""What the page of a report shows: figures as links, tables with bars, the week by hours, and the trend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from hubs.models.hours import Weekday

from .addresses import figure_link, report_address
from .charts import Point, bar, heat_level, line
from .figures import Compared, Figure, Table, TableRow
from .findings import Sentence, findings, largest, on_appointments
from .measures import MEASURES, Measure
from .months import Month, months_in
from .report import Report, TrendMonth
from .wording import (
    base_words,
    compared_words,
    count_words,
    figure_words,
    more_or_fewer,
    says_something,
    span_words,
    tied,
)

_WHAT = {
    "hubs": "visits",
    "topics": "enquiries",
    "outcomes": "enquiries",
    "channels": "enquiries",
    "services": "referrals",
    "left": "people who left",
    "causes": "avoidable contacts",
    "avoidable_topics": "avoidable contacts",
    "satisfaction": "answers",
    "languages": "enquiries",
    "kinds": "visits",
    "slots": "slots",
}
"""What the first column of a table counts, as its finding says it."""

_TRENDS = {
    "visits": "Visits",
    "enquiries": "Enquiries",
    "referrals": "Referrals",
    "resolved": "Resolved at first contact",
}


@dataclass(frozen=True)
class Beside:
    """The same figure of earlier months: "3% fewer than 2,215 in September"; blank where nothing was."""

    words: str
    figure: SafeString
    months: str


@dataclass(frozen=True)
class Tile:
    """A headline figure: its name, its value, what it rests on, and how it compares."""

    key: str
    name: str
    definition: str
    value: SafeString
    base: str
    beside: tuple[Beside, ...]


@dataclass(frozen=True)
class ShownRow:
    """A row of a table as the page shows it."""

    label: str
    note: str
    bar: SafeString
    cells: tuple[tuple[str, SafeString], ...]
    """What stands above the figure, and the figure."""


@dataclass(frozen=True)
class ShownTable:
    """A table as the page shows it, its finding first."""

    key: str
    title: str
    finding: str
    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    total: ShownRow | None
    measures: tuple[Measure, ...]
    """Those whose definitions stand below it."""
    has_notes: bool


@dataclass(frozen=True)
class Hour:
    """One hour of the day with its figure on each weekday: how deep its colour is, and the link."""

    name: str
    days: tuple[tuple[int, SafeString], ...]


@dataclass(frozen=True)
class Week:
    """Visits by hour of the week."""

    finding: str
    weekdays: tuple[str, ...]
    hours: tuple[Hour, ...]


@dataclass(frozen=True)
class Trend:
    """One measure over 24 months."""

    finding: str
    chart: SafeString


class ReportPage:
    """All that the page says, from a report; `root` is the address of all reports."""

    def __init__(self, report: Report, root: str) -> None:
        self.report, self._root = report, root
        self.title = span_words(report.first, report.last)
        span = months_in(report.first, report.last)
        same = report.first == report.last
        self._before = (
            _month_name(report.first.plus(-1), report.first) if same else f"the {span} months before"
        )
        self._year_ago = report.first.plus(-12).words if same else "the same months a year before"

    def findings(self) -> list[tuple[Sentence, SafeString]]:
        """Return the sentences above the figures, each with its link."""
        said = findings(self.report, self._before, self._year_ago)
        return [(each, figure_link(each.figure, self._root, each.words)) for each in said]

    def tiles(self) -> list[Tile]:
        """Return the headline figures."""
        return [self._tile(each) for each in self.report.headlines]

    def tables(self) -> dict[str, ShownTable]:
        """Return every table by its key."""
        return {each.key: self._table(each) for each in self.report.tables}

    def week(self) -> Week | None:
        """Return the visits by hour of the week; None where there were none."""
        hours = {hour: figure for hour, figure in self.report.hours.items() if figure.count}
        if not hours:
            return None
        most = max(figure.count for figure in hours.values())
        days = range(max(5, max(hours) // 24 + 1))
        times = range(min(hour % 24 for hour in hours), max(hour % 24 for hour in hours) + 1)
        names = tuple(str(Weekday(day).label) for day in days)
        busiest = [divmod(hour, 24) for hour in sorted(hours) if hours[hour].count == most]
        when = tied([f"{names[day]}s from {time:02d}:00 to {time + 1:02d}:00" for day, time in busiest])
        finding = f"Most came on {when}: {count_words(most)}{' each' if len(busiest) > 1 else ''}."
        rows = tuple(
            Hour(f"{time:02d}:00", tuple(self._heat(hours.get(day * 24 + time), most) for day in days))
            for time in times
        )
        return Week(finding, names, rows)

    def trends(self) -> list[Trend]:
        """Return a line for each measure that has a trend."""
        return [self._trend(key, name) for key, name in _TRENDS.items()]

    def trend_rows(self) -> list[tuple[TrendMonth, str, list[tuple[str, SafeString]]]]:
        """Return the months of the trend, latest first: the month, its report's address, named figures."""
        return [
            (
                each,
                report_address(each.month, each.month, self.report.scope),
                [(name, figure_link(each.figures[key], self._root)) for key, name in _TRENDS.items()],
            )
            for each in reversed(self.report.trend)
        ]

    @property
    def trend_columns(self) -> list[str]:
        """What stands above the figures of the trend."""
        return list(_TRENDS.values())

    def _tile(self, each: Compared) -> Tile:
        so_far = self.report.is_unfinished
        return Tile(
            each.key,
            each.name,
            each.definition,
            figure_link(each.now, self._root),
            base_words(each.now),
            tuple(
                Beside(
                    compared_words(each.now, other, unfinished=so_far),
                    figure_link(other, self._root) if says_something(other) else SafeString(""),
                    name,
                )
                for other, name in ((each.before, self._before), (each.year_ago, self._year_ago))
            ),
        )

    def _table(self, table: Table) -> ShownTable:
        most = max((row.figures[0].count for row in table.rows), default=0)
        figures = [figure for row in (*table.rows, *filter(None, [table.total])) for figure in row.figures]
        keys = dict.fromkeys(figure.measure.key for figure in figures)
        return ShownTable(
            table.key,
            table.title,
            self._finding(table),
            table.columns,
            tuple(self._row(row, table, most) for row in table.rows),
            self._row(table.total, table, 0) if table.total else None,
            tuple(MEASURES[key] for key in keys),
            any(row.note for row in table.rows),
        )

    def _finding(self, table: Table) -> str:
        if table.key == "appointments":
            return on_appointments(self.report)
        what = _WHAT.get(table.key)
        return largest(table, what) if what else _least_known(table)

    def _row(self, row: TableRow, table: Table, most: float) -> ShownRow:
        drawn = bar(row.figures[0].count, most) if most else SafeString("")
        cells = zip(table.columns, self._links(row.figures), strict=True)
        return ShownRow(row.label, row.note, drawn, tuple(cells))

    def _links(self, figures: Iterable[Figure]) -> tuple[SafeString, ...]:
        return tuple(figure_link(each, self._root) for each in figures)

    def _heat(self, figure: Figure | None, most: float) -> tuple[int, SafeString]:
        if figure is None:
            return 0, format_html("{}", 0)
        return heat_level(figure.count, most), figure_link(figure, self._root)

    def _trend(self, key: str, name: str) -> Trend:
        months = self.report.trend
        points = [
            Point(
                each.month.words,
                each.figures[key].count if self._had_begun(each) else None,
                str(each.month.year) if each.month.month == 1 else "",
                each.unfinished,
            )
            for each in months
        ]
        whole = [each for each in months if not each.unfinished]
        finding = f"{name}: {_against_a_year_before(whole, key)}" if len(whole) > 12 else name
        return Trend(finding, line(points, title=finding, chart_id=f"trend-{key}"))

    def _had_begun(self, month: TrendMonth) -> bool:
        """Whether anything had been counted by then: before the hubs opened there is a gap, not a nought."""
        return any(
            each.figures["enquiries"].count or each.figures["visits"].count
            for each in self.report.trend
            if each.month <= month.month
        )


def _against_a_year_before(months: list[TrendMonth], key: str) -> str:
    last, year_ago = months[-1], months[-13]
    now, before = last.figures[key].count, year_ago.figures[key].count
    if not before:
        return f"{count_words(now)} in {last.month.words}"
    words = more_or_fewer(now, before)
    return f"{count_words(now)} in {last.month.words}, {words} {year_ago.month.words}"


def _least_known(table: Table) -> str:
    """Say what was left out most often, from rows of a number and its share."""
    shares = [(row.label, row.figures[1]) for row in table.rows if row.figures[1].value]
    if not shares:
        return ""
    label, share = max(shares, key=lambda each: each[1].value or 0)
    return f"{label}: {base_words(share)} ({figure_words(share)})."


def _month_name(month: Month, beside: Month) -> str:
    """Name a month in short where the year is plain: "September" beside October of the same year."""
    return month.words.split()[0] if month.year == beside.year else month.words
