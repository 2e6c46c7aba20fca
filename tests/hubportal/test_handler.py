"""Addresses without parts to fill in are found once; what is found is what Django finds."""

from __future__ import annotations

import pytest
from django.core.handlers.base import BaseHandler
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation

from hubportal.handler import PortalHandler


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
