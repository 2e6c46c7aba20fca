"""The waiting list, the screen in the waiting room, and every move on the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from accounts.access import staff_view
from enquiries import actions
from enquiries.errors import AlreadyTaken, NotAllowedNow, NothingWaiting
from enquiries.forms.desk import LeaveForm
from enquiries.models import Enquiry, Visit
from enquiries.views.at_hub import address, at_a_hub
from enquiries.waiting_list import state_of, today_at, waiting_list
from hubs.models import Hub


def _newest(request: HttpRequest, hub: Hub) -> str:
    return f'"{state_of(hub, timezone.now())}"'


@staff_view("enquiries.log_visit")
@require_safe
@at_a_hub
def waiting_list_page(request: HttpRequest, hub: Hub) -> HttpResponse:
    return render(request, "enquiries/desk/waiting_list.html", _page(request, hub, timezone.now()))


@staff_view("enquiries.log_visit")
@require_safe
@at_a_hub
@condition(etag_func=_newest)
def waiting_rows(request: HttpRequest, hub: Hub) -> HttpResponse:
    context = _room(request, hub, timezone.now())
    return render(request, "enquiries/desk/_kept_rows.html", context)


@staff_view("enquiries.log_visit")
@require_safe
@at_a_hub
@condition(etag_func=_newest)
def waiting_summary(request: HttpRequest, hub: Hub) -> HttpResponse:
    at = timezone.now()
    context = {
        "hub": hub,
        "room": waiting_list(hub, request.user, at),  # type: ignore[arg-type]
        "today": today_at(hub, request.user, at),  # type: ignore[arg-type]
    }
    return render(request, "enquiries/desk/_summary.html", context)


@staff_view("enquiries.log_visit")
@require_safe
@at_a_hub
def waiting_display(request: HttpRequest, hub: Hub) -> HttpResponse:
    context = {
        "hub": hub,
        "room": waiting_list(hub, request.user, timezone.now()),  # type: ignore[arg-type]
        "numbers_address": reverse("waiting-display-numbers", args=[hub.slug]),
    }
    return render(request, "enquiries/desk/display.html", context)


@staff_view("enquiries.log_visit")
@require_safe
@at_a_hub
@condition(etag_func=_newest)
def waiting_display_numbers(request: HttpRequest, hub: Hub) -> HttpResponse:
    context = {"room": waiting_list(hub, request.user, timezone.now())}  # type: ignore[arg-type]
    return render(request, "enquiries/desk/_numbers.html", context)


@staff_view("enquiries.log_visit")
@require_POST
@at_a_hub
def call_next(request: HttpRequest, hub: Hub) -> HttpResponse:
    try:
        visit = actions.call_next(hub=hub, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except NothingWaiting:
        messages.info(request, "Nobody is waiting.")
    else:
        messages.success(request, f"Call {visit.ticket}.")
    return redirect(address("waiting-list", request, hub))


@staff_view("enquiries.log_visit")
@require_POST
def call_visit(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, actions.call_visit, "Call {}.")


@staff_view("enquiries.log_visit")
@require_POST
def hold_visit(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, actions.hold, "{} is on hold.")


@staff_view("enquiries.log_visit")
@require_POST
def return_visit(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, actions.return_to_list, "{} is waiting again, in the old place.")


@staff_view("enquiries.log_visit")
@require_POST
def finish_visit(request: HttpRequest, pk: int) -> HttpResponse:
    response = _move(request, pk, actions.finish_visit, "You have finished with {}. Note what happened.")
    unsettled = Enquiry.objects.visible_to(request.user).filter(  # type: ignore[arg-type]
        visit=pk, visit__state=Visit.State.DONE, status=Enquiry.Status.OPEN
    )
    first = unsettled.order_by("pk").first()
    return redirect("enquiry", first.reference) if first else response


@staff_view("enquiries.log_visit")
@require_http_methods(["GET", "HEAD", "POST"])
def leave_visit(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visible(request, pk)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]

        def leave(**who_and_when: Any) -> Visit:
            return actions.leave(reason=reason, **who_and_when)

        mistake = reason == Visit.LeftReason.MISTAKE
        return _move(request, pk, leave, "{} is taken back." if mistake else "{} has left.")
    context = {"form": form, "visit": visit, "list_address": address("waiting-list", request, visit.hub)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enquiries/desk/leave.html", context, status=status)


def _visible(request: HttpRequest, pk: int) -> Visit:
    visits = Visit.objects.visible_to(request.user).select_related("hub")  # type: ignore[arg-type]
    return get_object_or_404(visits.filter(ticket_number__isnull=False), pk=pk)


def _move(request: HttpRequest, pk: int, action: Callable[..., Visit], words: str) -> HttpResponse:
    visit = _visible(request, pk)
    try:
        action(visit=visit, by=request.user, at=timezone.now())
    except AlreadyTaken:
        messages.warning(request, f"A colleague was quicker with {visit.ticket}: nothing was changed.")
    except NotAllowedNow:
        messages.warning(
            request, f"{visit.ticket} was no mistake: somebody has acted on it. Nothing was changed."
        )
    else:
        messages.success(request, words.format(visit.ticket))
    return redirect(address("waiting-list", request, visit.hub))


def _room(request: HttpRequest, hub: Hub, at: datetime) -> dict[str, Any]:
    """The rows are read only where the page does not know them by the name of their state."""
    state = state_of(hub, at)
    return {"state": state, "room": SimpleLazyObject(lambda: waiting_list(hub, request.user, at))}  # type: ignore[arg-type]


def _page(request: HttpRequest, hub: Hub, at: datetime) -> dict[str, Any]:
    return {
        "hub": hub,
        **_room(request, hub, at),
        "rows_address": address("waiting-rows", request, hub),
        "next_address": address("call-next", request, hub),
        "log_address": address("log-visit", request, hub),
        "display_address": reverse("waiting-display", args=[hub.slug]),
    }
