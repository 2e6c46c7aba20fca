"""Signing in with the council account: there and back."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import actions, directory
from accounts.errors import NotLetIn, Why
from accounts.gates import BY_DIRECTORY, LOCKED_AT, go_on
from accounts.security_log import note

BACKEND = "accounts.backends.StaffBackend"
WANTED = "directory_next"
_STATUS = {Why.AWAY: HTTPStatus.SERVICE_UNAVAILABLE}


@login_not_required
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    if not directory.is_on():
        raise Http404
    request.session[WANTED] = request.GET.get("next", "")
    come_back_to = settings.SITE_URL + reverse("staff-directory-back")
    try:
        return directory.way_there(request, come_back_to, again=LOCKED_AT in request.session)
    except NotLetIn as refused:
        return _not_let_in(request, refused.why)


@login_not_required
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    if not directory.is_on():
        raise Http404
    wanted = request.session.pop(WANTED, "")
    try:
        user = actions.take_in(person=directory.person_from(request), at=timezone.now())
    except NotLetIn as refused:
        return _not_let_in(request, refused.why)
    login(request, user, backend=BACKEND)
    request.session.pop(LOCKED_AT, None)
    request.session[BY_DIRECTORY] = True
    note(request, "signed in by the directory")
    return go_on(request, wanted)


def _not_let_in(request: HttpRequest, why: Why) -> HttpResponse:
    note(request, f"not let in by the directory: {why.value}")
    status = _STATUS.get(why, HTTPStatus.FORBIDDEN)
    return render(request, "accounts/not_let_in.html", {"why": why.value}, status=status)
