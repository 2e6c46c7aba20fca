"""A memory of finished public pages, asked before session, sign-in and templates, and even before Django.

A page is kept whole, compressed once, until the content version changes (checked at most once a second) or
the minute ends, since pages say whether a hub is open now. Figures: bench/README.md.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.cache import patch_vary_headers

from hubportal import request_log
from hubportal.middleware import has_nul
from hubs.kept import content_version, version_just_checked

GetResponse = Callable[[HttpRequest], HttpResponse]
Environ = Mapping[str, Any]
Key = tuple[bool, str | None, str]

MOST_PAGES = 512
NEVER_KEPT = ("/static/", "/staff/", "/console/", "/healthz", "/readyz", "/metrics")
FOREVER = -1
"""In place of a minute: the page says nothing about the time of day."""
_SMALLEST_COMPRESSED = 200
_BROTLI_KEPT, _BROTLI_ONCE, _GZIP_LEVEL = 9, 5, 6
# 64 kB, more than any page: with brotli's own 4 MB each page took some megabytes and 13 ms instead of 1.
_BROTLI_WINDOW = 16


@dataclass(frozen=True, slots=True)
class EncodedPage:
    """A page in one encoding, with its headers ready to be sent: for the page itself, and for a 304."""

    body: bytes
    etag: str
    headers: ResponseHeaders
    headers_unchanged: ResponseHeaders
    sent: list[tuple[str, str]] = field(init=False)
    sent_unchanged: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sent", list(self.headers.items()))
        object.__setattr__(self, "sent_unchanged", list(self.headers_unchanged.items()))


@dataclass
class KeptPage:
    """A finished public page: its headers, and its body in each encoding that was asked for so far."""

    version: int
    minute: int
    headers: dict[str, str]
    body: bytes
    brotli_quality: int
    etag: str = field(init=False)
    encoded: dict[str, EncodedPage] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.etag = hashlib.blake2b(self.body, digest_size=12).hexdigest()

    def answer(self, request: HttpRequest, status: int = 200) -> HttpResponse:
        """Return the page as the browser may have it: 304 when it holds this very version already."""
        page = self._encoded_for(request.META)
        if status == 200 and _holds(request.META.get("HTTP_IF_NONE_MATCH", ""), page.etag):
            return _response(b"", page.headers_unchanged, 304)
        return _response(b"" if request.method == "HEAD" else page.body, page.headers, status)

    def send(
        self, environ: Environ, start_response: Callable[..., Any], number: str
    ) -> tuple[int, Iterable[bytes]]:
        """Answer a WSGI request with the page: the same status, headers and body as `answer`.

        Returns the status and the body; `number` is the request's, which goes into its header.
        """
        page = self._encoded_for(environ)
        if _holds(environ.get("HTTP_IF_NONE_MATCH", ""), page.etag):
            start_response("304 Not Modified", [*page.sent_unchanged, (request_log.HEADER, number)])
            return 304, [b""]
        start_response("200 OK", [*page.sent, (request_log.HEADER, number)])
        return 200, [b"" if environ["REQUEST_METHOD"] == "HEAD" else page.body]

    def _encoded_for(self, meta: Environ) -> EncodedPage:
        encoding = _best_encoding(meta.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding not in self.encoded:
            self.encoded[encoding] = self._encode(encoding)
        return self.encoded[encoding]

    def _encode(self, encoding: str) -> EncodedPage:
        if len(self.body) < _SMALLEST_COMPRESSED:
            encoding = ""
        body = self.body
        if encoding == "br":
            body = brotli.compress(body, quality=self.brotli_quality, lgwin=_BROTLI_WINDOW)
        elif encoding == "gzip":
            body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        headers = self.headers | {"ETag": f'"{self.etag}{encoding}"'}
        about_the_body = {"Content-Length": str(len(body))} | (
            {"Content-Encoding": encoding} if encoding else {}
        )
        unchanged = {name: value for name, value in headers.items() if name != "Content-Type"}
        return EncodedPage(
            body, headers["ETag"], ResponseHeaders(headers | about_the_body), ResponseHeaders(unchanged)
        )


_kept: dict[Key, KeptPage] = {}
"""The finished pages of this process."""


def forget() -> None:
    """Forget every page, as a fresh process would; for tests, whose content goes back in time."""
    _kept.clear()


class PageMemoMiddleware:
    """Answer public pages from memory; make, compress and keep those that are not there yet."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _may_be_kept(request.META) or request.path_info.startswith(NEVER_KEPT):
            return self.get_response(request)
        keep = not request.META.get("QUERY_STRING")
        minute = _minute()
        version = content_version()
        kept = _found(request.META, version, minute) if keep else None
        if kept is not None:
            return kept.answer(request)
        response = self.get_response(request)
        if not _is_plain_and_public(response):
            return response
        page = _page_of(response, version, minute, _BROTLI_KEPT if keep else _BROTLI_ONCE)
        if keep and response.status_code == 200:
            if len(_kept) >= MOST_PAGES:
                _kept.clear()
            _kept[_key(request.META)] = page
        return page.answer(request, response.status_code)


