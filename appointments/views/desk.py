"""One booking's page, where staff move and cancel it, and take the time that is kept for somebody."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import staff_view
from accounts.models import User
from appointments import actions
from appointments.errors import NotAllowedNow, SlotTaken
from appointments.forms.desk import FromDayForm, MoveBookingForm
from appointments.models import Booking, Hold, Slot
from enquiries.actions import note_view
from enquiries.models import Enquiry, Resident
from enquiries.models.residents import Language
from enquiries.views.from_internet import UNPROCESSABLE

from .calls import CALL, ask_to_call
from .day import WORK, booking_or_404, day_address
from .desk_booking import times_ahead


@staff_view(WORK)
@require_safe
def booking_page(request: HttpRequest, reference: str) -> HttpResponse:
    at = timezone.now()
    booking = booking_or_404(request.user, reference)  # type: ignore[arg-type]
    note_view(resident=booking.resident, page="booking", by=request.user, at=at)  # type: ignore[arg-type]
    return render(request, "appointments/staff/booking.html", _page(request, booking, at))


@staff_view(WORK)
@require_safe
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what a resident takes away from the desk, in their language.

    Their private link stays theirs: whoever opens it acts as the resident. The slip says where to look it up.
    """
    booking = booking_or_404(request.user, reference)  # type: ignore[arg-type]
    if not _holds(booking):
        return redirect("booking", booking.reference)
    note_view(resident=booking.resident, page="appointment-slip", by=request.user, at=timezone.now())  # type: ignore[arg-type]
    asked = request.GET.get("language")
    written = asked if asked in ("en", "bn") else Language.written(booking.language)
    context = {"booking": booking, "written": written, "site": settings.SITE_URL}
    return render(request, "appointments/staff/slip.html", context)


@staff_view(WORK)
@require_POST
def move(request: HttpRequest, reference: str) -> HttpResponse:
    at = timezone.now()
    booking = booking_or_404(request.user, reference)  # type: ignore[arg-type]
    if _is_there(booking, request.POST.get("slot")):
        return _moved(request, booking)
    form = MoveBookingForm(request.POST, slots=_slots_for(booking, request.POST, at))
    if not form.is_valid():
        context = _page(request, booking, at) | {"move": form}
        return render(request, "appointments/staff/booking.html", context, status=UNPROCESSABLE)
    try:
        actions.move(booking=booking, slot=form.cleaned_data["slot"], by=request.user, at=at)  # type: ignore[arg-type]
    except SlotTaken:
        messages.warning(request, "That time was taken a moment ago: choose another. Nothing was changed.")
    except NotAllowedNow:
        messages.warning(request, "The appointment was changed before: nothing was done.")
    else:
        return _moved(request, booking)
    return redirect("booking", booking.reference)


@staff_view(WORK)
@require_POST
def take_another(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the other time that is kept for somebody: the one that the form names, or none."""
    booking = booking_or_404(request.user, reference)  # type: ignore[arg-type]
    asked, offered = request.POST.get("slot"), _offered(booking)
    if offered is not None and asked == str(offered.slot_id):
        with suppress(SlotTaken, NotAllowedNow):
            actions.take_another(booking=booking, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    # Looked at anew: the same form may have been sent a moment earlier.
    if _is_there(booking_or_404(request.user, reference), asked):  # type: ignore[arg-type]
        return _moved(request, booking)
    messages.warning(request, "That time is no longer kept for them. Nothing was changed.")
    return redirect("booking", booking.reference)


@staff_view(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more, then cancel."""
    at = timezone.now()
    booking = booking_or_404(request.user, reference)  # type: ignore[arg-type]
    if request.method != "POST" and booking.is_live:
        note_view(resident=booking.resident, page="booking", by=request.user, at=at)  # type: ignore[arg-type]
        return render(request, "appointments/staff/cancel.html", {"booking": booking})
    if request.method == "POST":
        try:
            done = actions.cancel(booking=booking, by=request.user, at=at)  # type: ignore[arg-type]
        except NotAllowedNow:
            messages.warning(request, "The appointment was changed before: nothing was done.")
        else:
            _say_cancelled(request, done)
    return redirect("booking", booking.reference)


def _say_cancelled(request: HttpRequest, done: actions.Cancelled) -> None:
    """Say that an appointment is cancelled, who has its time by that, and who must be called to learn it."""
    seated, wish = done.passed_on.seated, done.passed_on.offered_to
    said = ["The appointment is cancelled.", *(f"{each} has their time again." for each in seated)]
    if wish:
        said.append(f"Its time is offered to {wish} on the waiting list.")
    messages.success(request, " ".join(said))
    user: User = request.user  # type: ignore[assignment]
    is_here = Booking.objects.visible_to(user).at_desk_of(user).filter(pk=done.booking.pk).exists()
    asked = CALL if is_here else f"Please ask {done.booking.hub.name_en} to call them"
    ask_to_call(request, [*seated, *([wish] if wish else [])], asked)


def _holds(booking: Booking) -> bool:
    """Whether the resident is still expected at the time that they were told."""
    return booking.is_live and not booking.has_lost_its_time


def _is_there(booking: Booking, slot: str | None) -> bool:
    """Whether the same form, sent before, has moved the booking to this time already."""
    return _holds(booking) and slot == str(booking.slot_id)


def _moved(request: HttpRequest, booking: Booking) -> HttpResponse:
    messages.success(request, "The appointment is moved.")
    return redirect("booking", booking.reference)


def _offered(booking: Booking) -> Hold | None:
    """Return the hold of another time that is kept for somebody who has lost theirs."""
    if not booking.has_lost_its_time:
        return None
    return booking.offers.live().select_related("slot").first()


def _slots_for(booking: Booking, sent: QueryDict, at: datetime) -> list[Slot]:
    """Return the times of the first free days from the one that was asked for on."""
    look = FromDayForm(sent)
    first = look.cleaned_data["from"] if look.is_valid() else None
    slots = times_ahead(booking.topic, booking.hub, at, first=first)
    return [each for each in slots if each.pk != booking.slot_id]


def _page(request: HttpRequest, booking: Booking, at: datetime) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]
    may_change = booking.status == Booking.Status.BOOKED
    sent = request.POST if request.method == "POST" else request.GET
    return {
        "booking": booking,
        "holds": _holds(booking),
        "events": booking.events.select_related("by", "slot"),
        "list_address": day_address(request, booking),
        # Not all that is tied to a booking elsewhere is in sight of whoever made it.
        "enquiry": Enquiry.objects.visible_to(user).filter(pk=booking.enquiry_id).first(),
        "resident_seen": Resident.objects.visible_to(user).filter(pk=booking.resident_id).exists(),
        "offered": _offered(booking),
        "move": MoveBookingForm(slots=_slots_for(booking, sent, at)) if may_change else None,
        "look": FromDayForm(sent),
    }
