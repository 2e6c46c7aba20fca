"""The report on a month or a range, and the rows behind each of its figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import staff_view
from enquiries.models import Enquiry
from enquiries.paging import page_number, part_of
from hubs.models import Hub, Topic
from reports.addresses import report_address, rows_address
from reports.counting import Signed
from reports.errors import UnknownRows
from reports.forms import AskForm
from reports.listing import LISTINGS
from reports.months import Month, months_from, months_in
from reports.page import ReportPage
from reports.reading import reading
from reports.report import first_month, report
from reports.rows import Rows, Scope, rows_of
from reports.wording import span_words

READ = "reports.view_reports"

EARLIEST = Month(2000, 1)
"""No report begins earlier: there were no hubs, and a year before must be a month too."""
MOST_MONTHS = 120
"""The longest range of one report."""


@staff_view(READ)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Lead to the report that was asked for; without one, to the last month that is over."""
    at = timezone.now()
    form = ask_form(at, first_month(reading()), request.GET)
    if not form.is_valid():
        last_month = Month.of(at).plus(-1)
        return redirect(report_address(last_month, last_month))
    return redirect(report_address(*form.months(), scope_or_404(request)))


@staff_view(READ)
@require_safe
def report_page(request: HttpRequest, first: Month, last: Month | None = None) -> HttpResponse:
    at = timezone.now()
    last = last or first
    check_months(first, last, at)
    scope, start = scope_or_404(request), first_month(reading())
    page = ReportPage(report(first, last, scope=scope, at=at), reverse("reports"))
    context = {
        "at": at,
        "report": page.report,
        "page_of": page,
        "tables": page.tables(),
        "title": page.title,
        "scope_words": scope_words(scope),
        "form": ask_form(
            at, min(first, start or first), {"first": str(first), "last": str(last)} | scope.query()
        ),
        "steps": _steps(first, last, scope, at),
        "is_month": first == last,
        "has_begun": start is not None and start <= last,
        "here": reverse("report-range", args=[str(first), str(last)]),
        "query": urlencode(scope.query()),
    }
    return render(request, "reports/report.html", context)


@staff_view(READ)
@require_safe
def report_rows(request: HttpRequest, first: Month, last: Month) -> HttpResponse:
    at = timezone.now()
    check_months(first, last, at)
    rows, signed = rows_or_404(first, last, request), Signed.read(reading())
    found = rows_of(rows, at=at, signed=signed.moments, using=signed.using)
    listing = LISTINGS[rows.measure.cube.kind]
    part = part_of(listing.prepared(found), page_number(request.GET.get("page", "")))
    context = {
        "rows": rows,
        "title": span_words(first, last),
        "part_words": listing.part_words(rows),
        "scope_words": scope_words(rows.scope),
        "number_words": listing.number_words(found.count()),
        "columns": listing.columns,
        "lines": [listing.line(row) for row in part.rows],
        "part": part,
        "query": f"{urlencode(rows.query())}&",
        "back": report_address(first, last, rows.scope),
        "signed": [each for each in signed.months.values() if first <= each.when <= last],
        "export": rows_address(rows, reverse("reports")).replace("/rows/", "/rows/export/"),
    }
    return render(request, "reports/rows.html", context)


def ask_form(at: datetime, start: Month | None, data: Any) -> AskForm:
    """Return the form that asks for months, from `start` to today's, and scope."""
    today = Month.of(at)
    months = list(months_from(max(EARLIEST, min(today, start or today)), today))
    return AskForm(data, months=months[::-1], hubs=Hub.objects.all(), topics=Topic.objects.all())


def check_months(first: Month, last: Month, at: datetime) -> None:
    """Raise Http404 for a range the wrong way round, too long, or in the future."""
    if last < first or months_in(first, last) > MOST_MONTHS or last > Month.of(at):
        raise Http404


def scope_or_404(request: HttpRequest) -> Scope:
    """Return the scope that an address asks for."""
    try:
        return Scope.read(request.GET)
    except UnknownRows as unknown:
        raise Http404 from unknown


def rows_or_404(first: Month, last: Month, request: HttpRequest) -> Rows:
    """Return the rows that an address asks for."""
    try:
        return Rows.read(first, last, request.GET)
    except UnknownRows as unknown:
        raise Http404 from unknown


def scope_words(scope: Scope) -> str:
    """Say what a report is limited to: "Idea Store Bow, Housing"; empty for everything."""
    parts = [
        "Online, no hub" if scope.no_hub else scope.hub.name_en if scope.hub else "",
        scope.topic.name_en if scope.topic else "",
        str(Enquiry.Channel(scope.channel).label) if scope.channel else "",
    ]
    return ", ".join(part for part in parts if part)


def _steps(first: Month, last: Month, scope: Scope, at: datetime) -> list[tuple[str, str]]:
    """Return the reports before and after: their names and addresses."""
    span = months_in(first, last)
    before = (first.plus(-span), last.plus(-span))
    after = (first.plus(span), last.plus(span))
    steps = [before] if before[0] >= EARLIEST else []
    if after[1] <= Month.of(at):
        steps.append(after)
    return [(span_words(*each), report_address(*each, scope)) for each in steps]
