"""The way to a time: what it is about, which day, which time. Links and buttons alone, nothing is typed."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.choices import times_of
from appointments.forms.booking import BookForm, sent_here
from appointments.models import Slot
from appointments.offered import bookable_topics
from enquiries.stamps import Stamp
from enquiries.views.from_internet import resident_page

from .shown import days_to_choose, instead, show, topic_called


@resident_page("GET", "HEAD")
def start(request: HttpRequest) -> HttpResponse:
    """Say what an appointment is for and ask what it is about."""
    at = timezone.now()
    return show(request, "start", {"topics": bookable_topics(at, timezone.localdate(at))}, at)


@resident_page("GET", "HEAD", "POST")
def days(request: HttpRequest, slug: str) -> HttpResponse:
    """List the days with a free time. By POST, what somebody typed already travels along."""
    at = timezone.now()
    topic = topic_called(slug, at)
    base = reverse("appointment-days", args=[slug])
    context = {
        "topic": topic,
        "carried": _carried(request),
        **days_to_choose(topic, at, base, request.GET.get("from", "")),
        **instead(topic, at),
    }
    return show(request, "days", context, at)


@resident_page("GET", "HEAD", "POST")
def times(request: HttpRequest, slug: str, day: date) -> HttpResponse:
    """List the free times of a day; each is a button that keeps it. None free: the days around it."""
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
        "next_free": [] if slots else Slot.objects.next_free(topic, at, count=3),
        **instead(topic, at),
    }
    return show(request, "times", context, at)


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    return BookForm.carried_as_typed(sent_here(request.POST)) if request.method == "POST" else []


def _by_hub(slots: list[Slot]) -> list[dict[str, object]]:
    hubs = {slot.hub_id: slot.hub for slot in slots}
    return [
        {"hub": hub, "times": times_of(slot for slot in slots if slot.hub_id == pk)}
        for pk, hub in hubs.items()
    ]
