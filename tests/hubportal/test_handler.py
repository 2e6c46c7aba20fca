"""What is shorter than Django's own way to answer a request, and comes to the same."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.exceptions import DisallowedHost, TooManyFieldsSent
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, QueryDict, RawPostDataException
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from hubportal.handler import PortalHandler, PortalRequest, SentFields

A_FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def handler():
    return PortalHandler()


@pytest.fixture
def looked_for(monkeypatch):
    """The addresses that Django was asked to find, as they come."""
    asked, find = [], BaseHandler.resolve_request
    monkeypatch.setattr(
        BaseHandler,
        "resolve_request",
        lambda self, request: (asked.append(request.path_info), find(self, request))[1],
    )
    return asked


def found(handler, path, language="en"):
    request = RequestFactory().get(path)
    with translation.override(language):
        match = handler.resolve_request(request)
        same = resolve(path)
    assert request.resolver_match is match
    assert (match.func, match.view_name, match.args, match.kwargs, match.route) == (
        (same.func, same.view_name, same.args, same.kwargs, same.route)
    )
    return match


def test_a_fixed_address_is_looked_for_once(handler, looked_for):
    first, again = found(handler, "/appointments/details/"), found(handler, "/appointments/details/")

    assert (first is again, looked_for) == (True, ["/appointments/details/"])


@pytest.mark.parametrize(
    "paths",
    [
        ("/hubs/bow/", "/hubs/town-hall/"),
        ("/appointments/housing/", "/appointments/benefits/"),
        ("/sitemap.xml", "/sitemap.xml"),
        ("/staff/enquiries/", "/staff/enquiries/"),
    ],
)
def test_each_address_is_found_as_django_finds_it(handler, looked_for, paths):
    for path in (*paths, *paths):
        found(handler, path)


def test_an_address_with_something_to_fill_in_is_never_kept(handler, looked_for):
    for _ in range(2):
        assert found(handler, "/hubs/bow/").kwargs == {"slug": "bow"}

    assert looked_for == ["/hubs/bow/"] * 2


def test_each_language_finds_its_own_addresses_only(handler):
    found(handler, "/privacy/", "en"), found(handler, "/bn/privacy/", "bn")
    for path, language in (("/privacy/", "bn"), ("/bn/privacy/", "en")):
        with pytest.raises(Http404):
            found(handler, path, language)


def test_an_address_that_there_is_not_is_looked_for_each_time(handler, looked_for):
    for _ in range(2):
        with pytest.raises(Http404):
            found(handler, "/nowhere/")

    assert looked_for == ["/nowhere/"] * 2


def sent(kind, body, content_type=A_FORM, *, is_read=True, method="POST", host="localhost"):
    """A request of a kind that came from the web server, and was read as far as OutageMiddleware reads it."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/ask/",
        "HTTP_HOST": host,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    request = kind(environ)
    if is_read:
        assert request.body == body
    return request


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "=",
        "&",
        ";",
        "+",
        "%",
        "%20",
        "%C3%A9",
        "%E0%A6%95",
        "%FF",
        "%00",
        "é",
        "ক",
        "a=1&",
        "words=",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["utf-8", "latin-1"]))
def test_the_fields_of_a_form_are_those_that_django_finds(text, encoding):
    body = text.encode(encoding, "replace")
    ours, theirs = sent(PortalRequest, body).POST, sent(WSGIRequest, body).POST

    assert (dict(ours.lists()), ours.encoding, ours.dict()) == (
        dict(theirs.lists()),
        theirs.encoding,
        theirs.dict(),
    )
    assert list(ours) == list(theirs)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (f"{A_FORM}; charset=utf-8", b"words=%E0%A6%95&words=x"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\nx\r\n--x--',
        ),
        ("application/json", b'{"words": 1}'),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
@pytest.mark.parametrize("is_read", [True, False])
def test_whatever_is_sent_is_read_as_django_reads_it(content_type, body, method, is_read):
    ours, theirs = (
        sent(kind, body, content_type, method=method, is_read=is_read)
        for kind in (PortalRequest, WSGIRequest)
    )

    assert (dict(ours.POST.lists()), dict(ours.FILES.lists())) == (dict(theirs.POST.lists()), {})


def test_a_form_that_is_read_piece_by_piece_has_no_fields_and_no_body():
    request = sent(PortalRequest, b"words=x", is_read=False)
    request.read(2)

    assert dict(request.POST) == {}
    with pytest.raises(RawPostDataException):
        request.body  # noqa: B018


def test_a_form_of_too_many_fields_is_refused(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

    assert len(sent(PortalRequest, b"a=1&b=2&c=3").POST) == 3
    with pytest.raises(TooManyFieldsSent):
        sent(PortalRequest, b"a=1&b=2&c=3&d=4").POST  # noqa: B018


def test_nobody_changes_what_was_sent_but_a_copy():
    fields = sent(PortalRequest, b"words=x&words=y").POST
    for change in (lambda: fields.appendlist("words", "z"), lambda: fields.update({"words": "z"})):
        with pytest.raises(AttributeError, match="immutable"):
            change()
    copied = fields.copy()
    copied.appendlist("words", "z")

    assert isinstance(fields, SentFields)
    assert isinstance(fields, QueryDict)
    assert (fields.getlist("words"), copied.getlist("words")) == (["x", "y"], ["x", "y", "z"])


def test_a_foreign_host_is_refused_each_time(settings):
    settings.ALLOWED_HOSTS = ["hubs.example"]
    request = sent(PortalRequest, b"", host="elsewhere.example")
    for _ in range(2):
        with pytest.raises(DisallowedHost):
            request.get_host()

    assert [sent(PortalRequest, b"", host="hubs.example:81").get_host() for _ in range(2)] == [
        "hubs.example:81"
    ] * 2
