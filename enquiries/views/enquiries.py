"""The desk's list of enquiries, and the page of one."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import staff_view
from accounts.models import User
from enquiries import actions
from enquiries.errors import NotAllowedNow
from enquiries.forms.enquiries import SearchForm, StepForm
from enquiries.histories import history_of
from enquiries.londontime import service_day
from enquiries.models import Enquiry
from enquiries.paging import page_number, part_of
from enquiries.references import tidied
from enquiries.views.enquiry_steps import STEPS, form_of, forms_offered, perform

WORK, TAKE = "enquiries.work_enquiries", "enquiries.work_referrals"

UNPROCESSABLE, CONFLICT = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT
SEARCH = "enquiries_searched"
"""Where the session keeps what was searched for: a name in an address would stay in the browser."""

SHOWN = {
    "open": "Still open",
    "overdue": "Overdue",
    "online": "Asked online",
    "referred": "With a service",
    "closed": "Closed",
}


@staff_view(WORK, TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry_list(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _search(request)
    today = service_day(timezone.now())
    seen = Enquiry.objects.visible_to(request.user)  # type: ignore[arg-type]
    show = request.GET.get("show", "")
    if show:
        request.session.pop(SEARCH, None)
    show = show if show in SHOWN else "open"
    text = request.session.get(SEARCH, "")
    rows = _found(seen, text) if text else _shown(seen, show, today)
    context = {
        "part": part_of(rows.for_desk(), page_number(request.GET.get("page", ""))),
        "overdue": seen.overdue(today).count(),
        "shown": SHOWN,
        "show": "" if text else show,
        "text": text,
        "today": today,
    }
    return render(request, "enquiries/enquiry/list.html", context)


@staff_view(WORK, TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry_page(request: HttpRequest, reference: str) -> HttpResponse:
    at, user = timezone.now(), request.user
    enquiry = enquiry_or_404(user, reference)  # type: ignore[arg-type]
    if request.method != "POST":
        return _page(request, enquiry, at)
    if not may_work(user, enquiry):  # type: ignore[arg-type]
        raise PermissionDenied
    name = request.POST.get("step", "")
    if name not in STEPS:
        return _page(request, enquiry, at, status=UNPROCESSABLE)
    form = form_of(name, enquiry, user, at, request.POST)  # type: ignore[arg-type]
    if not form.is_valid():
        return _page(request, enquiry, at, {name: form}, status=UNPROCESSABLE)
    try:
        perform(name, form, enquiry, user, at)  # type: ignore[arg-type]
    except NotAllowedNow:
        return _page(request, enquiry_or_404(user, reference), at, {name: form}, status=CONFLICT)  # type: ignore[arg-type]
    return _done(request, name, enquiry)


def enquiry_or_404(user: User, reference: str) -> Enquiry:
    """Return an enquiry with all that its pages show; 404 where it is out of this person's sight."""
    rows = Enquiry.objects.visible_to(user).for_page()
    found = rows.filter(reference=tidied(reference)).first()
    if found is None:
        raise Http404
    return found


def may_work(user: User, enquiry: Enquiry) -> bool:
    """Whether somebody who sees an enquiry may also answer and close it.

    A desk may; a service officer only an online question about a sensitive topic, which no desk sees.
    """
    return user.has_perm(WORK) or (enquiry.hub_id is None and enquiry.topic.sensitive)


def _search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    request.session[SEARCH] = form.cleaned_data["q"] if form.is_valid() else ""
    return redirect("enquiries")


def _found(seen: Any, text: str) -> Any:
    whole = seen.search(text)
    return whole if whole.exists() else seen.search(text, beginnings=True)


def _shown(seen: Any, show: str, today: Any) -> Any:
    if show == "closed":
        return seen.filter(status=Enquiry.Status.CLOSED).order_by("-opened_at")
    rows = {
        "open": seen.still_open(),
        "overdue": seen.overdue(today),
        "online": seen.still_open().filter(channel=Enquiry.Channel.ONLINE),
        "referred": seen.filter(status=Enquiry.Status.REFERRED),
    }[show]
    # Whoever was promised an answer first; those who were promised none by when they came.
    return rows.order_by(F("due_on").asc(nulls_last=True), "opened_at", "pk")


def _page(
    request: HttpRequest,
    enquiry: Enquiry,
    at: datetime,
    sent: dict[str, StepForm] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    user, today, sent = request.user, service_day(at), sent or {}
    form = next(iter(sent.values()), None)
    events = list(enquiry.events.select_related("by"))
    history = history_of(enquiry.resident, user, today, but=enquiry)  # type: ignore[arg-type]
    if enquiry.resident:
        actions.note_view(resident=enquiry.resident, page="enquiry", by=user, at=at)  # type: ignore[arg-type]
    offered = forms_offered(enquiry, user, at, seen=events[-1].pk if events else 0)  # type: ignore[arg-type]
    context = {
        "enquiry": enquiry,
        "events": events,
        "referrals": enquiry.referrals.for_inbox().order_by("-sent_at"),
        "history": history,
        "may_work": may_work(user, enquiry),  # type: ignore[arg-type]
        "forms": offered | (sent if status == UNPROCESSABLE else {}),
        "failed": form if status == UNPROCESSABLE else None,
        "lost": form if status == CONFLICT else None,
        "is_overdue": enquiry.is_overdue(today),
    }
    return render(request, "enquiries/enquiry/page.html", context, status=status)


def _done(request: HttpRequest, name: str, enquiry: Enquiry) -> HttpResponse:
    messages.success(request, STEPS[name].done)
    by_message = enquiry.reply_by in (Enquiry.ReplyBy.EMAIL, Enquiry.ReplyBy.POST)
    if name in ("answer", "close") and by_message:
        messages.info(request, f"They asked for an answer by {enquiry.get_reply_by_display().lower()}.")
        return redirect("slip", enquiry.reference)
    return redirect("enquiry", enquiry.reference)
