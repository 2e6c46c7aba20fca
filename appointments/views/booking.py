"""From a chosen time to a booking: the details, the answers to check, the confirmation.

No session: which form it is travels in its stamp, and what was typed in the form itself. The desk is held
under the stamp's token while somebody types, and the same token makes one booking however often it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.prepared import Prepared
from appointments import actions, notifications
from appointments.checked import Checked
from appointments.errors import AlreadyBooked, HoldExpired, SlotTaken, TooManyBookings
from appointments.forms.booking import BookForm, ChosenTime, sent_here
from appointments.models import Booking, Hold, Slot
from enquiries.errors import TooManyTries
from enquiries.views.from_internet import (
    CONFLICT,
    UNPROCESSABLE,
    caller_of,
    refuse,
    resident_page,
    same_on_back,
)
from hubs.directory import topics_now
from hubs.models import Topic

from .shown import instead, show

_SLOTS = Prepared(Slot.objects.select_related("hub"))

_ANY_KEY = "ANY-KEY"

FILLED_IN = ("check", "send", "extend-checked", "switch-checked")
"""What the button is for where the whole form is sent, and faults are told."""


@dataclass(frozen=True)
class Wanted:
    """A time that somebody chose, what it is about, and the form as far as it is filled in."""

    topic: Topic
    slot: Slot
    form: BookForm
    at: datetime

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what every page of the way shows."""
        return {"topic": self.topic, "slot": self.slot, "form": self.form, **more}


@resident_page("GET", "HEAD", "POST")
def book(request: HttpRequest) -> HttpResponse:
    """Take the details, show them for checking, and book. `step` says what the button is for."""
    at = timezone.now()
    step = request.POST.get("step", "")
    if step == "send" and (answer := _send_as_checked(request, at)):
        return answer
    wanted = _wanted(request, at, is_filled_in=step in FILLED_IN)
    if wanted is None:
        return redirect("appointments")
    try:
        if step == "send" and wanted.form.is_valid():
            return _send(request, wanted)
        hold = _held(request, wanted, step)
    except AlreadyBooked as done:
        return HttpResponseRedirect(_confirmation(done.booking, differs=True))
    except SlotTaken as lost:
        return _lost(request, wanted, lost)
    except TooManyTries as full:
        return _refused(request, wanted, full)
    if not wanted.form.is_bound:
        page = show(request, "details", wanted.context(hold=hold), at)
        # Browsers fill it in again on Back: not where somebody must not learn what another has typed.
        return same_on_back(page) if wanted.form.is_blank and not wanted.topic.sensitive else page
    if not wanted.form.is_valid():
        return show(request, "details", wanted.context(hold=hold), at, status=UNPROCESSABLE)
    return _check(request, wanted, hold)


@resident_page("GET", "HEAD", private=True)
def booked(request: HttpRequest, key: str) -> HttpResponse:
    """Say that a time is booked: reference, when, where, what to bring, and how to change it."""
    booking = get_object_or_404(Booking.objects.for_page(), private_key=key)
    if not booking.is_live or booking.has_lost_its_time:
        return redirect("appointment", key)
    resident = booking.resident
    context = {
        "booking": booking,
        "link": settings.SITE_URL + reverse("appointment", args=[key]),
        "only_link": not (resident.postcode or resident.phone),
        "told": notifications.reach(resident),
        "first": "first" in request.GET,
    }
    return show(request, "booked", context, timezone.now())


def _wanted(request: HttpRequest, at: datetime, *, is_filled_in: bool) -> Wanted | None:
    chosen = ChosenTime.read(request.POST)
    if chosen is None:
        return None
    topic = _topic(chosen.topic, at)
    slot = _SLOTS.one(chosen.slot)
    if topic is None or slot is None:
        return None
    sent = sent_here(request.POST)
    if is_filled_in:
        return Wanted(topic, slot, BookForm(sent, topic=topic, at=at), at)
    return Wanted(topic, slot, BookForm(topic=topic, at=at, initial=BookForm.typed(sent)), at)


def _topic(slug: str, at: datetime) -> Topic | None:
    return next((each for each in topics_now(at) if each.slug == slug), None)


def _send_as_checked(request: HttpRequest, at: datetime) -> HttpResponse | None:
    """Book what the page to check showed; None where that cannot be: the form then finds out why."""
    checked = Checked.read(request.POST.get("checked", ""))
    topic = _topic(checked.topic, at) if checked else None
    if checked is None or topic is None or checked.stamp.is_too_old(at):
        return None
    try:
        made = actions.book(
            token=checked.stamp.token,
            slot=checked.slot,
            topic=topic,
            by=None,
            at=at,
            fits=True,
            **checked.facts,
        )
    except (HoldExpired, SlotTaken, TooManyBookings):
        return None
    return _told(made, checked.slot, checked.facts["words"]) if made.booking.is_live else None


