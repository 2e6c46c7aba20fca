"""What happens to a request before and after any page."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from csp.constants import HEADER as CONTENT_POLICY
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import translation
from whitenoise.middleware import WhiteNoiseFileResponse

from hubportal import errors

GetResponse = Callable[[HttpRequest], HttpResponse]

# A NUL in a quoted cookie arrives as an octal escape and is only unfolded when Django reads the cookie.
_NUL_IN_HEADER = re.compile(r"%00|\x00|\\000", re.IGNORECASE)

METHODS = ["GET", "HEAD", "POST", "OPTIONS"]
"""All that any page takes."""

FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The content policy of a style sheet, script, font or picture: alone it runs and fetches nothing."""

# Our pages are UTF-8, and so is what a browser sends from them. Others name codecs of Python's that are no
# encoding of text at all, or that yield characters no database takes.
_CHARSETS = frozenset({"utf-8", "utf8"})


def has_nul(header: str) -> bool:
    """Tell whether a query string or a cookie header hides a NUL in any of its spellings."""
    return _NUL_IN_HEADER.search(header) is not None


class RefuseMalformedRequests:
    """Answer 400 to a NUL in path, query or cookies and to a foreign charset, and 405 to TRACE, at once.

    Outermost, because a NUL that reaches PostgreSQL is an error in the session look-up itself, long before
    a view could catch it. The refusal has the same browser rules as any page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.refuse: GetResponse = self._refusal
        for rules in (BrowserRulesMiddleware, XFrameOptionsMiddleware, SecurityMiddleware):
            self.refuse = rules(self.refuse)  # type: ignore[assignment]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if (
            request.method == "TRACE"
            or "\x00" in request.path_info
            or has_nul(meta.get("QUERY_STRING", ""))
            or has_nul(meta.get("HTTP_COOKIE", ""))
            or (request.content_params or {}).get("charset", "utf-8").lower() not in _CHARSETS
        ):
            return self.refuse(request)
        return self.get_response(request)

    @staticmethod
    def _refusal(request: HttpRequest) -> HttpResponse:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(METHODS)
        return errors.bad_request(request)


class NoProgramInTheClear:
    """Answer 403 to a program that asks for a feed without TLS, where people are sent on to https.

    A redirect would work, and whoever wrote the program would never learn that each of its requests goes
    through the network in the clear (OWASP ASVS 5.0, 4.1.2).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._feeds = re.compile(settings.PROGRAMS_ASK_FOR)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_the_clear = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if in_the_clear and self._feeds.match(request.path_info.lstrip("/")):
            words = f"Ask by https: {settings.SITE_URL}{request.path_info}\n"
            return HttpResponse(words, status=HTTPStatus.FORBIDDEN, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class PathLanguageMiddleware:
    """Take the page's language from its path alone: `/bn/…` is Bengali, everything else English.

    Django's own `LocaleMiddleware` would also look at cookies and `Accept-Language`, and say so in `Vary`,
    which makes public pages needlessly hard to cache.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or "en"
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class MethodsMiddleware:
    """Answer 405 to a method that a view does not take, before a missing form token is complained of.

    That is any that no page has, such as PUT, and anything but GET and HEAD where a view can only be read
    (`hubs.public_pages`): a program that posts to such an address is told what is wrong, and no view has to
    be left out of the check of the token for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        refuse = getattr(view, "refuse_method", None)
        if refuse:
            return refuse(request) if request.method not in ("GET", "HEAD") else None
        return None if request.method in METHODS else HttpResponseNotAllowed(METHODS)


class BrowserRulesMiddleware:
    """Tell the browser what no page of ours needs, so that nothing else may use it either.

    No page has a content policy of its own, so it is put together once; django-csp's middleware would do so
    twice for each answer, a tenth of what a page costs that says "nothing new". What Django's own middlewares
    say in each answer is asked of them once, too: they find it there, and go on. A file of ours runs nothing
    that could ask for a permission, and says so in fewer letters: `bench/README.md` tells why they count.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        answer = HttpResponse()
        # Not HSTS, which is for answers to requests by TLS: that is still said by Django each time.
        for rules in (XFrameOptionsMiddleware, SecurityMiddleware):
            rules(lambda _: answer).process_response(HttpRequest(), answer)
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["Permissions-Policy"] = (
            "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"
        )
        answer.headers[CONTENT_POLICY] = build_policy()
        del answer.headers["Content-Type"]
        # As a response keeps them, checked already: to set one costs as much as five fields of a form.
        self._kept = _kept_in(answer)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, WhiteNoiseFileResponse):
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            response.headers[CONTENT_POLICY] = FILE_POLICY
            return response
        said = _kept_in(response)
        for name, header in self._kept.items():
            said.setdefault(name, header)
        return response


def _kept_in(response: HttpResponse) -> dict[str, tuple[str, str]]:
    """Return the headers of a response as Django keeps them: by their name in small letters."""
    return response.headers._store  # type: ignore[attr-defined]
