"""Visits by month and hub, for programs and spreadsheets, without a key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from hubs.feed_views import feed
from reports.export.csv_lines import csv_chunks
from reports.open_data import HEADING, csv_rows, json_record, public_months


@feed
def monthly_visits_csv(request: HttpRequest) -> HttpResponse:
    body = "".join(csv_chunks(HEADING, csv_rows(public_months(timezone.now()))))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="monthly-visits.csv"'
    return response


@feed
def monthly_visits_json(request: HttpRequest) -> HttpResponse:
    record = json_record(public_months(timezone.now()))
    return JsonResponse(record, json_dumps_params={"ensure_ascii": False})
