"""What makes a page public: no sign-in, no personal data, the same for everybody who asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

View = Callable[..., HttpResponse]
Refusal = Callable[[HttpRequest], HttpResponse]


def timeless(response: HttpResponse) -> HttpResponse:
    """Say that a public answer does not depend on the time of day, only on content."""
    response.timeless = True  # type: ignore[attr-defined]
    return response


def only_read(view: View, refuse: Refusal) -> View:
    """Mark a view that answers GET and HEAD alone, with what it says to any other method.

    `hubportal.middleware.MethodsMiddleware` says it before a missing form token could be complained of.
    """
    view.refuse_method = refuse  # type: ignore[attr-defined]
    return view


def public_page(view: View) -> View:
    """Open a view to everybody and let its answer be kept.

    The answer must depend on the address and the language alone. `hubportal.page_memo` keeps it in memory
    until content changes or the minute ends (pages say "open now"), and adds an ETag; browsers and proxies
    may store it but must ask again, so that an edit shows at once.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.public_page = True  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        response.public_page = True  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "public, no-cache")
        return response

    return login_not_required(only_read(shown, _not_allowed))


def _not_allowed(request: HttpRequest) -> HttpResponse:
    return HttpResponseNotAllowed(["GET", "HEAD"])
