"""The waiting list at the desk: who waits for a time, and what staff answer for them."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import staff_view
from appointments import actions
from appointments.errors import NotAllowedNow, OfferGone, TooManyBookings
from appointments.models import Booking, Wish
from appointments.without_a_time import can_be_told, with_offers
from enquiries.actions import note_views
from enquiries.views.at_hub import address, at_a_hub
from hubs.models import Hub

from .day import WORK


@staff_view(WORK)
@require_safe
@at_a_hub
def waiting(request: HttpRequest, hub: Hub) -> HttpResponse:
    """Show who waits for a time, those first who have to answer, and whose time we took away."""
    at = timezone.now()
    wishes = Wish.objects.visible_to(request.user).for_list().filter(hub=hub)  # type: ignore[arg-type]
    open_wishes = wishes.filter(status__in=(Wish.Status.WAITING, Wish.Status.OFFERED)).in_order()
    without = Booking.objects.visible_to(request.user).for_list().filter(hub=hub).without_a_time(at)  # type: ignore[arg-type]
    in_order = sorted(open_wishes, key=lambda wish: wish.status != Wish.Status.OFFERED)
    context = {"hub": hub, "wishes": in_order, "without": with_offers(without)}
    context["untold"] = {each.pk for each in context["wishes"] if not can_be_told(each)}
    bookings = [each.booking for each in context["without"]]
    seen = {row.resident_id: row.resident for row in [*context["wishes"], *bookings]}
    note_views(residents=seen.values(), page="appointment-waiting", by=request.user, at=at)  # type: ignore[arg-type]
    return render(request, "appointments/staff/waiting.html", context)


@staff_view(WORK)
@require_POST
def leave_waiting(request: HttpRequest, pk: int) -> HttpResponse:
    wish = _wish_or_404(request, pk)
    try:
        actions.leave_waiting_list(wish=wish, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except NotAllowedNow:
        messages.warning(request, "They have an appointment by now: nothing was done.")
    else:
        messages.success(request, "They are off the waiting list.")
    return _back(request, wish)


@staff_view(WORK)
@require_POST
def take_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Book for somebody the time that is kept for them: the one that the button names, or none."""
    wish = _wish_or_404(request, pk)
    try:
        _refuse_another(wish, request)
        booked = actions.accept_offer(wish=wish, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except OfferGone:
        messages.warning(request, f"{wish}: that time is no longer kept for them. Nothing was booked.")
    except TooManyBookings:
        messages.warning(
            request,
            f"{wish}: they have two appointments already. Cancel or move one first. Nothing was booked.",
        )
    else:
        reference = booked.booking.shown_reference
        messages.success(request, f"The appointment is booked. Reference {reference}.")
        return redirect("booking", booked.booking.reference)
    return _back(request, wish)


@staff_view(WORK)
@require_POST
def decline_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the time pass that is kept for somebody: the one that the button names, or none."""
    wish = _wish_or_404(request, pk)
    with suppress(OfferGone):
        _refuse_another(wish, request)
        actions.decline_offer(wish=wish, at=timezone.now())
    # Looked at anew: they may have answered themselves meanwhile.
    if _wish_or_404(request, pk).status == Wish.Status.WAITING:
        messages.success(request, f"{wish} stays on the waiting list.")
    else:
        messages.warning(request, f"{wish}: that time is no longer kept for them. Nothing was changed.")
    return _back(request, wish)


def _wish_or_404(request: HttpRequest, pk: int) -> Wish:
    return get_object_or_404(Wish.objects.visible_to(request.user).select_related("hub"), pk=pk)  # type: ignore[arg-type]


def _refuse_another(wish: Wish, request: HttpRequest) -> None:
    """Refuse an answer to another offer than the one that was shown. Raises `OfferGone`."""
    if wish.hold_id is None or request.POST.get("hold") != str(wish.hold_id):
        raise OfferGone


def _back(request: HttpRequest, wish: Wish) -> HttpResponse:
    return redirect(address("appointment-waiting", request, wish.hub))
