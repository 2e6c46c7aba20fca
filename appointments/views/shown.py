"""What all of residents' pages about appointments share: their frame, and what is typed and carried along."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from appointments.choices import Month, months_of
from appointments.elsewhere import walk_in_instead
from appointments.models import Slot
from appointments.offered import hubs_for
from hubs.directory import notices_now, topics_now
from hubs.models import Hub, Topic

DAYS_AT_ONCE = 30
"""So many days are shown before "Later days": a year of them would be too long a page for a phone."""


def topic_called(slug: str, at: datetime) -> Topic:
    """Return the current topic of an address. Raises Http404."""
    found = next((topic for topic in topics_now(at) if topic.slug == slug), None)
    if found is None:
        raise Http404
    return found


def days_to_choose(
    topic: Topic, at: datetime, base: str, asked_from: str, *, hub: Hub | None = None
) -> dict[str, Any]:
    """Return what a page of days shows: free days by month, and the first of the later ones, or None.

    `asked_from` is a date from the address, such as 2027-01-04, from which on to show; anything else is
    nothing.
    """
    days = Slot.objects.free_days(topic, at, hub=hub)
    first = _date_or_none(asked_from)
    ahead = [day for day in days if first is None or day.on >= first]
    shown: list[Month] = months_of(ahead[:DAYS_AT_ONCE], base)
    later = ahead[DAYS_AT_ONCE].on if len(ahead) > DAYS_AT_ONCE else None
    return {"months": shown, "later": later, "any_free": bool(days)}


def instead(topic: Topic, at: datetime, *, near: Hub | None = None) -> dict[str, Any]:
    """Return what a page without a free time says: the hubs that would see somebody, and where to walk in.

    The hub to walk into is the nearest to `near`, else to the first of those hubs. One query.
    """
    today = timezone.localdate(at)
    hubs = [] if topic.is_retired(today) else hubs_for(topic, today)
    start = near or next(iter(hubs), None)
    return {"hubs": hubs, "walk_in": walk_in_instead(start, topic, at) if start else None}


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    at: datetime,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Render a page of residents."""
    return render(
        request, f"appointments/{template}.html", {"notices": notices_now(at)} | context, status=status
    )


def _date_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
