"""What somebody who is signed in must do before any other page opens, and where they go on to."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

LOCKED_AT = "locked_at"
SECOND_STEP_AT = "second_step_at"
BY_DIRECTORY = "signed_in_by_directory"
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
"""What a session notes: when it was locked, when the second step was taken, who checked the person, when it
began and when it was last used (seconds since 1970)."""

_OPEN_WHEN = {
    "staff-locked": ("staff-directory", "staff-directory-back"),
    "staff-set-up-second-step": ("staff-password",),
}
"""Pages that stay open beside the one that comes first; signing out always does."""


def gate(request: HttpRequest) -> HttpResponseRedirect | None:
    """Return the way to what comes first: unlocking, a password of one's own, the second step; or None."""
    first = _comes_first(request)
    if first is None:
        return None
    still_open = (first, "staff-sign-out", *_OPEN_WHEN.get(first, ()))
    if request.path_info in {reverse(name) for name in still_open}:
        return None
    return redirect(_address(first, request.get_full_path() if request.method == "GET" else ""))


def locked_address(page: str) -> str:
    """Return the address of the lock screen that leads back to `page`."""
    return _address("staff-locked", page)


def go_on(request: HttpRequest, wanted: str | None = None) -> HttpResponseRedirect:
    """Return the way to the page that was wanted (else `next` in the address), never off the site."""
    wanted = request.GET.get("next", "") if wanted is None else wanted
    host = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=host, require_https=request.is_secure())
    # Only a path: `redirect` would take a bare word for the name of a view.
    return HttpResponseRedirect(wanted) if safe and wanted.startswith("/") else redirect("staff-home")


def must_have_second_step(user: User) -> bool:
    """Whether the portal demands a second step: of everybody, or of who may do what this person may."""
    if settings.STAFF_SECOND_STEP_FOR_EVERYBODY:
        return True
    return settings.STAFF_SECOND_STEP_REQUIRED and any(map(user.has_perm, settings.STAFF_SECOND_STEP_FOR))


def _comes_first(request: HttpRequest) -> str | None:
    user, session = request.user, request.session
    if LOCKED_AT in session:
        return "staff-locked"
    if session.get(BY_DIRECTORY):
        return None
    # Before the password: a code is asked for as soon as a password was right.
    if getattr(user, "has_second_step", False):
        if SECOND_STEP_AT not in session:
            return "staff-second-step"
    elif must_have_second_step(user):  # type: ignore[arg-type]
        return "staff-password" if user.password_is_temporary else "staff-set-up-second-step"  # type: ignore[union-attr]
    return "staff-password" if user.password_is_temporary else None  # type: ignore[union-attr]


def _address(name: str, page: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': page})}" if page else reverse(name)
