"""Handing an enquiry to a service, the service's inbox, and its page of one referral."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import staff_view
from accounts.models import User
from enquiries import actions
from enquiries.consent import consent_wording
from enquiries.errors import AlreadyReferred, AlreadyTaken, MustHaveMissing, NotAllowedNow
from enquiries.forms.enquiries import StepForm
from enquiries.forms.referrals import AcceptForm, FinishForm, ReferForm, ReturnForm
from enquiries.histories import history_of
from enquiries.londontime import service_day
from enquiries.lookups import lookups_at
from enquiries.models import Enquiry, Referral
from enquiries.paging import page_number, part_of
from enquiries.slips import language_of
from enquiries.views.enquiries import CONFLICT, TAKE, UNPROCESSABLE, WORK, enquiry_or_404, may_work
from hubs.models import Service

SHOWN = {"live": "To do", "sent": "New", "accepted": "Accepted", "overdue": "Overdue", "finished": "Finished"}
"""What the inbox can be narrowed to."""


@staff_view(WORK, TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: HttpRequest, reference: str) -> HttpResponse:
    at, user = timezone.now(), request.user
    enquiry = enquiry_or_404(user, reference)  # type: ignore[arg-type]
    if not may_work(user, enquiry):  # type: ignore[arg-type]
        raise PermissionDenied
    services = list(Service.objects.filter(retired_on__isnull=True))
    service = _service_chosen(request, services, enquiry)
    posted = request.POST if request.method == "POST" else None
    if service is None:
        status = UNPROCESSABLE if posted is not None else HTTPStatus.OK
        return render(
            request, "enquiries/referral/choose.html", _choosing(enquiry, services, None), status=status
        )
    questions = actions.questions_for(service, enquiry)
    form = ReferForm(posted, questions=questions, initial={"story": enquiry.words})
    if not form.is_valid():
        return _refer_page(request, form, enquiry, services, service, at)
    return _send(request, form, enquiry, services, service, at)


@staff_view(TAKE)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    today = service_day(timezone.now())
    seen = Referral.objects.visible_to(request.user)  # type: ignore[arg-type]
    services = _services_of(request.user)  # type: ignore[arg-type]
    service = next((each for each in services if each.slug == request.GET.get("service")), None)
    if service is not None:
        seen = seen.filter(service=service)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "live"
    context = {
        "part": part_of(_shown(seen, show, today).for_inbox(), page_number(request.GET.get("page", ""))),
        "counts": _counts(seen, today),
        "services": services,
        "service": service,
        "shown": SHOWN,
        "show": show,
        "today": today,
    }
    return render(request, "enquiries/referral/inbox.html", context)


@staff_view(TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def referral_page(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    referral = _referral_or_404(user, pk)  # type: ignore[arg-type]
    if request.method != "POST":
        return _page(request, referral, at)
    name = request.POST.get("step", "")
    if name not in STEPS:
        return _page(request, referral, at, status=UNPROCESSABLE)
    form = _form_of(name, at, request.POST)
    if not form.is_valid():
        return _page(request, referral, at, {name: form}, status=UNPROCESSABLE)
    facts = {key: value for key, value in form.cleaned_data.items() if key != "seen"}
    try:
        STEPS[name](referral=referral, by=user, at=at, **facts)
    except AlreadyTaken:
        return _page(request, _referral_or_404(user, pk), at, {name: form}, status=CONFLICT)  # type: ignore[arg-type]
    messages.success(request, DONE[name])
    return redirect("referral", pk) if name == "accept" else redirect("referrals")


STEPS = {"accept": actions.accept, "return": actions.return_to_desk, "finish": actions.finish}
DONE = {
    "accept": "It is yours now.",
    "return": "It is back with the desk.",
    "finish": "It is finished, and the resident can read your sentence.",
}
_OFFERED = {Referral.Status.SENT: ("accept", "return"), Referral.Status.ACCEPTED: ("finish", "return")}


def _service_chosen(request: HttpRequest, services: list[Service], enquiry: Enquiry) -> Service | None:
    usual = enquiry.topic.service.slug if enquiry.topic.service else ""
    asked = request.POST.get("service", "") if request.method == "POST" else request.GET.get("service", usual)
    return next((each for each in services if each.slug == asked), None)


def _choosing(enquiry: Enquiry, services: list[Service], service: Service | None) -> dict[str, Any]:
    return {"enquiry": enquiry, "services": services, "service": service}


def _send(
    request: HttpRequest,
    form: ReferForm,
    enquiry: Enquiry,
    services: list[Service],
    service: Service,
    at: datetime,
) -> HttpResponse:
    try:
        actions.refer(
            enquiry=enquiry,
            service=service,
            answers=form.answers(),
            consent_wording=_consent(enquiry, service),
            story=form.cleaned_data["story"],
            by=request.user,  # type: ignore[arg-type]
            at=at,
        )
    except MustHaveMissing as missing:
        form.ask_for(missing.questions)
        return _refer_page(request, form, enquiry, services, service, at)
    except (AlreadyReferred, NotAllowedNow):
        return _refer_page(request, form, enquiry, services, service, at, status=CONFLICT)
    messages.success(request, f"{service.name_en} has the whole story now. Give the resident a slip.")
    return redirect("slip", enquiry.reference)


def _refer_page(
    request: HttpRequest,
    form: ReferForm,
    enquiry: Enquiry,
    services: list[Service],
    service: Service,
    at: datetime,
    status: HTTPStatus | None = None,
) -> HttpResponse:
    status = status or (UNPROCESSABLE if form.errors else HTTPStatus.OK)
    context = _choosing(enquiry, services, service) | {
        "form": form,
        "consent": _consent(enquiry, service),
        "consent_language": language_of(enquiry),
        "consent_in_english": consent_wording(service),
        "promised_on": actions.promised_on(service, at),
        "latest": enquiry.events.select_related("by").last() if status == CONFLICT else None,
    }
    if enquiry.resident:
        actions.note_view(resident=enquiry.resident, page="refer", by=request.user, at=at)  # type: ignore[arg-type]
    return render(request, "enquiries/referral/refer.html", context, status=status)


def _consent(enquiry: Enquiry, service: Service) -> str:
    with translation.override(language_of(enquiry)):
        return consent_wording(service)


def _services_of(user: User) -> list[Service]:
    if user.has_perm("enquiries.see_every_hub"):
        return list(Service.objects.filter(retired_on__isnull=True))
    return list(user.services.all())


def _shown(seen: Any, show: str, today: Any) -> Any:
    if show == "finished":
        return seen.filter(status=Referral.Status.FINISHED).order_by("-finished_at")
    live = seen.overdue(today) if show == "overdue" else seen.live()
    rows = live.filter(status=show) if show in (Referral.Status.SENT, Referral.Status.ACCEPTED) else live
    return rows.order_by("due_on", "pk")


def _counts(seen: Any, today: Any) -> dict[str, int]:
    return seen.live().aggregate(
        sent=Count("pk", filter=Q(status="sent")),
        accepted=Count("pk", filter=Q(status="accepted")),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
    )


def _referral_or_404(user: User, pk: int) -> Referral:
    found = Referral.objects.visible_to(user).for_page().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _form_of(name: str, at: datetime, data: Any = None) -> StepForm:
    if name == "finish":
        return FinishForm(data, auto_id=f"{name}_%s", lookups=lookups_at(service_day(at)))
    return {"accept": AcceptForm, "return": ReturnForm}[name](data, auto_id=f"{name}_%s")


def _page(
    request: HttpRequest,
    referral: Referral,
    at: datetime,
    sent: dict[str, StepForm] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    user, today, enquiry, sent = request.user, service_day(at), referral.enquiry, sent or {}
    history = history_of(enquiry.resident, user, today, but=enquiry)  # type: ignore[arg-type]
    if enquiry.resident:
        actions.note_view(resident=enquiry.resident, page="referral", by=user, at=at)  # type: ignore[arg-type]
    forms = {name: _form_of(name, at) for name in _OFFERED.get(referral.status, ())}  # type: ignore[call-overload]
    context = {
        "referral": referral,
        "enquiry": enquiry,
        "events": list(enquiry.events.select_related("by")),
        "history": history,
        "forms": forms | (sent if status == UNPROCESSABLE else {}),
        "failed": next(iter(sent.values()), None) if status == UNPROCESSABLE else None,
        "lost": next(iter(sent.values()), None) if status == CONFLICT else None,
        "is_overdue": referral.is_overdue(today),
    }
    return render(request, "enquiries/referral/page.html", context, status=status)
