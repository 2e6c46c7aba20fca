"""Pages about the portal itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hubportal.kept_for import kept_for
from hubs.public_pages import public_page, timeless


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return timeless(render(request, "hubportal/accessibility.html"))


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return timeless(render(request, "hubportal/privacy.html", {"kept_for": kept_for()}))


@public_page
def cookies(request: HttpRequest) -> HttpResponse:
    return timeless(render(request, "hubportal/cookies.html"))


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /staff/",
        "Disallow: /console/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return timeless(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))
