"""Error pages. They need no database and say what happened in English and in Bengali."""

from __future__ import annotations

import re
import sys
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.http import escape_leading_slashes
from django.views.decorators.debug import sensitive_variables

from hubportal.context_processors import Page
from hubportal.outage import Outage, outage_behind, outage_of

RETRY_AFTER_SECONDS = 5

_SECRET = re.compile(r"password|otp|^code$")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense. A session that an outage kept from being saved comes here as well."""
    if outage := outage_behind(exception):
        return _unavailable(request, outage)
    return _page(request, "400", HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not allowed."""
    return _page(request, "403", HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token, most often because the page lay open too long.

    What was typed can be sent again with one press, if the browser says that a page of ours sent it. Anybody
    else's form is not shown, or a page of theirs could have its words sent in the name of whoever reads this.
    """
    sent = _sent(request) if _from_our_page(request) else []
    kept = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
    about = {"kept": kept, "path": _own_path(request), "csrf_token": get_token(request)} if kept else {}
    return _page(request, "403_csrf", HTTPStatus.FORBIDDEN, about)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page."""
    return _page(request, "404", HTTPStatus.NOT_FOUND)


def too_many_requests(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """429: too many tries in a short time."""
    return _page(request, "429", HTTPStatus.TOO_MANY_REQUESTS)


@sensitive_variables()
def server_error(request: HttpRequest) -> HttpResponse:
    """500 for a fault of ours; 503 with `Retry-After` when the database cannot do what it was asked.

    `response.outage` tells the outage middleware which kind it was. A form that was sent comes back with
    everything in it, to be sent again.
    """
    if outage := outage_of(sys.exc_info()[1]):
        return _unavailable(request, outage)
    return _page(request, "500", HTTPStatus.INTERNAL_SERVER_ERROR)


def _unavailable(request: HttpRequest, outage: Outage) -> HttpResponse:
    sent = _sent(request)
    about = {
        "sent": sent,
        "texts": [value for _, value in sent if any(space in value.strip() for space in " \n")],
        "send_to": _own_path(request),
    }
    response = _page(request, "503", HTTPStatus.SERVICE_UNAVAILABLE, about)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response.outage = outage  # type: ignore[attr-defined]
    return response


def _own_path(request: HttpRequest) -> str:
    """Return where a form is sent again: a path that begins with two slashes would be another site's."""
    return escape_leading_slashes(request.get_full_path())


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form that was sent, in order; none when there is a secret among them."""
    if request.method != "POST" or any(_SECRET.search(name) for name in request.POST):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]


def _from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says so itself: a page of another site cannot write these two headers."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site", request.headers.get("Origin")) in ("same-origin", own)


def _page(
    request: HttpRequest, name: str, status: HTTPStatus, about: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"page": Page(request), "request_id": getattr(request, "request_id", "")} | (about or {})
    response = HttpResponse(render_to_string(f"errors/{name}.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
