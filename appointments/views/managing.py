"""What residents do with an appointment they have: see it, move it, cancel it, put it in their calendar."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import actions
from appointments.errors import NotAllowedNow, SlotTaken, TooLate
from appointments.forms.booking import ManageForm, MoveForm
from appointments.models import Booking, Slot, Wish
from appointments.wording import times_words
from enquiries.actions import count_look_up
from enquiries.errors import TooManyTries
from enquiries.tracking import second_fact_fits
from enquiries.views.from_internet import CONFLICT, UNPROCESSABLE, caller_of, refuse, resident_page

from .shown import days_to_choose, instead, show


@resident_page("GET", "HEAD", "POST")
def look_up(request: HttpRequest) -> HttpResponse:
    """Open an appointment, or a place on the waiting list, by its reference and a second fact.

    By POST, so that neither lands in a log.
    """
    at = timezone.now()
    form = ManageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            count_look_up(caller=caller_of(request), at=at)
        except TooManyTries as full:
            return refuse(request, "errors/429.html", full)
        found = _called(form.cleaned_data["reference"])
        if second_fact_fits(found.resident if found else None, form.cleaned_data["second_fact"]) and found:
            page = "appointment" if isinstance(found, Booking) else "appointment-offer"
            return redirect(page, found.private_key)
        form.add_error(None, _("Nothing fits this reference and this postcode or phone number. Check both."))
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    return show(request, "look_up", {"form": form}, at, status=status)


@resident_page("GET", "HEAD", "POST", private=True)
def appointment(request: HttpRequest, key: str) -> HttpResponse:
    """Show an appointment; by POST, take the other time that was offered instead of one we withdrew."""
    at = timezone.now()
    booking = _booking(key)
    if request.method == "POST":
        try:
            actions.take_another(booking=booking, by=None, at=at)
        except (NotAllowedNow, SlotTaken, TooLate):
            return show(request, "appointment", _page(booking, at) | {"gone": True}, at, status=CONFLICT)
        return redirect(f"{request.path}?done=moved")
    done = request.GET.get("done", "")
    return show(request, "appointment", _page(booking, at) | {"done": done}, at)


@resident_page("GET", "HEAD")
def calendar_file(request: HttpRequest, key: str) -> HttpResponse:
    """Give an appointment as a file for a calendar; it names no topic, since calendars are shared."""
    # Its library takes 3 MB in each worker: only where somebody asks for a calendar.
    from appointments.calendar_file import appointment_file

    booking = _booking(key)
    link = settings.SITE_URL + reverse("appointment", args=[key])
    response = HttpResponse(appointment_file(booking, link=link), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@resident_page("GET", "HEAD", private=True)
def move_days(request: HttpRequest, key: str) -> HttpResponse:
    """List the days to which an appointment can be moved."""
    at = timezone.now()
    booking = _booking(key)
    if not _can_change(booking, at):
        return redirect("appointment", key)
    asked_from = request.GET.get("from", "")
    days = days_to_choose(booking.topic, at, request.path, asked_from, hub=booking.hub)
    context = {"booking": booking, **days, **instead(booking.topic, at, near=booking.hub)}
    return show(request, "move_days", context, at)


@resident_page("GET", "HEAD", "POST", private=True)
def move(request: HttpRequest, key: str, day: date) -> HttpResponse:
    """Choose a time of a day and move the appointment there."""
    at = timezone.now()
    booking = _booking(key)
    if not _can_change(booking, at):
        return redirect("appointment", key)
    if _is_there(booking, request):
        return _moved(booking)
    form = _times_form(request, booking, day, at)
    context = {"booking": booking, "day": day, "form": form}
    if form.is_bound and not form.is_valid() and form.has_error("slot", "invalid_choice"):
        context["next_free"] = Slot.objects.next_free(booking.topic, at, hub=booking.hub)
        return show(request, "move", context, at, status=CONFLICT)
    if not (form.is_bound and form.is_valid()):
        return show(request, "move", context, at, status=UNPROCESSABLE if form.is_bound else HTTPStatus.OK)
    slot = Slot.objects.get(pk=form.cleaned_data["slot"])
    try:
        actions.move(booking=booking, slot=slot, by=None, at=at)
    except SlotTaken as lost:
        form.add_error("slot", form.fields["slot"].error_messages["invalid_choice"])
        return show(request, "move", context | {"next_free": lost.next_free}, at, status=CONFLICT)
    except (NotAllowedNow, TooLate):
        return redirect("appointment", key)
    return _moved(booking)


@resident_page("GET", "HEAD", "POST", private=True)
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once more, then cancel: the time goes to somebody who waits."""
    at = timezone.now()
    booking = _booking(key)
    if not _can_change(booking, at):
        return redirect("appointment", key)
    if request.method == "POST":
        try:
            actions.cancel(booking=booking, by=None, at=at)
        except (NotAllowedNow, TooLate):
            return redirect("appointment", key)
        return redirect(reverse("appointment", args=[key]) + "?done=cancelled")
    return show(request, "cancel", {"booking": booking}, at)


def _booking(key: str) -> Booking:
    return get_object_or_404(Booking.objects.for_page(), private_key=key)


def _is_there(booking: Booking, request: HttpRequest) -> bool:
    """Whether the same form, sent before, has moved the booking to this time already."""
    return not booking.has_lost_its_time and request.POST.get("slot") == str(booking.slot_id)


def _moved(booking: Booking) -> HttpResponse:
    return redirect(reverse("appointment", args=[booking.private_key]) + "?done=moved")


def _called(reference: str) -> Booking | Wish | None:
    """Return what has this reference; both tables are always read, so that the time taken tells nothing."""
    booking = Booking.objects.for_page().filter(reference=reference).first()
    wish = Wish.objects.for_list().filter(reference=reference).first()
    return booking or wish


def _can_change(booking: Booking, at: datetime) -> bool:
    return booking.is_live and (booking.has_lost_its_time or not booking.slot.has_begun(at))


def _page(booking: Booking, at: datetime) -> dict[str, Any]:
    withdrawn = booking.has_lost_its_time
    offered = booking.offers.live().select_related("slot__hub").first() if withdrawn else None
    return {
        "booking": booking,
        "link": settings.SITE_URL + reverse("appointment", args=[booking.private_key]),
        "can_change": _can_change(booking, at),
        "withdrawn": withdrawn,
        "offered": offered,
        **(instead(booking.topic, at, near=booking.hub) if withdrawn and offered is None else {}),
    }


def _times_form(request: HttpRequest, booking: Booking, day: date, at: datetime) -> MoveForm:
    slots = Slot.objects.free_times(day, booking.topic, at, hub=booking.hub)
    choices = [(str(each.pk), times_words(each)) for each in slots if each.pk != booking.slot_id]
    return MoveForm(request.POST if request.method == "POST" else None, choices=choices)
