"""What the pages have in common that residents send something to: open to all, kept by nobody, limited."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from enquiries.errors import TooManyTries
from enquiries.limits import caller_address, caller_key

View = Callable[..., HttpResponse]

UNPROCESSABLE, CONFLICT = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT


def resident_page(*methods: str, private: bool = False) -> Callable[[View], View]:
    """Open a view to everybody, and let nobody store what it answers, unless it is `same_on_back`.

    `private` is for addresses that only the resident knows: no search engine lists them, and a link on the
    page tells nobody the address it stood on.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.setdefault("Cache-Control", "no-store")
            if private:
                response.headers["X-Robots-Tag"] = "noindex, nofollow"
                # A form would then be sent without its origin, and refused: such pages keep "same-origin".
                response.headers["Referrer-Policy"] = "same-origin" if "POST" in methods else "no-referrer"
            return response

        # A secret is hard to guess by the length of a page: form tokens are masked anew each time, and Django
        # pads what it compresses (docs/security.md, 34).
        answers = require_http_methods(methods)(gzip_page(shown))
        return login_not_required(sensitive_variables()(sensitive_post_parameters()(answers)))

    return decorate


def same_on_back(response: HttpResponse) -> HttpResponse:
    """Let the resident's own browser show a page again on Back, as the same form, and nobody else.

    Only for pages that say nothing of anybody: what was typed or done is stored nowhere.
    """
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def caller_of(request: HttpRequest) -> str:
    """Return the name under which the sender of a request is counted, a `limits.caller_key`."""
    address = caller_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        behind_proxy=settings.BEHIND_TLS_PROXY,
    )
    return caller_key(address, settings.SECRET_KEY)


def refuse(
    request: HttpRequest, template: str, full: TooManyTries, context: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer 429, with when to try again."""
    response = render(request, template, context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(full.seconds)
    return response
