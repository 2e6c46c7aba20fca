"""The way to a time: what it is about, which day, which time. Links and buttons alone, nothing is typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie

from appointments.choices import months_of, times_of
from appointments.forms.booking import BookForm, sent_here
from appointments.models import ClosedDay, Hold, Slot
from appointments.offered import bookable_topics
from enquiries.stamps import Stamp
from enquiries.views.from_internet import resident_page, same_on_back
from hubs.directory import hubs_now
from hubs.models import Hub, Topic

from .shown import days_to_choose, instead, show, topic_called

_DAYS_AROUND = 3


@resident_page("GET", "HEAD")
def start(request: HttpRequest) -> HttpResponse:
    """Say what an appointment is for and ask what it is about."""
    at = timezone.now()
    return show(request, "start", {"topics": bookable_topics(at, timezone.localdate(at))}, at)


# With the cookie of forms: without it on the way there, Back would fetch the page of times anew (Vary).
@ensure_csrf_cookie
@resident_page("GET", "HEAD", "POST")
def days(request: HttpRequest, slug: str) -> HttpResponse:
    """List the days with a free time. By POST, what somebody typed already travels along."""
    at = timezone.now()
    topic = topic_called(slug, at)
    base = reverse("appointment-days", args=[slug])
    carried = _carried(request)
    context = {
        "topic": topic,
        "carried": carried,
        "kept": _kept(carried, topic, at),
        **days_to_choose(topic, at, base, request.GET.get("from", "")),
        **instead(topic, at),
    }
    return show(request, "days", context, at)


@resident_page("GET", "HEAD", "POST")
def times(request: HttpRequest, slug: str, day: date) -> HttpResponse:
    """List the free times of a day; each is a button that keeps it. None free: why, and days around it.

    On Back it is the same form: the time that is chosen then is kept instead of the first, not beside it.
    """
    at = timezone.now()
    topic = topic_called(slug, at)
    slots = Slot.objects.free_times(day, topic, at)
    if day < timezone.localdate(at):
        return redirect("appointment-days", slug)
    carried = _carried(request)
    context = {
        "topic": topic,
        "day": day,
        "places": _by_hub(slots),
        "carried": carried or [("stamp", Stamp.fresh(at).signed())],
        "has_typed": bool(carried),
        "kept": _kept(carried, topic, at),
        **instead(topic, at),
    }
    if not slots:
        context |= _days_around(day, topic, at)
        context["why"] = _why_none_free(day, topic, context["hubs"], at)
    page = show(request, "times", context, at)
    return page if carried else same_on_back(page)


def _days_around(day: date, topic: Topic, at: datetime) -> dict[str, Any]:
    """Return the first free days from a London date on; where there are none, the last before it."""
    free = Slot.objects.free_days(topic, at)
    ahead = [each for each in free if each.on >= day]
    around = ahead[:_DAYS_AROUND] or free[-_DAYS_AROUND:]
    base = reverse("appointment-days", args=[topic.slug])
    return {"months": months_of(around, base), "is_ahead": bool(ahead)}


def _why_none_free(day: date, topic: Topic, hubs: Sequence[Hub], at: datetime) -> str:
    """Say that nothing is free on a London date, and why where that is known."""
    if Slot.objects.bookable(at).about(topic).filter(service_day=day).exists():
        return _("Every time on this day is taken.")
    pks = {hub.pk for hub in hubs}
    hours = [each.schedule.day(day) for each in hubs_now(at) if each.hub.pk in pks]
    if hours and all(each.is_closed for each in hours):
        return _("The hub is closed on this day.")
    if ClosedDay.objects.filter(hub__in=pks, on=day, reopened_at__isnull=True).count() == len(pks):
        return _("We see nobody by appointment on this day.")
    return _("Nothing is free on this day.")


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    return BookForm.carried_as_typed(sent_here(request.POST)) if request.method == "POST" else []


def _kept(carried: list[tuple[str, str]], topic: Topic, at: datetime) -> Hold | None:
    """Return the time that is kept for the form that travels along; the lists need not have it any more."""
    stamp = Stamp.read(dict(carried).get("stamp", ""))
    if stamp is None:
        return None
    return Hold.objects.kept(at).about(topic).filter(key=stamp.token).select_related("slot").first()


def _by_hub(slots: list[Slot]) -> list[dict[str, object]]:
    hubs = {slot.hub_id: slot.hub for slot in slots}
    return [
        {"hub": hub, "times": times_of(slot for slot in slots if slot.hub_id == pk)}
        for pk, hub in hubs.items()
    ]
