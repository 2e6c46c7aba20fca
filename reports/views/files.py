"""What leaves the portal: figures and rows, as CSV or Excel, each noted before it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import staff_view
from reports import actions
from reports.addresses import rows_address
from reports.counting import Signed
from reports.errors import ReasonMissing, TooManyForExcel, TooManyRows
from reports.export.csv_lines import csv_chunks
from reports.export.figure_rows import LIST_HEADING, figure_list, figure_sheets
from reports.export.row_columns import ROW_COLUMNS
from reports.export.workbook import Sheet, workbook
from reports.forms import ExportForm
from reports.models import ExportLog
from reports.months import Month, months_from
from reports.reading import reading
from reports.report import Report, report
from reports.rows import Rows, rows_of
from reports.views.pages import READ, check_months, rows_or_404, scope_or_404, scope_words
from reports.wording import count_words, span_words

TAKE_OUT = "reports.export_rows"
CSV = "text/csv; charset=utf-8"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_view(READ)
@require_safe
def figures_csv(request: HttpRequest, first: Month, last: Month) -> HttpResponse:
    at = timezone.now()
    lines = list(figure_list(_report(request, first, last, at)))
    _note(request, at, ExportLog.Format.CSV, len(lines))
    return _download(
        csv_chunks(LIST_HEADING, lines), f"figures-{first}-{last}.csv", "text/csv; charset=utf-8"
    )


@staff_view(READ)
@require_safe
def figures_xlsx(request: HttpRequest, first: Month, last: Month) -> HttpResponse:
    at = timezone.now()
    sheets = figure_sheets(_report(request, first, last, at))
    _note(request, at, ExportLog.Format.XLSX, sum(len(each.rows) for each in sheets))
    made = workbook(sheets, title=f"Residents’ Hubs, {span_words(first, last)}", at=at)
    return _download([made], f"figures-{first}-{last}.xlsx", EXCEL)


@staff_view(TAKE_OUT)
@require_http_methods(["GET", "HEAD", "POST"])
def export_rows(request: HttpRequest, first: Month, last: Month) -> HttpResponse:
    at = timezone.now()
    check_months(first, last, at)
    rows, signed = rows_or_404(first, last, request), Signed.read(reading())
    form = ExportForm(request.POST if request.method == "POST" else None)
    number = rows_of(rows, at=at, signed=signed.moments, using=signed.using).count()
    if not (form.is_valid() and _may_leave(request, form, number, at)):
        return _ask(request, form, rows, number)
    return _rows_file(rows, signed, at, form.cleaned_data["format"], personal=form.cleaned_data["personal"])


def _rows_file(rows: Rows, signed: Signed, at: datetime, file: str, *, personal: bool) -> HttpResponse:
    columns = ROW_COLUMNS[rows.measure.cube.kind]
    heading = columns.heading(personal=personal)
    months = (replace(rows, first=each, last=each) for each in months_from(rows.first, rows.last))
    found = (rows_of(each, at=at, signed=signed.moments, using=signed.using) for each in months)
    lines = columns.lines(found, personal=personal)
    name = f"{rows.measure.key}-{rows.first}-{rows.last}.{file}"
    if file == ExportLog.Format.CSV:
        return _download(csv_chunks(heading, lines), name, CSV)
    title = f"{rows.measure.name}, {span_words(rows.first, rows.last)}"
    sheet = Sheet(rows.measure.name, title, heading, list(lines))
    return _download([workbook([sheet], title=title, at=at)], name, EXCEL)


def _may_leave(request: HttpRequest, form: ExportForm, number: int, at: datetime) -> bool:
    """Note the export; where it is refused, say so in the form and return False."""
    asked = form.cleaned_data
    personal, reason = asked["personal"], asked["reason"] if asked["personal"] else ""
    try:
        _note(request, at, asked["format"], number, personal=personal, reason=reason)
    except ReasonMissing:
        form.add_error("reason", "Say why you need names and stories")
    except TooManyRows:
        most = count_words(actions.MOST_PERSONAL_ROWS)
        form.add_error(
            "personal",
            f"These are {count_words(number)} rows. Names and stories leave with {most} at most: "
            "choose fewer months, one hub or one topic",
        )
    except TooManyForExcel:
        most = count_words(actions.MOST_WORKBOOK_ROWS)
        form.add_error(
            "format", f"These are {count_words(number)} rows. Excel files hold {most} at most: choose CSV"
        )
    return form.is_valid()


def _ask(request: HttpRequest, form: ExportForm, rows: Rows, number: int) -> HttpResponse:
    context = {
        "form": form,
        "measure": rows.measure,
        "title": span_words(rows.first, rows.last),
        "scope_words": scope_words(rows.scope),
        "number": count_words(number),
        "back": rows_address(rows, reverse("reports")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "reports/export.html", context, status=status)


def _report(request: HttpRequest, first: Month, last: Month, at: datetime) -> Report:
    check_months(first, last, at)
    return report(first, last, scope=scope_or_404(request), at=at)


def _note(
    request: HttpRequest, at: datetime, file: str, rows: int, *, personal: bool = False, reason: str = ""
) -> None:
    what = request.get_full_path().removeprefix(reverse("reports"))[:300]
    actions.note_export(
        by=request.user,
        at=at,
        what=what,
        format=file,
        rows=rows,
        personal=personal,
        reason=reason,  # type: ignore[arg-type]
    )


def _download(chunks: Iterable[str | bytes], name: str, kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
