"""Signing a month off, and what has changed in it since."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import staff_view
from reports import actions
from reports.amendments import amendments, drifts
from reports.errors import AlreadySignedOff, BeforeAnyVisit, MonthNotOver
from reports.forms import SignOffForm
from reports.models import FrozenMonth
from reports.months import Month
from reports.report import first_month, report
from reports.views.pages import READ

SIGN = "reports.sign_off_month"
MOST_CHANGES = 500
"""The most changes that one page lists."""


@staff_view(SIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_off(request: HttpRequest, month: Month) -> HttpResponse:
    at = timezone.now()
    form = SignOffForm(request.POST if request.method == "POST" else None)
    try:
        actions.refuse_unless_ready(month=month, at=at)
        if form.is_valid():
            actions.sign_off(month=month, by=request.user, at=at, note=form.cleaned_data["note"])  # type: ignore[arg-type]
            messages.success(request, f"{month.words} is signed off.")
            return redirect("report-month", str(month))
    except AlreadySignedOff:
        messages.info(request, f"{month.words} was signed off before. Nothing has changed.")
        return redirect("report-month", str(month))
    except (MonthNotOver, BeforeAnyVisit):
        return _refused(request, month, at)
    context = {"form": form, "month": month, "headlines": report(month, month, at=at).headlines}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "reports/sign_off.html", context, status=status)


def _refused(request: HttpRequest, month: Month, at: datetime) -> HttpResponse:
    context = {"month": month, "is_over": month.is_over(at), "first": first_month(DEFAULT_DB_ALIAS)}
    return render(request, "reports/not_signed_off.html", context, status=HTTPStatus.CONFLICT)


@staff_view(READ)
@require_safe
def amendments_page(request: HttpRequest, month: Month) -> HttpResponse:
    frozen = get_object_or_404(FrozenMonth.objects.select_related("signed_by"), month=month.number)
    context = {
        "frozen": frozen,
        "month": month,
        "changes": amendments(frozen, most=MOST_CHANGES),
        "most": MOST_CHANGES,
        "drifts": drifts(frozen),
    }
    return render(request, "reports/amendments.html", context)