class AnswerFromMemory:
    """The WSGI application with the memory before it: a page that is there costs no Django request at all.

    Once a second a request goes the whole way, since somebody must look at the content version, and so do
    those that `hubportal.middleware` refuses: whoever sends a NUL in a cookie gets no page from here.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self._notes_requests = request_log.notes_requests()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        version = version_just_checked()
        if version is not None and _may_be_kept(environ) and not environ.get("QUERY_STRING"):
            page = _found(environ, version, _minute())
            if page is not None and not has_nul(environ.get("HTTP_COOKIE", "")):
                return self._send(page, environ, start_response)
        return self.application(environ, start_response)

    def _send(
        self, page: KeptPage, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        number = request_log.number_for(environ.get("HTTP_X_REQUEST_ID", ""))
        started = time.perf_counter()
        status, body = page.send(environ, start_response, number)
        if self._notes_requests:
            seconds = time.perf_counter() - started
            request_log.note_from_memory(environ["REQUEST_METHOD"], status, seconds, number)
        return body


def _may_be_kept(meta: Environ) -> bool:
    return meta["REQUEST_METHOD"] in ("GET", "HEAD")


def _minute() -> int:
    return int(time.time() // 60)


def _found(meta: Environ, version: int, minute: int) -> KeptPage | None:
    page = _kept.get(_key(meta))
    if page is not None and page.version == version and page.minute in (minute, FOREVER):
        return page
    return None


def _key(meta: Environ) -> Key:
    return _is_secure(meta), meta.get("HTTP_HOST"), meta.get("PATH_INFO", "")


def _is_secure(meta: Environ) -> bool:
    """Tell what `HttpRequest.is_secure` would, without a request."""
    if settings.SECURE_PROXY_SSL_HEADER:
        header, secure = settings.SECURE_PROXY_SSL_HEADER
        if (said := meta.get(header)) is not None:
            return said.split(",", 1)[0].strip() == secure
    return meta.get("wsgi.url_scheme") == "https"


def _response(body: bytes, headers: ResponseHeaders, status: int) -> HttpResponse:
    response = HttpResponse(body, status=status)
    # A copy of what Django keeps inside: to set a dozen headers anew is a third of what an answer costs.
    response.headers._store = dict(headers._store)
    return response


def _is_plain_and_public(response: HttpResponse) -> bool:
    return getattr(response, "public_page", False) and not response.streaming and not response.cookies


def _page_of(response: HttpResponse, version: int, minute: int, brotli_quality: int) -> KeptPage:
    patch_vary_headers(response, ["Accept-Encoding"])
    kept_for = FOREVER if getattr(response, "timeless", False) else minute
    return KeptPage(version, kept_for, dict(response.headers), response.content, brotli_quality)


def _best_encoding(accepted: str) -> str:
    for encoding in ("br", "gzip"):
        for offer in accepted.split(","):
            name, _, quality = offer.strip().partition(";")
            if name == encoding and quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
                return encoding
    return ""


def _holds(if_none_match: str, etag: str) -> bool:
    if not if_none_match:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or "*" in tags
