"""The memory before Django: the same answer as Django's, and whatever it must leave to Django."""

import io
import logging
import time
from wsgiref.util import setup_testing_defaults

import pytest
import time_machine
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections

from hubportal import metrics
from hubportal.page_memo import AnswerFromMemory
from hubs import actions, kept
from hubs.models import Hub
from tests.conftest import MONDAY_NOON

pytestmark = pytest.mark.django_db


class Counted:
    """Django's own application, and how often it was asked."""

    def __init__(self) -> None:
        self.django, self.asked = WSGIHandler(), 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return self.django(environ, start_response)


class Site:
    """The application as the web server calls it, and Django alone for comparison."""

    def __init__(self) -> None:
        self.behind = Counted()
        self.whole = AnswerFromMemory(self.behind)

    def get(self, path: str = "/", *, alone: bool = False, **environ) -> tuple[str, dict[str, str], bytes]:
        """Return status, headers and body of one request."""
        asked = {"PATH_INFO": path, "wsgi.input": io.BytesIO(), "HTTP_ACCEPT_ENCODING": "br"} | environ
        setup_testing_defaults(asked)
        answer: list = []
        application = self.behind.django if alone else self.whole
        body = b"".join(
            application(asked, lambda status, headers, *_: answer.extend([status, dict(headers)]))
        )
        if "HTTP_X_REQUEST_ID" not in environ:
            # Each request's own: nothing to compare.
            answer[1].pop("X-Request-ID")
        return answer[0], answer[1], body


@pytest.fixture(autouse=True)
def _connection_stays_open():
    """As in Django's test client: a request would close the connection whose transaction is the test's."""
    for each in (signals.request_started, signals.request_finished):
        each.disconnect(close_old_connections)
    yield
    for each in (signals.request_started, signals.request_finished):
        each.connect(close_old_connections)


@pytest.fixture
def site(hubs, monkeypatch):
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)
    with time_machine.travel(MONDAY_NOON, tick=False):
        made = Site()
        made.get()
        made.behind.asked = 0
        yield made


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_memory_answers_exactly_as_django_does(site, method, encoding):
    asked = {"REQUEST_METHOD": method, "HTTP_ACCEPT_ENCODING": encoding}
    from_memory = site.get(**asked)

    assert site.behind.asked == 0
    assert from_memory == site.get(alone=True, **asked)
    assert from_memory[0] == "200 OK"


def test_the_same_page_again_is_304_exactly_as_django_says_it(site):
    asked = {"HTTP_IF_NONE_MATCH": site.get()[1]["ETag"]}
    from_memory = site.get(**asked)

    assert site.behind.asked == 0
    assert from_memory == site.get(alone=True, **asked)
    assert (from_memory[0], from_memory[2]) == ("304 Not Modified", b"")


@pytest.mark.parametrize(
    "asked",
    [
        {"QUERY_STRING": "x=1"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "TRACE"},
        {"HTTP_HOST": "evil.example"},
        {"wsgi.url_scheme": "https"},
        {"HTTP_COOKIE": 'sessionid="a\\000b"'},
        {"path": "/hubs/"},
    ],
)
def test_everything_else_goes_the_whole_way(site, asked):
    site.get(**asked)

    assert site.behind.asked == 1


def test_a_cookie_with_a_nul_is_refused_though_the_page_is_there(site):
    assert site.get(HTTP_COOKIE='sessionid="a\\000b"')[0] == "400 Bad Request"


def test_behind_a_proxy_its_word_on_https_decides(site, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    asked = [{"HTTP_X_FORWARDED_PROTO": said} for said in ("https", "http", "https, http")]
    for each in asked:
        site.get(**each)
    counted = []
    for each in asked:
        before = site.behind.asked
        site.get(**each)
        counted.append(site.behind.asked - before)

    assert counted == [0, 0, 0]


def test_a_page_is_left_to_django_when_the_version_must_be_looked_at(hubs):
    made = Site()
    made.get()
    Hub.objects.filter(slug="bow").update(name_en="Renamed")
    actions.publish()
    time.sleep(kept.CHECK_EVERY_SECONDS)

    assert b"Renamed" in made.get(HTTP_ACCEPT_ENCODING="")[2]


def test_a_page_of_the_minute_before_is_not_sent(site):
    with time_machine.travel(MONDAY_NOON.replace(minute=1), tick=False):
        site.get()

    assert site.behind.asked == 1


def test_an_answer_from_memory_has_the_number_of_its_request(site):
    given = site.get(HTTP_X_REQUEST_ID="number-17")[1]
    odd = site.get(HTTP_X_REQUEST_ID="odd")[1]

    assert site.behind.asked == 0
    assert given["X-Request-ID"] == "number-17"
    assert len(odd["X-Request-ID"]) == 16


def test_an_answer_from_memory_is_logged_and_counted_where_that_is_wanted(site, settings, caplog):
    settings.LOG_REQUESTS, settings.METRICS_TOKEN = True, "secret"
    site.whole = AnswerFromMemory(site.behind)
    with caplog.at_level(logging.INFO, logger="hubportal.requests"):
        site.get(HTTP_X_REQUEST_ID="number-17")

    [line] = caplog.records
    assert site.behind.asked == 0
    assert line.getMessage() == "GET (page from memory) 200 0 ms"
    assert 'route="(page from memory)"' in metrics.as_text().decode()
