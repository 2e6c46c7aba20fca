"""The public pages about hubs and topics."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hubs import finding
from hubs.borough_map import borough_drawing, map_of
from hubs.directory import ListedHub, busy_days_of, hubs_now, notices_now, topics_now
from hubs.feeds import hub_json_ld
from hubs.find_page import find_page
from hubs.forms import FinderForm, LocationForm
from hubs.kept import stamp
from hubs.models import HubFacility, Notice, Topic, TopicOffer
from hubs.public_pages import public_page, timeless

DAYS_SHOWN = 14
"""How many days a hub's page lists with their dates, so that closures are seen in time."""


@public_page
def home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    seen = stamp(at)
    listed = hubs_now(at)
    context = {
        "form": FinderForm(topics=topics_now(at)),
        "stamp": seen,
        "listed": listed,
        "map": map_of(listed),
    }
    return _show(request, "hubs/home.html", context, at)


@public_page
def find(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    seen = stamp(at)
    form = FinderForm(request.GET, topics=topics_now(at))
    listed = finding.offering(hubs_now(at), form.topic_chosen, at)
    answer = None
    if form.is_valid():
        answer = finding.answer_for(form.cleaned_data["postcode"], form.topic_chosen, listed)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return HttpResponse(find_page(request, form, answer, listed, at=at, seen=seen), status=status)


@login_not_required
@require_safe
@never_cache
def near_me(request: HttpRequest) -> HttpResponse:
    """Turn a device's position into its nearest postcode; the exact position stays out of the address."""
    form = LocationForm(request.GET)
    if not form.is_valid():
        return redirect("find")
    code = finding.nearest_postcode(form.cleaned_data["latitude"], form.cleaned_data["longitude"])
    if code is None:
        return redirect("find-too-far")
    topic = form.cleaned_data["topic"]
    query = {"postcode": code} | ({"topic": topic} if topic else {})
    return redirect(f"{reverse('find')}?{urlencode(query)}")


@public_page
def too_far(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    seen = stamp(at)
    listed = hubs_now(at)
    context = {
        "form": FinderForm(topics=topics_now(at)),
        "stamp": seen,
        "listed": listed,
        "map": map_of(listed),
        "too_far": True,
    }
    return _show(request, "hubs/find.html", context, at)


@public_page
def hub_list(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    listed = hubs_now(at)
    return _show(request, "hubs/hub_list.html", {"listed": listed, "map": map_of(listed)}, at)


@public_page
def hub_page(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    every = hubs_now(at)
    listed = next((each for each in every if each.hub.slug == slug), None)
    if listed is None:
        raise Http404
    today = timezone.localdate(at)
    facilities = HubFacility.objects.filter(hub=listed.hub).select_related("facility")
    context = {
        "listed": listed,
        "today": today,
        "days": listed.schedule.days(today, DAYS_SHOWN),
        "facilities": facilities,
        "busy_days": busy_days_of(listed, today),
        "structured_data": hub_json_ld(listed, facilities, today=today),
        "offers": TopicOffer.objects.for_hub(listed.hub, today),
        "hub_notices": Notice.objects.showing(at).filter(hub=listed.hub),
        "walk_in_instead": _walk_in_instead(listed, every),
        "map": map_of([listed]),
    }
    return _show(request, "hubs/hub_page.html", context, at)


@public_page
def topic_list(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    return _show(request, "hubs/topic_list.html", {"topics": topics_now(at)}, at)


@public_page
def topic_page(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    topic = get_object_or_404(Topic.objects.current(timezone.localdate(at)), slug=slug)
    listed = finding.offering(hubs_now(at), topic, at)
    context = {
        "topic": topic,
        "listed": listed,
        "walk_in": [each for each in listed if each.walk_in],
        "by_appointment": [each for each in listed if not each.walk_in],
        "form": FinderForm({"topic": topic.slug}, topics=[topic]),
    }
    return _show(request, "hubs/topic_page.html", context, at)


@public_page
def borough_map(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(borough_drawing(), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return timeless(response)


def _show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    at: datetime,
) -> HttpResponse:
    frame = {
        "at": at,
        "notices": notices_now(at),
    }
    return render(request, template, frame | context)


def _walk_in_instead(listed: ListedHub, every: list[ListedHub]) -> finding.Findings[ListedHub] | None:
    if listed.walk_in:
        return None
    place = finding.Place(listed.easting, listed.northing)
    return finding.rank(place, [each for each in every if each.walk_in])