def _check(request: HttpRequest, wanted: Wanted, hold: Hold) -> HttpResponse:
    """Show a valid form for checking, sealed as it is shown."""
    stamp = wanted.form.next_stamp
    checked = Checked(stamp, wanted.topic.slug, wanted.slot, wanted.form.facts())
    return show(request, "check", wanted.context(hold=hold, checked=checked.sealed()), wanted.at)


def _held(request: HttpRequest, wanted: Wanted, step: str) -> Hold:
    """Hold the desk, or go on holding it; for longer where somebody asks for it."""
    token = wanted.form.next_stamp.token
    if step.startswith("extend"):
        try:
            return actions.extend_hold(key=token, slot=wanted.slot, topic=wanted.topic, at=wanted.at)
        except HoldExpired:
            pass  # Nobody may have taken the desk meanwhile.
    try:
        return actions.hold_slot(
            key=token, slot=wanted.slot, topic=wanted.topic, caller=caller_of(request), at=wanted.at
        )
    except AlreadyBooked as done:
        if done.booking.is_live and not wanted.form.is_blank:
            raise
        # What the form had booked is cancelled, or somebody went back to the times, at a library perhaps not
        # the same person: whoever goes on means another appointment.
        return _held_anew(request, wanted)


def _held_anew(request: HttpRequest, wanted: Wanted) -> Hold:
    wanted.form.next_stamp = wanted.form.next_stamp.another()
    return _held(request, wanted, "")


def _send(request: HttpRequest, wanted: Wanted) -> HttpResponse:
    form = wanted.form
    try:
        made = actions.book(
            token=form.next_stamp.token,
            slot=wanted.slot,
            topic=wanted.topic,
            by=None,
            at=wanted.at,
            **form.facts(),
        )
    except HoldExpired:
        # Nothing was ever held for this form: it was not made here. Hold the time and show it first.
        return _check(request, wanted, _held(request, wanted, ""))
    except TooManyBookings as refused:
        field = "postcode" if refused.contact == "person" else refused.contact
        form.add_error(field, _("You have two appointments already. Cancel one first, or call us."))
        context = wanted.context(hold=_held(request, wanted, ""), too_many=True)
        return show(request, "details", context, wanted.at, status=UNPROCESSABLE)
    if not made.booking.is_live:
        return _check(request, wanted, _held_anew(request, wanted))
    return _told(made, wanted.slot, form.cleaned_data["words"])


def _told(made: actions.Booked, slot: Slot, words: str) -> HttpResponse:
    """Lead to the confirmation. Of somebody who went back, chose something else and sent the same form again,
    the first counts, and they are told.
    """
    first = made.booking
    differs = not made.is_new and (first.slot_id, first.words) != (slot.pk, words)
    return HttpResponseRedirect(_confirmation(first, differs=differs))


def _confirmation(booking: Booking, *, differs: bool) -> str:
    address = _confirmations(get_language() or "").replace(_ANY_KEY, booking.private_key)
    return address + ("?first=yes" if differs else "")


@cache
def _confirmations(language: str) -> str:
    """Return the address of confirmations in a language, with a blank for the key.

    To look it up among all addresses anew costs as much as to write a row of the booking.
    """
    return reverse("appointment-booked", args=[_ANY_KEY])


def _lost(request: HttpRequest, wanted: Wanted, lost: SlotTaken) -> HttpResponse:
    context = _kept(request, wanted) | {"next_free": lost.next_free}
    context |= instead(wanted.topic, wanted.at)
    return show(request, "taken", context, wanted.at, status=CONFLICT)


def _refused(request: HttpRequest, wanted: Wanted, full: TooManyTries) -> HttpResponse:
    context = _kept(request, wanted) | {"minutes": ceil(full.seconds / 60)}
    context |= instead(wanted.topic, wanted.at)
    return refuse(request, "appointments/too_many.html", full, context)


def _kept(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    """Return what a page shows that could not take what was sent: all of it travels on.

    A language is always sent, so it does not count as something typed.
    """
    typed = [each for each in BookForm.carried_as_typed(sent_here(request.POST)) if each[0] != "stamp"]
    stamp = ("stamp", wanted.form.next_stamp.signed())
    has_typed = any(name != "language" for name, _value in typed)
    return wanted.context(carried=[*typed, stamp], has_typed=has_typed)
