"""A memory of finished public pages, asked before session, sign-in and templates.

A page is kept whole, compressed once, until the content version changes (checked at most once a second) or
the minute ends, since pages say whether a hub is open now. Figures: bench/README.md.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.cache import patch_vary_headers

from hubs.kept import content_version

GetResponse = Callable[[HttpRequest], HttpResponse]

MOST_PAGES = 512
NEVER_KEPT = ("/static/", "/staff/", "/console/", "/healthz", "/readyz", "/metrics")
FOREVER = -1
"""In place of a minute: the page says nothing about the time of day."""
_SMALLEST_COMPRESSED = 200
_BROTLI_KEPT, _BROTLI_ONCE, _GZIP_LEVEL = 9, 4, 6


@dataclass(frozen=True, slots=True)
class EncodedPage:
    """A page in one encoding, with its headers ready to be sent: for the page itself, and for a 304."""

    body: bytes
    etag: str
    headers: ResponseHeaders
    headers_unchanged: ResponseHeaders


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
        encoding = _best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding not in self.encoded:
            self.encoded[encoding] = self._encode(encoding)
        page = self.encoded[encoding]
        if status == 200 and _holds(request.META.get("HTTP_IF_NONE_MATCH", ""), page.etag):
            return _response(b"", page.headers_unchanged, 304)
        return _response(b"" if request.method == "HEAD" else page.body, page.headers, status)

    def _encode(self, encoding: str) -> EncodedPage:
        if len(self.body) < _SMALLEST_COMPRESSED:
            encoding = ""
        body = self.body
        if encoding == "br":
            body = brotli.compress(body, quality=self.brotli_quality)
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


class PageMemoMiddleware:
    """Answer public pages from memory; make, compress and keep those that are not there yet."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._kept: dict[tuple[bool, str | None, str], KeptPage] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(NEVER_KEPT):
            return self.get_response(request)
        keep = not request.META.get("QUERY_STRING")
        key = (request.is_secure(), request.META.get("HTTP_HOST"), request.path_info)
        minute = int(time.time() // 60)
        version = content_version()
        kept = self._kept.get(key) if keep else None
        if kept is not None and kept.version == version and kept.minute in (minute, FOREVER):
            return kept.answer(request)
        response = self.get_response(request)
        if not _is_plain_and_public(response):
            return response
        page = _page_of(response, version, minute, _BROTLI_KEPT if keep else _BROTLI_ONCE)
        if keep and response.status_code == 200:
            if len(self._kept) >= MOST_PAGES:
                self._kept.clear()
            self._kept[key] = page
        return page.answer(request, response.status_code)


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
