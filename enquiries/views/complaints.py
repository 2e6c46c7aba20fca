"""Complaints about personal data: the public form, and the list that has to be acknowledged in time."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import staff_view
from enquiries import actions
from enquiries.errors import AlreadyTaken, TooManyTries
from enquiries.forms.complaints import ComplaintAnswerForm, ComplaintForm
from enquiries.londontime import service_day
from enquiries.models import DataProtectionComplaint
from enquiries.paging import page_number, part_of
from enquiries.references import tidied
from enquiries.views.enquiries import CONFLICT, UNPROCESSABLE
from enquiries.views.from_internet import caller_of, refuse, resident_page
from hubs.models import Notice

ANSWER = "enquiries.answer_complaints"


@resident_page("GET", "HEAD", "POST")
def complain(request: HttpRequest) -> HttpResponse:
    """Complain: the form, the answers to check, and sending. `step` says what the button is for."""
    at, step = timezone.now(), request.POST.get("step", "")
    if request.method != "POST" or step == "change":
        return _show(request, "form", {"form": ComplaintForm(at=at, initial=_typed_before(request))}, at)
    form = ComplaintForm(request.POST, at=at)
    if not form.is_valid():
        return _show(request, "form", {"form": form}, at, status=UNPROCESSABLE)
    if step != "send":
        return _show(request, "check", {"form": form}, at)
    try:
        complaint, _is_new = actions.receive_complaint(
            token=form.next_stamp.token, caller=caller_of(request), at=at, **form.typed()
        )
    except TooManyTries as full:
        return refuse(request, "enquiries/complaint/check.html", full, {"form": form, "too_many": True})
    return redirect("complaint-sent", complaint.token)


@resident_page("GET", "HEAD", private=True)
def complaint_sent(request: HttpRequest, token: UUID) -> HttpResponse:
    """Say that a complaint arrived: its reference, and by when it is acknowledged."""
    complaint = get_object_or_404(DataProtectionComplaint, token=token)
    return _show(request, "sent", {"complaint": complaint}, timezone.now())


@staff_view(ANSWER)
@require_safe
def complaint_list(request: HttpRequest) -> HttpResponse:
    rows = DataProtectionComplaint.objects.order_by(F("answered_at").desc(nulls_first=True), "acknowledge_by")
    part = part_of(
        rows.select_related("acknowledged_by", "answered_by"), page_number(request.GET.get("page", ""))
    )
    today = service_day(timezone.now())
    shown = [(each, each.is_overdue(today)) for each in part.rows]
    return render(request, "enquiries/complaint/list.html", {"part": part, "shown": shown})


@staff_view(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_page(request: HttpRequest, reference: str) -> HttpResponse:
    at, step = timezone.now(), request.POST.get("step", "")
    rows = DataProtectionComplaint.objects.select_related("acknowledged_by", "answered_by")
    complaint = get_object_or_404(rows, reference=tidied(reference))
    form = ComplaintAnswerForm(request.POST if step == "answer" else None)
    if request.method != "POST" or (form.is_bound and not form.is_valid()) or step not in STEPS:
        status = HTTPStatus.OK if request.method != "POST" else UNPROCESSABLE
        return _staff_page(request, complaint, form, at, status=status)
    try:
        STEPS[step](
            complaint=complaint, by=request.user, at=at, **(form.cleaned_data if form.is_bound else {})
        )
    except AlreadyTaken:
        complaint.refresh_from_db()
        return _staff_page(request, complaint, form, at, status=CONFLICT)
    messages.success(request, "It is noted.")
    return redirect("complaint", complaint.reference)


STEPS = {"acknowledge": actions.acknowledge_complaint, "answer": actions.answer_complaint}


def _show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    at: datetime,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    notices = Notice.objects.showing(at).for_every_page()
    return render(
        request, f"enquiries/complaint/{template}.html", {"notices": notices} | context, status=status
    )


def _staff_page(
    request: HttpRequest,
    complaint: DataProtectionComplaint,
    form: ComplaintAnswerForm,
    at: datetime,
    *,
    status: HTTPStatus,
) -> HttpResponse:
    context = {
        "complaint": complaint,
        "form": form,
        "overdue": complaint.is_overdue(service_day(at)),
        "taken": status == CONFLICT,
    }
    return render(request, "enquiries/complaint/page.html", context, status=status)


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    """Return what the form starts with: everything typed so far, or the page's language."""
    if request.method != "POST":
        return {"language": get_language()}
    typed = {name: request.POST.get(name, "") for name in ComplaintForm.base_fields}
    return typed | {"website": ""}
