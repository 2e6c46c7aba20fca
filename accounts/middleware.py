"""Staff sessions on shared desks: they end, and nothing of them is kept by the browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware, get_user
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from accounts.gates import SEEN_AT, SIGNED_IN_AT, gate

GetResponse = Callable[[HttpRequest], HttpResponse]

STAFF_PATHS = ("/staff/", "/console/")
_NOTE_SEEN_EVERY_SECONDS = 60


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page wants somebody signed in, unless its view says otherwise.

    Django's own looks the user up first even where nobody needs to be: a session read for every public page,
    and `Vary: Cookie` on it.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class StaffOnly(MiddlewareMixin):
    """Before a middleware of Django's that only staff pages need: what residents ask for goes past it.

    Residents have no session, account or messages; to make these ready takes time even where nobody looks.
    """

    def __call__(self, request: HttpRequest) -> Any:
        """Pass a request on, by the middleware or past it."""
        if request.path_info.startswith(STAFF_PATHS):
            return super().__call__(request)
        return self.get_response(request)


class StaffCookieMiddleware(StaffOnly, SessionMiddleware):
    """Give staff pages the session of their cookie."""


class StaffPersonMiddleware(StaffOnly, AuthenticationMiddleware):
    """Give staff pages the person of their session."""


class StaffMessagesMiddleware(StaffOnly, MessageMiddleware):
    """Keep messages for the next staff page."""


class StaffSessionMiddleware:
    """End a staff session after `STAFF_IDLE_MINUTES` unused or `STAFF_SESSION_HOURS` in all.

    Before that, somebody may have to unlock it or take a second step (accounts/gates.py). No staff page is
    stored by the browser.

    The time of the last page is written at most once a minute, so that reading pages does not write to the
    database each time. A page that asks by itself whether anything is new (`Hub-Poll: 1`) is not used by
    that, or a session with an open waiting list would never end. Public pages never touch the session.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(STAFF_PATHS):
            return self.get_response(request)
        # The person and not Django's lazy stand-in, through which each look at an attribute costs two calls.
        request.user = get_user(request)
        if request.user.is_authenticated and self._has_ended(request):
            logout(request)
            messages.info(request, "You have been signed out because the page was not used for a while.")
            return redirect(f"{settings.LOGIN_URL}")
        first = gate(request) if request.user.is_authenticated else None
        response = first or self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _has_ended(self, request: HttpRequest) -> bool:
        now = int(time.time())
        session = request.session
        signed_in_at = session.setdefault(SIGNED_IN_AT, now)
        seen_at = session.get(SEEN_AT, now)
        asks_by_itself = request.META.get("HTTP_HUB_POLL") == "1"
        if SEEN_AT not in session or (now - seen_at >= _NOTE_SEEN_EVERY_SECONDS and not asks_by_itself):
            session[SEEN_AT] = now
        return (
            now - seen_at > settings.STAFF_IDLE_MINUTES * 60
            or now - signed_in_at > settings.STAFF_SESSION_HOURS * 3600
        )
