"""Error pages. They need no database and say what happened in English and in Bengali."""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_variables

RETRY_AFTER_SECONDS = 5


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense."""
    return _page("400", HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not allowed."""
    return _page("403", HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token, most often because the page lay open too long.

    What was typed can be sent again with one press, if the browser says that a page of ours sent it. Anybody
    else's form is not shown, or a page of theirs could have its words sent in the name of whoever reads this.
    """
    kept = _typed(request) if _from_our_page(request) else []
    context = (
        {"kept": kept, "path": request.get_full_path(), "csrf_token": get_token(request)} if kept else {}
    )
    return _page("403_csrf", HTTPStatus.FORBIDDEN, context)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page."""
    return _page("404", HTTPStatus.NOT_FOUND)


def too_many_requests(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """429: too many tries in a short time."""
    return _page("429", HTTPStatus.TOO_MANY_REQUESTS)


@sensitive_variables()
def server_error(request: HttpRequest) -> HttpResponse:
    """500 for a fault of ours; 503 with `Retry-After` when the database cannot be reached or is full."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = _page("503", HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return _page("500", HTTPStatus.INTERNAL_SERVER_ERROR)


def _from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says so itself: a page of another site cannot write these two headers."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site", request.headers.get("Origin")) in ("same-origin", own)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed, by the names of the fields; nothing at all if a password is among it."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    if any("password" in name for name, _ in fields):
        return []
    return [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]


def _page(name: str, status: HTTPStatus, context: dict[str, Any] | None = None) -> HttpResponse:
    response = HttpResponse(render_to_string(f"errors/{name}.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
