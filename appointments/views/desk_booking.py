"""Booking for somebody who stands at the desk or is on the phone."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import staff_view
from appointments import actions
from appointments.errors import SlotTaken, TooManyBookings
from appointments.finding import to_come_of
from appointments.forms.desk import BookForSomebodyForm, LookForm
from appointments.models import Booking, ContactPlace, Plan, Slot
from enquiries import form_tokens
from enquiries.actions import note_view, note_views
from enquiries.histories import History, histories_of
from enquiries.londontime import service_day
from enquiries.models import Resident
from enquiries.views.from_internet import CONFLICT, UNPROCESSABLE
from hubs.directory import topics_now
from hubs.models import Hub, Topic

from .day import WORK

FIND = "find"
"""What the button is for that looks for earlier visits by what is typed."""

MOST_FOUND = 8
MOST_PASSED_OVER = 100

DAYS_OFFERED = 4
"""So many free days are offered at once; "From" leads further."""


@staff_view(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """Look for a time by GET; by POST, book it for somebody at the desk or on the phone."""
    at = timezone.now()
    if made := _made_before(request):
        return _told(request, made, is_new=False)
    sent = request.POST if request.method == "POST" else request.GET
    hubs = _hubs(request, at)
    look = LookForm(sent if sent.get("topic") else None, topics=topics_now(at), hubs=hubs)
    known = _known(request, sent.get("known") or sent.get("resident", ""), at)
    context: dict[str, Any] = {"look": look, "known": known, "looked": sent.get("step") == FIND}
    if not look.is_valid():
        is_wrong = look.errors or request.method == "POST"
        return _show(request, context, UNPROCESSABLE if is_wrong else HTTPStatus.OK)
    topic, hub = look.cleaned_data["topic"], look.cleaned_data["hub"] or next(iter(hubs), None)
    slots = times_ahead(topic, hub, at, first=look.cleaned_data["from"])
    form = _form(request, slots, known)
    context |= {"form": form, "days": form.days(), "topic": topic, "chosen_hub": hub}
    context["same"] = [] if known else _who_it_may_be(request, form, at)
    context["to_come"] = _to_come([known], request, at)[known.pk] if known else []
    context["passed_over"] = [*_passed_over(request), *(str(each.pk) for each, *_ in context["same"])]
    if form.is_bound and form.is_valid() and not context["same"]:
        return _booked(request, form, context, at)
    return _show(request, context, UNPROCESSABLE if form.errors else HTTPStatus.OK)


def _form(request: HttpRequest, slots: list[Slot], known: Resident | None) -> BookForSomebodyForm:
    """Return the form; where a button only asked who it may be, with what was typed and no fault told."""
    about = {"slots": slots, "owner": _owner(request), "known": known}
    if request.method != "POST":
        return BookForSomebodyForm(**about)
    if request.POST.get("step") == FIND or "known" in request.POST:
        return BookForSomebodyForm(typed=request.POST.dict(), **about)
    return BookForSomebodyForm(request.POST, **about)


def _who_it_may_be(
    request: HttpRequest, form: BookForSomebodyForm, at: datetime
) -> list[tuple[Resident, History, list[Booking]]]:
    """Return records that may be of who is booked for, with what they came about and what is to come.

    Nobody tells their story twice, and nobody is booked twice.
    """
    user = request.user
    seen = Resident.objects.visible_to(user).current()  # type: ignore[arg-type]
    found: list[Resident] = []
    if request.POST.get("step") == FIND:
        typed = [request.POST.get(name, "") for name in ("phone", "email", "name", "postcode")]
        asked = next((text[:200] for text in typed if text.strip()), "")
        found = list(seen.search(asked)[:MOST_FOUND]) if asked else []
    elif form.is_bound and form.is_valid():
        alike, passed_over = seen.like_person(form.facts()), _passed_over(request)
        found = [each for each in alike if str(each.pk) not in passed_over]
    note_views(residents=found, page="book-appointment", by=user, at=at)  # type: ignore[arg-type]
    known = histories_of(found, user, service_day(at))  # type: ignore[arg-type]
    to_come = _to_come(found, request, at)
    return [(each, known[each.pk], to_come[each.pk]) for each in found]


def _to_come(residents: list[Resident], request: HttpRequest, at: datetime) -> dict[int, list[Booking]]:
    return to_come_of(residents, request.user, service_day(at))  # type: ignore[arg-type]


def _passed_over(request: HttpRequest) -> list[str]:
    """Return the ids of records that were shown on this form already, and of which none was chosen."""
    sent = request.POST.getlist("passed_over")[:MOST_PASSED_OVER]
    return [pk for pk in sent if pk.isascii() and pk.isdigit() and len(pk) < 16]


def times_ahead(
    topic: Topic, hub: Hub | None, at: datetime, *, first: date | None = None, most: int | None = DAYS_OFFERED
) -> list[Slot]:
    """Return what staff can book from a London date on, on so many free days at `most`. Two queries."""
    days = [each.on for each in Slot.objects.free_days(topic, at, by_staff=True, hub=hub)]
    wanted = [on for on in days if first is None or on >= first][:most]
    free = Slot.objects.free(topic, at, by_staff=True).filter(service_day__in=wanted)
    slots = (free.filter(hub=hub) if hub else free).select_related("hub")
    # Two plans may offer one time; either will do.
    return list({(slot.starts_at, slot.hub_id): slot for slot in slots}.values())


def _hubs(request: HttpRequest, at: datetime) -> list[Hub]:
    """Return the hubs with plans, the officer's own first."""
    plans = Plan.objects.current(timezone.localdate(at)).select_related("hub")
    hubs = list({plan.hub_id: plan.hub for plan in plans}.values())
    return sorted(hubs, key=lambda hub: hub.pk != request.user.home_hub_id)  # type: ignore[union-attr]


