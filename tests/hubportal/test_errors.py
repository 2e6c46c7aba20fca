"""Error pages: both languages, no database, nothing given away."""

import re

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import RequestFactory
from django.urls import path

from hubportal import errors

STATUSES = {
    "400": errors.bad_request,
    "403": errors.permission_denied,
    "403_csrf": errors.csrf_failure,
    "404": errors.page_not_found,
    "429": errors.too_many_requests,
    "500": errors.server_error,
}


def broken(request):
    raise RuntimeError("a secret path and SELECT * FROM residents")


def without_database(request):
    raise OperationalError("could not connect to server at 10.0.0.5")


def interrupted(request):
    raise InterfaceError("connection already closed")


urlpatterns = [
    path("broken/", broken),
    path("without-database/", without_database),
    path("interrupted/", interrupted),
]
handler500 = "hubportal.errors.server_error"
handler404 = "hubportal.errors.page_not_found"


@pytest.fixture
def visitor(client, settings, db):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "SignInRequired" not in m]
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(("name", "view"), STATUSES.items())
def test_an_error_page_speaks_both_languages_without_a_database(name, view):
    response = view(RequestFactory().get("/"))
    text = response.content.decode()

    assert response.status_code == int(name[:3])
    assert 'lang="en"' in text
    assert 'lang="bn"' in text
    assert "020 7364 5000" in text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("name", "view"), STATUSES.items())
def test_an_error_below_bn_begins_in_bengali(name, view):
    english, bengali = (view(RequestFactory().get(at)).content.decode() for at in ("/hubs/", "/bn/hubs/"))
    title, heading = (re.search(f"<{tag}[^>]*>(.*?)<", bengali, re.S)[1] for tag in ("title", "h1"))

    assert '<html lang="bn"' in bengali
    assert not re.search("[a-z]", title + heading)
    assert english.index(heading) > english.index("020 7364 5000")
    assert bengali.index(heading) < bengali.index('<div lang="en">')


def test_too_many_tries_below_bn_are_told_of_in_bengali(client, db, settings):
    settings.TRACK_PER_ADDRESS_A_MINUTE = 0
    response = client.post("/bn/track/", {"reference": "K7M3PQX9T", "second_fact": "E14 3HG"})

    assert (response.status_code, b'<html lang="bn"' in response.content) == (429, True)


def test_a_page_that_is_refused_leads_back_to_the_staff_pages():
    text = errors.permission_denied(RequestFactory().get("/")).content.decode()

    assert text.count('<a class="govuk-link" href="/staff/">Go to the staff pages</a>') == 1


def test_a_fault_of_ours_is_500_and_gives_nothing_away(visitor, caplog):
    response = visitor.get("/broken/")

    assert response.status_code == 500
    assert "residents" not in response.content.decode()


@pytest.mark.parametrize("address", ["/without-database/", "/interrupted/"])
def test_a_database_that_is_away_is_503_and_says_when_to_try_again(visitor, address):
    response = visitor.get(address)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "10.0.0.5" not in response.content.decode()


def test_a_page_that_needs_the_database_is_503_without_it(client, db):
    client.raise_request_exception = False

    def away(execute, sql, params, many, context):
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        assert client.get("/hubs/").status_code == 503


def test_an_unknown_address_is_404_in_both_languages(client, db):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert 'lang="bn"' in response.content.decode()
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
