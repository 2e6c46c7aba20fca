"""At which hub a page of the desk is used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from enquiries.models import Enquiry
from enquiries.querysets import EVERY_HUB
from hubs.models import Hub

View = Callable[..., HttpResponse]

_ANY = "REFERENCE"


def at_a_hub(view: View) -> View:
    """Give a view the hub: the home hub, or the one a manager chose with `?hub=` or in the path.

    A manager who has chosen none is asked to. Another hub than the own is not there (404) for everybody else,
    and without a home hub nothing is (403).
    """

    @wraps(view)
    def placed(request: HttpRequest, slug: str = "", **kwargs: Any) -> HttpResponse:
        hub = _hub_for(request.user, slug or request.GET.get("hub", ""))  # type: ignore[arg-type]
        if hub is None:
            return _ask(request)
        return view(request, hub, **kwargs)

    return placed


def address(name: str, request: HttpRequest, hub: Hub) -> str:
    """Return a desk page's address at `hub`, which it names where it is not the person's own."""
    path = _path(name)
    home = request.user.home_hub_id  # type: ignore[union-attr]
    return path if hub.pk == home else f"{path}?{urlencode({'hub': hub.slug})}"


def page_of(enquiry: Enquiry) -> str:
    """Return the address of an enquiry's page."""
    return _path_to_any("enquiry").replace(_ANY, enquiry.reference)


@cache
def _path_to_any(name: str) -> str:
    return reverse(name, args=[_ANY])


@cache
def _path(name: str) -> str:
    return reverse(name)


def _hub_for(user: User, slug: str) -> Hub | None:
    if user.home_hub and slug in ("", user.home_hub.slug):
        return user.home_hub
    if user.has_perm(EVERY_HUB):
        return _current(slug) if slug else None
    if user.home_hub is None:
        raise PermissionDenied
    raise Http404


def _current(slug: str) -> Hub:
    found = Hub.objects.current(timezone.localdate()).select_related("waiting_room").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _ask(request: HttpRequest) -> HttpResponse:
    context = {"hubs": Hub.objects.current(timezone.localdate())}
    status = HTTPStatus.OK if request.method in ("GET", "HEAD") else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "enquiries/desk/choose_hub.html", context, status=status)
