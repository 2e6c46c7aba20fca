"""Giving a resident a copy of all that is kept of them, and erasing it."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import staff_view
from accounts.models import User
from enquiries import actions
from enquiries.errors import NotAllowedNow
from enquiries.forms.rights import CopyForm, EraseForm
from enquiries.histories import history_of
from enquiries.londontime import service_day
from enquiries.models import Resident
from enquiries.retention import StillOpen, open_for
from enquiries.subject_access import as_json
from enquiries.views.enquiries import CONFLICT, UNPROCESSABLE

ANSWER = "enquiries.answer_rights"


@staff_view(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def copy_resident(request: HttpRequest, pk: int) -> HttpResponse:
    resident, at = _resident(request.user, pk), timezone.now()
    form = CopyForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
        context = {"form": form, "resident": resident}
        return render(request, "enquiries/rights/copy.html", context, status=status)
    reason = form.cleaned_data["reason"]
    parts = actions.give_copy(resident=resident, reason=reason, by=request.user, at=at)
    if form.cleaned_data["form"] == "json":
        text = json.dumps(as_json(parts, resident=resident, at=at), ensure_ascii=False, indent=2)
        return _file(text, f"record-{pk}.json", "application/json")
    page = render_to_string(
        "enquiries/rights/copy_file.html", {"parts": parts, "resident": resident, "at": at}
    )
    return _file(page, f"record-{pk}.html", "text/html; charset=utf-8")


@staff_view(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def erase_resident(request: HttpRequest, pk: int) -> HttpResponse:
    resident, at = _resident(request.user, pk), timezone.now()
    form = EraseForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return _erase_page(request, resident, form, status=UNPROCESSABLE if form.is_bound else HTTPStatus.OK)
    try:
        reason = form.cleaned_data["reason"]
        actions.erase(resident=resident, reason=reason, by=request.user, at=at)
    except (StillOpen, NotAllowedNow):
        return _erase_page(request, resident, form, status=CONFLICT)
    messages.success(request, "The record is erased.")
    return redirect("resident", pk)


def _resident(user: User, pk: int) -> Resident:
    return get_object_or_404(Resident.objects.visible_to(user).current(), pk=pk)


def _erase_page(
    request: HttpRequest, resident: Resident, form: EraseForm, *, status: HTTPStatus
) -> HttpResponse:
    at, user = timezone.now(), request.user
    actions.note_view(resident=resident, page="erase", by=user, at=at)
    open_lines = history_of(resident, user, service_day(at)).promises
    context = {
        "form": form,
        "resident": resident,
        "still_open": open_for(resident),
        "open_lines": open_lines,
        "refused": status == CONFLICT,
    }
    return render(request, "enquiries/rights/erase.html", context, status=status)


def _file(text: str, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
