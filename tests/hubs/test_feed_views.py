"""Feeds answer any web page, refuse in JSON, and can only be read."""

import json

import pytest
from django.test import Client

from hubs.open_referral import record_id
from tests.hubs.conftest import get

pytestmark = pytest.mark.django_db

FEEDS = [
    "/hubs.geojson",
    "/hubs/bow/hours.ics",
    "/bn/hubs/bow/hours.ics",
    "/openreferral/",
    "/openreferral/services",
    "/openreferral/services/",
    "/openreferral/service_at_locations",
    "/openreferral/service_at_locations?postcode=E14+3HG",
    "/openreferral/taxonomies/",
    f"/openreferral/taxonomy_terms/{record_id('taxonomy_term', 'topic', 'housing')}/",
]


@pytest.mark.parametrize("path", FEEDS)
def test_any_site_may_read_a_feed_and_nobody_may_write(offered, path):
    strict = Client(enforce_csrf_checks=True)
    read = strict.get(path)
    assert (read.status_code, read.headers["Cache-Control"]) == (200, "public, no-cache")
    assert read.cookies == {}

    again = strict.get(path, headers={"if-none-match": read.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    head = strict.head(path)
    assert (head.status_code, head.content) == (200, b"")

    asked = strict.options(path, headers={"origin": "https://example.org"})
    assert (asked.status_code, asked.content, asked.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS")

    refused = [getattr(strict, method)(path) for method in ("post", "put", "patch", "delete")]
    assert [each.status_code for each in refused] == [405] * 4
    assert {each.headers["Content-Type"] for each in refused} == {"application/problem+json"}

    for response in (read, again, head, asked, *refused):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path",
    [
        "services?page=2",
        "services?page=" + "9" * 30,
        "services/nothing",
        f"services/{record_id('service', 'moonlight')}",
        "service_at_locations/²",
        f"taxonomies/{record_id('taxonomy', 'x')}",
        "taxonomy_terms/1",
        "organizations",
        "a/b/c/",
    ],
)
def test_what_is_not_there_is_a_404_in_json(offered, path):
    response = get(path)

    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(response.content)["status"] == 404
    assert response.headers["Access-Control-Allow-Origin"] == "*"
