"""The slip that a resident takes away: shown, printed, sent."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import staff_view
from enquiries import actions
from enquiries.errors import NotDelivered, SlipRefused
from enquiries.forms.enquiries import SlipForm
from enquiries.londontime import service_day
from enquiries.models import Enquiry, Slip
from enquiries.slips import language_of, slip_for, ways_out
from enquiries.views.enquiries import TAKE, UNPROCESSABLE, WORK, enquiry_or_404

Way = Slip.Way


@staff_view(WORK, TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    at = timezone.now()
    enquiry = enquiry_or_404(request.user, reference)  # type: ignore[arg-type]
    if request.method != "POST":
        return _page(request, enquiry, at)
    form = SlipForm(request.POST)
    if not form.is_valid():
        return _page(request, enquiry, at, "Choose how to give the slip.", UNPROCESSABLE)
    try:
        given = actions.give_slip(enquiry=enquiry, by=request.user, at=at, **form.cleaned_data)  # type: ignore[arg-type]
    except SlipRefused as refused:
        return _page(request, enquiry, at, f"{refused} Print the slip instead.", UNPROCESSABLE)
    except NotDelivered as failed:
        words = f"It was not sent. {failed} Print the slip, or try again later."
        return _page(request, enquiry, at, words, HTTPStatus.SERVICE_UNAVAILABLE)
    if given.way != Way.PRINT:
        messages.success(request, "The slip is on its way.")
        return redirect("enquiry", enquiry.reference)
    return redirect(f"{reverse('slip', args=[enquiry.reference])}?language={given.language}&print=yes")


def _page(
    request: HttpRequest,
    enquiry: Enquiry,
    at: datetime,
    problem: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    if enquiry.resident:
        actions.note_view(resident=enquiry.resident, page="slip", by=request.user, at=at)  # type: ignore[arg-type]
    referrals = enquiry.referrals.select_related("service").order_by("id")
    context: dict[str, Any] = {
        "enquiry": enquiry,
        "slip": slip_for(enquiry, referrals, _language(request, enquiry), service_day(at)),
        "ways": ways_out(enquiry),
        "problem": problem,
        "print_now": "print" in request.GET,
    }
    return render(request, "enquiries/slip/page.html", context, status=status)


def _language(request: HttpRequest, enquiry: Enquiry) -> str:
    asked = request.POST.get("language") or request.GET.get("language")
    return asked if asked in ("en", "bn") else language_of(enquiry)