def _known(request: HttpRequest, pk: str, at: datetime) -> Resident | None:
    if not (pk.isascii() and pk.isdigit() and len(pk) < 16):
        return None
    seen = Resident.objects.visible_to(request.user).current().filter(pk=pk).first()  # type: ignore[arg-type]
    if seen is not None:
        note_view(resident=seen, page="book-appointment", by=request.user, at=at)  # type: ignore[arg-type]
    return seen


def _show(request: HttpRequest, context: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    return render(request, "appointments/staff/book.html", context, status=status)


def _booked(
    request: HttpRequest, form: BookForSomebodyForm, context: dict[str, Any], at: datetime
) -> HttpResponse:
    try:
        made = actions.book(topic=context["topic"], by=request.user, at=at, **form.booking())  # type: ignore[arg-type]
    except SlotTaken as lost:
        form.add_error("slot", "This time was taken a moment ago. Choose another")
        context["next_free"] = lost.next_free
        return _show(request, context, CONFLICT)
    except TooManyBookings as many:
        form.add_error(None, "They have two appointments already. Cancel one first, or move one instead")
        return _show(request, context | _in_the_way(request, many, at), UNPROCESSABLE)
    return _told(request, made.booking, is_new=made.is_new)


def _in_the_way(request: HttpRequest, many: TooManyBookings, at: datetime) -> dict[str, Any]:
    """Return the appointments of a contact that has too many, and whether some are out of sight."""
    seen = Booking.objects.visible_to(request.user)  # type: ignore[arg-type]
    those = list(seen.under_contact(many.key).for_list())
    shown = {each.resident_id: each.resident for each in those}
    note_views(residents=shown.values(), page="book-appointment", by=request.user, at=at)  # type: ignore[arg-type]
    return {"too_many": True, "in_the_way": those, "not_all_seen": len(those) < ContactPlace.MOST}


def _owner(request: HttpRequest) -> str:
    return f"booking:{request.user.pk}"


def _made_before(request: HttpRequest) -> Booking | None:
    """Return what this form booked already: its own time is then no longer among the free ones."""
    try:
        token = form_tokens.read(request.POST.get("token", ""), _owner(request))
    except form_tokens.ForeignToken:
        return None
    return Booking.objects.visible_to(request.user).filter(token=token).first()  # type: ignore[arg-type]


def _told(request: HttpRequest, booking: Booking, *, is_new: bool) -> HttpResponse:
    words = "The appointment is booked." if is_new else "This was booked before. Nothing was booked twice."
    messages.success(request, f"{words} Reference {booking.shown_reference}.")
    return redirect("booking", booking.reference)
