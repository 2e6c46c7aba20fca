import pytest
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory

from hubportal.middleware import BrowserRulesMiddleware, RefuseMalformedRequests


@pytest.mark.parametrize("address", ["/find/?postcode=%00", "/hubs/a%00b/", "/bn/?x=1%00", "/no-such%00/"])
def test_nul_in_the_address_is_refused(client, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("cookie", ['sessionid="abcdefgh\\000zzz"', "csrftoken=%00", 'a="b\\000"'])
def test_nul_in_a_cookie_is_refused(client, cookie):
    assert client.get("/staff/", headers={"cookie": cookie}).status_code == 400


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "utf-7", "rot13", "hex", "idna", "latin-1", "nonsense"]
)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_a_form_in_a_foreign_charset_is_refused(client, kind, charset):
    body = b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\n\\ud800\r\n--x--\r\n'

    assert client.generic("POST", "/ask/", body, f"{kind}; charset={charset}").status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_a_form_in_utf_8_passes(charset):
    passed = RefuseMalformedRequests(lambda request: "passed")
    form = {"path": "/ask/", "data": b"words=x"}
    form["content_type"] = f"application/x-www-form-urlencoded; charset={charset}"

    assert passed(RequestFactory().post(**form)) == "passed"


@pytest.mark.parametrize(
    ("method", "address", "host"),
    [("GET", "/?%00", "localhost"), ("TRACE", "/", "localhost"), ("GET", "/", "elsewhere.example")],
)
def test_what_is_refused_has_the_same_browser_rules_as_any_page(client, db, method, address, host):
    rules = (
        "Content-Security-Policy",
        "Cross-Origin-Opener-Policy",
        "Permissions-Policy",
        "Referrer-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
    )
    page = client.get("/no-such-page/")
    refused = client.generic(method, address, headers={"host": host})

    assert refused.status_code in (400, 405)
    assert {rule: refused.headers.get(rule) for rule in rules} == {rule: page.headers[rule] for rule in rules}


def test_a_page_says_what_django_would_say_and_its_own_word_comes_first(settings):
    settings.X_FRAME_OPTIONS, settings.SECURE_REFERRER_POLICY = "SAMEORIGIN", "origin, no-referrer"
    own = {"referrer-policy": "no-referrer", "Permissions-Policy": "camera=()"}
    answers = [HttpResponse(), HttpResponse(headers=own)]
    plain, particular = (BrowserRulesMiddleware(lambda _, each=each: each)(None) for each in answers)
    theirs = HttpResponse()
    for rules in (XFrameOptionsMiddleware, SecurityMiddleware):
        rules(lambda _: theirs).process_response(RequestFactory().get("/"), theirs)

    assert theirs.headers.items() <= plain.headers.items()
    assert len(plain.headers) == len(theirs.headers) + 3
    assert particular.headers.items() >= own.items()
    assert {name.lower() for name in particular.headers} == {name.lower() for name in plain.headers}


def test_trace_is_refused(client):
    response = client.trace("/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


def test_a_plain_request_passes():
    passed = RefuseMalformedRequests(lambda request: "passed")

    assert passed(RequestFactory().get("/find/?postcode=E1+4NS")) == "passed"


def test_the_error_page_for_a_malformed_request_needs_no_database(client):
    response = client.get("/?%00")

    assert response.status_code == 400
    assert 'lang="bn"' in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
