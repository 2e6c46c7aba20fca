"""Headers as in production, on every address and every error page: an A+ of the HTTP Observatory."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from hubs import views
from tests.header_grade import A_PLUS, directives, grade
from tests.test_access import example, public_and_staff, story  # noqa: F401 - a fixture

BEST_WITHOUT_COOKIES = 130
OPEN_TO_OTHER_SITES = 120
"""Feeds, which web pages of other sites may read."""


@pytest.fixture
def visitor(settings, topics) -> Client:
    """A browser of production's site: https, cookies of one host."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.WHITENOISE_USE_FINDERS = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-hub", "__Host-csrf"
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
    return client


def points(response) -> int:
    return grade(response.headers, response.cookies)


@pytest.mark.parametrize("who", ["nobody", "manager", "administrator"])
def test_every_address_has_the_best_headers(who, visitor, people, postcodes, story):  # noqa: F811
    poor = {}
    for route, name in public_and_staff():
        visitor.cookies.clear()
        if who != "nobody":
            visitor.force_login(people[who])
        for method in ("get", "post", "options"):
            response = getattr(visitor, method)(example(route, name, story))
            shared = response.headers.get("Cross-Origin-Resource-Policy") == "cross-origin"
            least = OPEN_TO_OTHER_SITES if shared else BEST_WITHOUT_COOKIES
            if points(response) < least or (shared and "Set-Cookie" in response.headers):
                poor[f"{method} {name} {response.status_code}"] = points(response)
    assert poor == {}


def test_the_console_has_them_too(visitor, people):
    visitor.force_login(people["administrator"])
    pages = ["", "hubs/hub/", "hubs/hub/add/", "accounts/user/", "admin/logentry/", "jsi18n/", "nowhere/"]

    assert {page: points(visitor.get(f"/console/{page}")) >= A_PLUS for page in pages} == dict.fromkeys(
        pages, True
    )


def without_database(*args, **kwargs):
    raise OperationalError("away")


def broken(*args, **kwargs):
    raise RuntimeError("broken")


@pytest.mark.parametrize(
    ("status", "method", "path", "view"),
    [
        (301, "get", "/staff", None),
        (400, "get", "/?x=%00", None),
        (403, "post", "/ask/", None),
        (404, "get", "/nowhere/", None),
        (405, "post", "/", None),
        (405, "trace", "/", None),
        (500, "get", "/hubs/", broken),
        (503, "get", "/hubs/", without_database),
    ],
)
def test_every_error_page_has_the_best_headers(visitor, monkeypatch, status, method, path, view):
    if view:
        monkeypatch.setattr(views, "hubs_now", view)
    response = getattr(visitor, method)(path)

    assert (response.status_code, points(response)) == (status, BEST_WITHOUT_COOKIES)


def test_too_many_tries_have_them_too(visitor, people):
    visitor.handler.enforce_csrf_checks = False
    sent = {"username": "desk", "password": "wrong"}
    last = [visitor.post("/staff/sign-in/", sent) for _ in range(6)][-1]

    assert last.status_code == 429
    assert points(last) >= BEST_WITHOUT_COOKIES


def test_a_plain_request_is_sent_to_https(visitor):
    visitor.defaults["HTTP_X_FORWARDED_PROTO"] = "http"
    response = visitor.get("/hubs/?x=1")

    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/hubs/?x=1")


@pytest.mark.parametrize(
    "path",
    ["/openreferral", "/openreferral/services?page=1", "/hubs.geojson", "/open-data/monthly-visits.csv"],
)
def test_a_program_that_asks_in_the_clear_is_told_so_and_not_sent_on(visitor, settings, path):
    settings.SECURE_REDIRECT_EXEMPT = [settings.PROGRAMS_ASK_FOR]
    assert visitor.get(path).status_code == 200
    visitor.defaults["HTTP_X_FORWARDED_PROTO"] = "http"
    for _ in range(2):
        response = visitor.get(path)
        assert (response.status_code, "Location" in response.headers) == (403, False)
    assert f"{settings.SITE_URL}{path.split('?')[0]}" in response.content.decode()
    assert response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"]


def test_files_have_them_too(visitor):
    response = visitor.get("/static/admin/css/base.css")

    response.close()
    assert response.status_code == 200
    assert points(response) == BEST_WITHOUT_COOKIES


def test_a_file_may_fetch_run_and_send_nothing_and_no_other_site_reads_it(visitor):
    response = visitor.get("/static/admin/css/base.css")

    response.close()
    policy = directives(response.headers["Content-Security-Policy"])
    assert policy == {"default-src": {"'none'"}, "frame-ancestors": {"'none'"}, "sandbox": set()}
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_missing_file_is_answered_with_a_page_that_may_have_its_style_sheet(visitor):
    response = visitor.get("/static/nowhere.css")

    assert response.status_code == 404
    assert directives(response.headers["Content-Security-Policy"])["style-src"] == {"'self'"}


def test_cookies_belong_to_this_host_and_no_script(visitor):
    page = visitor.get("/staff/sign-in/")
    found = {
        name: (each["secure"], each["httponly"], each["samesite"], each["domain"], each["path"])
        for name, each in page.cookies.items()
    }

    assert found == {"__Host-csrf": (True, True, "Lax", "", "/")}


def test_the_policy_allows_what_is_ours_and_nothing_inline(visitor):
    policy = directives(visitor.get("/").headers["Content-Security-Policy"])

    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == {"'none'"}
    assert set().union(*policy.values()) == {"'none'", "'self'"}


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, 25),
        ({"Content-Security-Policy": "default-src *"}, 30),
        ({"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}, 70),
        ({"Strict-Transport-Security": "max-age=60"}, 35),
    ],
)
def test_a_poor_answer_gets_a_poor_grade(headers, wanted):
    assert grade(headers) == wanted


def test_taking_one_header_away_is_noticed(visitor):
    headers = dict(visitor.get("/").headers)
    weighed = [
        "Content-Security-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Resource-Policy",
    ]
    for name in weighed:
        assert grade({each: value for each, value in headers.items() if each != name}) < BEST_WITHOUT_COOKIES
