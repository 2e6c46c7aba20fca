"""Where the pages of reports are: every figure leads to exactly its rows."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .figures import Figure
from .months import Month
from .rows import Rows, Scope
from .wording import NOTHING, figure_words

_NOTHING = format_html(
    '<span aria-hidden="true">{}</span><span class="govuk-visually-hidden">Nothing to measure</span>', NOTHING
)


def report_address(first: Month, last: Month, scope: Scope | None = None) -> str:
    """Return the address of the report on one month or a range."""
    months = [str(first)] if first == last else [str(first), str(last)]
    name = "report-month" if first == last else "report-range"
    return reverse(name, args=months) + _query(scope.query() if scope else {})


def rows_address(rows: Rows, root: str) -> str:
    """Return the address of the page that lists some rows; `root` is that of all reports, looked up once."""
    return f"{root}{rows.first}/{rows.last}/rows/{_query(rows.query())}"


def figure_link(figure: Figure, root: str, words: str = "") -> SafeString:
    """Return a figure as a link to its rows, in its own words unless others are given.

    `data-rows` is how many rows there are behind it: a share and a median do not say.
    """
    return format_html(
        '<a class="govuk-link" href="{}" data-rows="{}">{}</a>',
        rows_address(figure.rows, root),
        figure.count,
        _NOTHING if figure.value is None else words or figure_words(figure),
    )


def _query(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""
