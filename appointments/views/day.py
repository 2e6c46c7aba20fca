"""The day at a hub: who is expected, and what becomes of them, one click each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import staff_view
from accounts.models import User
from appointments import actions
from appointments.day_list import day_list
from appointments.errors import NotAllowedNow
from appointments.models import Booking, BookingEvent
from appointments.querysets import BookingQuerySet
from enquiries.actions import note_views
from enquiries.querysets import EVERY_HUB
from enquiries.references import tidied
from enquiries.views.at_hub import address, at_a_hub
from hubs.models import Hub

WORK = "appointments.work_bookings"

_YEARS = (2000, 2999)


@staff_view(WORK)
@require_safe
@at_a_hub
def appointment_list(request: HttpRequest, hub: Hub) -> HttpResponse:
    at = timezone.now()
    today = timezone.localdate(at)
    on = _date_or(request.GET.get("day", ""), today)
    bookings = Booking.objects.visible_to(request.user).for_list().filter(hub=hub).on_day(on)  # type: ignore[arg-type]
    came = BookingEvent.objects.came_onto_today(hub, at) if on == today else []
    shown = day_list(bookings, came, at, base=reverse("appointment-list"))
    seen = {row.booking.resident_id: row.booking.resident for row in shown.rows}
    note_views(residents=seen.values(), page="appointment-list", by=request.user, at=at)  # type: ignore[arg-type]
    context = {
        "hub": hub,
        "on": on,
        "today": today,
        "list": shown,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "hub_query": "" if hub.pk == request.user.home_hub_id else f"hub={hub.slug}&",  # type: ignore[union-attr]
    }
    return render(request, "appointments/staff/day.html", context)


@staff_view(WORK)
@require_POST
def arrive(request: HttpRequest, reference: str) -> HttpResponse:
    return _move(request, reference, actions.arrive, "{} has arrived.")


@staff_view(WORK)
@require_POST
def take_back_arrival(request: HttpRequest, reference: str) -> HttpResponse:
    return _move(request, reference, actions.take_back_arrival, "{} is expected again.")


@staff_view(WORK)
@require_POST
def mark_late(request: HttpRequest, reference: str) -> HttpResponse:
    return _move(request, reference, actions.mark_late, "{} is late.")


@staff_view(WORK)
@require_POST
def take_back_late(request: HttpRequest, reference: str) -> HttpResponse:
    return _move(request, reference, actions.take_back_late, "{} is no longer noted as late.")


@staff_view(WORK)
@require_POST
def miss(request: HttpRequest, reference: str) -> HttpResponse:
    return _move(request, reference, actions.miss, "{} did not come. If they come after all, press Arrived.")


@staff_view(WORK)
@require_POST
def finish(request: HttpRequest, reference: str) -> HttpResponse:
    booking = _at_desk_or_404(request, reference)
    try:
        done = actions.finish(booking=booking, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except NotAllowedNow:
        messages.warning(request, f"{booking.shown_reference} has not arrived. Nothing was changed.")
        return redirect(day_address(request, booking))
    messages.success(request, "The appointment is finished. Note what happened.")
    return redirect("enquiry", done.enquiry.reference)  # type: ignore[union-attr]


def booking_or_404(user: User, reference: str) -> Booking:
    """Return a booking with all that its pages show; 404 where it is out of this person's sight."""
    return _called(Booking.objects.visible_to(user), reference)


def day_address(request: HttpRequest, booking: Booking) -> str:
    """Return the address of the list of a booking's day: the one it stands on, or else that of the home hub.

    Empty for whoever has booked it without having a hub.
    """
    user: User = request.user  # type: ignore[assignment]
    at_desk = user.has_perm(EVERY_HUB) or booking.hub_id == user.home_hub_id
    hub = booking.hub if at_desk else user.home_hub
    if hub is None:
        return ""
    path = address("appointment-list", request, hub)
    return f"{path}{'&' if '?' in path else '?'}day={booking.service_day.isoformat()}"


def _at_desk_or_404(request: HttpRequest, reference: str) -> Booking:
    """Return a booking whose day this person may note; 404 for any other."""
    user: User = request.user  # type: ignore[assignment]
    return _called(Booking.objects.visible_to(user).at_desk_of(user), reference)


def _called(rows: BookingQuerySet, reference: str) -> Booking:
    found = rows.for_list().filter(reference=tidied(reference)).first()
    if found is None:
        raise Http404
    return found


def _move(request: HttpRequest, reference: str, action: Callable[..., Booking], words: str) -> HttpResponse:
    booking = _at_desk_or_404(request, reference)
    try:
        moved = action(booking=booking, by=request.user, at=timezone.now())
    except NotAllowedNow:
        messages.warning(request, f"{booking.shown_reference}: that cannot be done now. Nothing was changed.")
    else:
        messages.success(request, _said(moved, words))
    return redirect(day_address(request, booking))


def _said(booking: Booking, words: str) -> str:
    said = words.format(booking.shown_reference)
    ticket = booking.visit.ticket if booking.visit else ""
    return f"{said} Ticket {ticket}." if ticket else said


def _date_or(text: str, otherwise: date) -> date:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return otherwise
    # The first and the last day that Python knows have no day before or after.
    return on if _YEARS[0] <= on.year <= _YEARS[1] else otherwise
