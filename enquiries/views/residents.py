"""Residents' records: found, looked at, made, changed, merged, and who looked."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import staff_view
from accounts.models import User
from enquiries import actions
from enquiries.errors import NotAllowedNow
from enquiries.forms.enquiries import SearchForm
from enquiries.forms.residents import MergeForm, RecordViewsForm, ResidentForm
from enquiries.histories import histories_of, history_of
from enquiries.londontime import service_day
from enquiries.models import Enquiry, RecordView, Resident
from enquiries.paging import page_number, part_of
from enquiries.record_parts import parts_of
from enquiries.references import tidied
from enquiries.views.enquiries import CONFLICT, UNPROCESSABLE, WORK

SEARCH = "residents_searched"
"""Where the session keeps who was searched for: a name in an address would stay in the browser."""

PURPOSES = ("enquiry", "merge")
"""Why a resident is looked for: for an anonymous enquiry (its reference), or as the same person (an id)."""


@staff_view(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def resident_list(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = SearchForm(request.POST)
        request.session[SEARCH] = form.cleaned_data["q"] if form.is_valid() else ""
        return redirect(_with_purpose(request, "residents", request.POST))
    at, user, text = timezone.now(), request.user, request.session.get(SEARCH, "")
    rows = Resident.objects.visible_to(user).current().search(text)  # type: ignore[arg-type]
    part = part_of(rows, page_number(request.GET.get("page", "")))
    enquiries = Enquiry.objects.visible_to(user).search(text).for_desk()[:5]  # type: ignore[arg-type]
    context = _purpose(request) | {
        "part": part,
        "rows": _with_histories(part.rows, user, at),  # type: ignore[arg-type]
        "enquiries": enquiries,
        "text": text,
    }
    actions.note_views(residents=part.rows, page="search", by=user, at=at)  # type: ignore[arg-type]
    return render(request, "enquiries/resident/list.html", context)


@staff_view(WORK)
@require_safe
def resident_page(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    resident = _resident_or_404(user, pk)  # type: ignore[arg-type]
    if resident.merged_into_id:
        return redirect("resident", resident.merged_into_id)
    actions.note_view(resident=resident, page="resident", by=user, at=at)  # type: ignore[arg-type]
    context = {
        "resident": resident,
        "parts": parts_of(resident, user, service_day(at)),  # type: ignore[arg-type]
        "history": history_of(resident, user, service_day(at)),  # type: ignore[arg-type]
        "events": resident.events.select_related("by", "other"),
    }
    return render(request, "enquiries/resident/page.html", context)


@staff_view(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def add_resident(request: HttpRequest) -> HttpResponse:
    at, user = timezone.now(), request.user
    form = ResidentForm(request.POST if request.method == "POST" else None)
    same: list[Resident] = []
    if form.is_bound and form.is_valid():
        same = Resident.objects.visible_to(user).current().like_person(form.facts())  # type: ignore[arg-type]
        if form.says_somebody_else(same):
            made = actions.add_resident(by=user, at=at, **form.facts())  # type: ignore[arg-type]
            return _added(request, made)
        actions.note_views(residents=same, page="duplicate", by=user, at=at)  # type: ignore[arg-type]
    context = _purpose(request) | {"form": form, "same": _with_histories(same, user, at)}  # type: ignore[arg-type]
    status = UNPROCESSABLE if form.errors else HTTPStatus.OK
    return render(request, "enquiries/resident/add.html", context, status=status)


@staff_view(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def change_resident(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    resident = _resident_or_404(user, pk)  # type: ignore[arg-type]
    if request.method != "POST":
        if resident.merged_into_id:
            return redirect("change-resident", resident.merged_into_id)
        actions.note_view(resident=resident, page="change", by=user, at=at)  # type: ignore[arg-type]
        return _change_page(request, resident, ResidentForm(initial=_as_kept(resident)))
    form = ResidentForm(request.POST)
    if not form.is_valid():
        return _change_page(request, resident, form, status=UNPROCESSABLE)
    try:
        seen = form.cleaned_data["seen"]
        actions.change_resident(resident=resident, by=user, at=at, seen=seen, **form.facts())  # type: ignore[arg-type]
    except NotAllowedNow:
        return _change_page(request, resident, form, status=CONFLICT)
    messages.success(request, "The record is changed.")
    return redirect("resident", pk)


@staff_view(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def merge_residents(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    keep = _resident_or_404(user, pk)  # type: ignore[arg-type]
    others = Resident.objects.visible_to(user).current().exclude(pk=pk)  # type: ignore[arg-type]
    form = MergeForm(request.POST if request.method == "POST" else request.GET, residents=others)
    if keep.merged_into_id or not form.is_valid():
        return _merge_page(request, keep, None, at, status=CONFLICT if keep.merged_into_id else UNPROCESSABLE)
    other = form.cleaned_data["other"]
    if request.method != "POST":
        return _merge_page(request, keep, other, at)
    try:
        actions.merge_residents(keep=keep, other=other, by=user, at=at)  # type: ignore[arg-type]
    except NotAllowedNow:
        return _merge_page(request, keep, None, at, status=CONFLICT)
    messages.success(request, "The two records are one now.")
    return redirect("resident", pk)


@staff_view("enquiries.see_record_views")
@require_safe
def record_views(request: HttpRequest) -> HttpResponse:
    form = RecordViewsForm(request.GET)
    rows = RecordView.objects.select_related("by", "resident").order_by("-at", "-pk")
    if form.is_valid():
        asked = {"by__username": form.cleaned_data["who"], "resident": form.cleaned_data["resident"]}
        rows = rows.filter(**{name: value for name, value in asked.items() if value})
    part = part_of(rows, page_number(request.GET.get("page", "")))
    context = {"part": part, "form": form, "query": _asked_again(form)}
    return render(request, "enquiries/resident/record_views.html", context)


def _resident_or_404(user: User, pk: int) -> Resident:
    found = Resident.objects.visible_to(user).select_related("created_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _with_histories(residents: list[Resident], user: User, at: datetime) -> list[tuple[Resident, Any]]:
    known = histories_of(residents, user, service_day(at))
    return [(each, known[each.pk]) for each in residents]


def _purpose(request: HttpRequest) -> dict[str, Any]:
    """Return what a resident is looked for, as far as it makes sense."""
    reference, pk = tidied(request.GET.get("enquiry", "")), request.GET.get("merge", "")
    found = {"enquiry": reference, "merge": pk if pk.isascii() and pk.isdecimal() else ""}
    return {"purpose": {name: value for name, value in found.items() if value}, "query": urlencode(found)}


def _with_purpose(request: HttpRequest, name: str, data: Any) -> str:
    query = urlencode({key: data[key] for key in PURPOSES if data.get(key)})
    return reverse(name) + (f"?{query}" if query else "")


def _added(request: HttpRequest, made: Resident) -> HttpResponse:
    messages.success(request, "The record is made.")
    enquiry = Enquiry.objects.visible_to(request.user).filter(
        reference=tidied(request.GET.get("enquiry", ""))
    )  # type: ignore[arg-type]
    found = enquiry.first()
    if found is None:
        return redirect("resident", made.pk)
    try:
        actions.name_resident(enquiry=found, resident=made, by=request.user, at=made.created_at)  # type: ignore[arg-type]
    except NotAllowedNow:
        messages.error(request, "The enquiry has a resident already: the record was made, and not put there.")
    return redirect("enquiry", found.reference)


def _as_kept(resident: Resident) -> dict[str, Any]:
    return ResidentForm.of(resident) | {"seen": _last_event(resident)}


def _last_event(resident: Resident) -> int:
    return resident.events.order_by("-pk").values_list("pk", flat=True).first() or 0


def _change_page(
    request: HttpRequest, resident: Resident, form: ResidentForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = {"form": form, "resident": resident, "lost": None}
    if status == CONFLICT:
        latest = resident.events.select_related("by").last()
        fresh = _resident_or_404(request.user, resident.pk)  # type: ignore[arg-type]
        context |= {"form": ResidentForm(initial=_as_kept(fresh)), "lost": form, "latest": latest}
    return render(request, "enquiries/resident/change.html", context, status=status)


def _merge_page(
    request: HttpRequest,
    keep: Resident,
    other: Resident | None,
    at: datetime,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    user = request.user
    both = [each for each in (keep, other) if each is not None]
    actions.note_views(residents=both, page="merge", by=user, at=at)  # type: ignore[arg-type]
    pairs = _with_histories(both, user, at)  # type: ignore[arg-type]
    context = {"keep": keep, "other": other, "pairs": pairs}
    return render(request, "enquiries/resident/merge.html", context, status=status)


def _asked_again(form: RecordViewsForm) -> str:
    return urlencode({field.name: field.value() for field in form if field.value()})
