"""Planning: when appointments can be made, and closing a day, with those listed first whom it hits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import staff_view
from accounts.models import User
from appointments import actions
from appointments.errors import HitsChanged, NotAllowedNow, PlansOverlap, SlotTaken
from appointments.forms.plans import CloseDayForm, PlanForm
from appointments.models import Booking, ClosedDay, Plan, Slot
from appointments.without_a_time import can_be_told, with_offers
from enquiries.views.from_internet import UNPROCESSABLE
from hubs.directory import hubs_now, topics_now

from .calls import ask_to_call

KEEP = "appointments.keep_plans"

NO_TIMES: dict[str, str] = {
    Slot.Why.HOURS: "No times are published: the hub is not open at these hours for a whole appointment.",
    Slot.Why.PLAN: "No times are published: the plan holds on none of the coming days that can be booked.",
    Slot.Why.DAY: "No times are published: the plan's days are closed to appointments.",
}
"""Why a plan that was saved has no times."""


@staff_view(KEEP)
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    today = timezone.localdate(at)
    closed = ClosedDay.objects.filter(on__gte=today, reopened_at__isnull=True)
    without = with_offers(Booking.objects.without_a_time(at).for_list().order_by("slot__starts_at"))
    offered = [each for each in without if each.offered]
    context = {
        "plans": Plan.objects.current(today).select_related("hub").prefetch_related("topics"),
        "closed": closed.select_related("hub", "closed_by"),
        "without": len(without),
        "told": sum(each.can_be_told for each in offered),
        "untold": sum(not each.can_be_told for each in offered),
        "unoffered": len(without) - len(offered),
        "waiting_hub": without[0].booking.hub.slug if without else "",
        "today": today,
    }
    return render(request, "appointments/staff/plans.html", context)


@staff_view(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def add_plan(request: HttpRequest) -> HttpResponse:
    return _plan(request, None)


@staff_view(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def change_plan(request: HttpRequest, pk: int) -> HttpResponse:
    return _plan(request, get_object_or_404(Plan.objects.select_related("hub"), pk=pk))


@staff_view(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def close_day(request: HttpRequest) -> HttpResponse:
    """Close a day: the first POST lists whom it hits, the second closes it and offers them other times."""
    at = timezone.now()
    data = request.POST if request.method == "POST" else None
    hubs = [each.hub for each in hubs_now(at)]
    form = CloseDayForm(data, hubs=hubs, today=timezone.localdate(at))
    if not (form.is_bound and form.is_valid()):
        return _show(request, "close_day", {"form": form}, UNPROCESSABLE if form.is_bound else HTTPStatus.OK)
    about: dict[str, Any] = {"hub": form.hub(), "on": form.cleaned_data["on"], "at": at}
    hits = actions.day_hits(**about)
    if hits and form.seen_hits is None:
        return _show(request, "close_day", {"form": form, "hits": hits})
    try:
        reason, seen = form.cleaned_data["reason"], form.seen_hits or set()
        actions.close_day(by=request.user, reason=reason, seen_hits=seen, **about)  # type: ignore[arg-type]
    except HitsChanged as changed:
        return _show(request, "close_day", {"form": form, "hits": changed.hits, "changed": True})
    messages.success(request, "The day is closed to appointments.")
    _offer_others(request, at)
    return redirect("appointment-plans")


@staff_view(KEEP)
@require_POST
def reopen_day(request: HttpRequest, pk: int) -> HttpResponse:
    closed = get_object_or_404(ClosedDay.objects.select_related("hub"), pk=pk)
    try:
        done = actions.reopen_day(hub=closed.hub, on=closed.on, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except NotAllowedNow:
        messages.warning(request, "The day is open already: nothing was changed.")
    else:
        messages.success(request, "The day is open to appointments again.")
        _say_who_has_their_time_again(request, done.given_back)
    return redirect("appointment-plans")


@staff_view(KEEP)
@require_POST
def offer_others(request: HttpRequest) -> HttpResponse:
    """Offer another time to everybody whose own was withdrawn."""
    at = timezone.now()
    _offer_others(request, at)
    return redirect("appointment-plans")


def _plan(request: HttpRequest, plan: Plan | None) -> HttpResponse:
    at = timezone.now()
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, hubs=[each.hub for each in hubs_now(at)], topics=topics_now(at), plan=plan)
    context: dict[str, Any] = {"form": form, "plan": plan}
    if not (form.is_bound and form.is_valid()):
        return _show(request, "plan", context, UNPROCESSABLE if form.is_bound else HTTPStatus.OK)
    try:
        hits = actions.plan_hits(plan=plan, at=at, **form.facts()) if plan else []
        if {each.pk for each in hits} != form.seen_hits:
            return _show(request, "plan", context | {"hits": hits})
        saved = _save(form, plan, request.user, at)  # type: ignore[arg-type]
    except PlansOverlap as refused:
        form.refuse_hours(refused.plan)
        return _show(request, "plan", context | {"other": refused.plan}, UNPROCESSABLE)
    except HitsChanged as changed:
        return _show(request, "plan", context | {"hits": changed.hits, "changed": True})
    messages.success(request, f"The plan is saved. {saved.made} new times, {saved.withdrawn} taken away.")
    if saved.none_because:
        messages.warning(request, NO_TIMES[saved.none_because])
    _say_who_has_their_time_again(request, saved.given_back)
    _offer_others(request, at)
    return redirect("appointment-plans")


def _save(form: PlanForm, plan: Plan | None, by: User, at: datetime) -> actions.Published:
    _plan, published = actions.save_plan(
        hub=plan.hub if plan else form.hub(),
        plan=plan,
        topics=form.chosen_topics(),
        seen_hits=form.seen_hits,
        by=by,
        at=at,
        **form.facts(),
    )
    return published


def _offer_others(request: HttpRequest, at: datetime) -> None:
    """Offer another time to all who have none, and say for whom there was none, and whom to call.

    Also to those whom an earlier change hit: what was offered to them may have been withdrawn by this one.
    """
    offered, alone = [], []
    for booking in Booking.objects.without_a_time(at).without_an_offer().for_list():
        try:
            actions.offer_another(booking=booking, by=request.user, at=at)  # type: ignore[arg-type]
        except SlotTaken:
            alone.append(booking)
        except NotAllowedNow:
            # They have found a time meanwhile, or have theirs again.
            continue
        else:
            offered.append(booking)
    if offered:
        messages.success(request, f"Another time is offered to {len(offered)}.")
    if alone:
        told = sum(map(can_be_told, alone))
        words = f"{told} of them can be written to and {'is' if told == 1 else 'are'} told not to come."
        messages.warning(request, f"No other time was free for {len(alone)}. {words}")
    ask_to_call(request, [*offered, *alone])


def _say_who_has_their_time_again(request: HttpRequest, bookings: Sequence[Booking]) -> None:
    if told := sum(map(can_be_told, bookings)):
        messages.success(
            request, f"{told} {'person is' if told == 1 else 'people are'} told that their time stands."
        )
    ask_to_call(request, bookings)


def _show(
    request: HttpRequest, template: str, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    # The ids that the next POST says it has shown.
    context["hit_ids"] = " ".join(str(each.pk) for each in context.get("hits", ()))
    context["hits"] = with_offers(context.get("hits", ()))
    context["names"] = request.user.has_perm("appointments.work_bookings")  # type: ignore[union-attr]
    return render(request, f"appointments/staff/{template}.html", context, status=status)
