"""Each request has a number; log lines are JSON and name nobody."""

import io
import json
import logging

import pytest
from django.test import Client

from hubportal import logs, request_log
from hubportal.logs import WithoutPersonalData


@pytest.fixture
def written():
    """Everything logged, as the production handler writes it: a list of lines read back from JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_formatter())
    handler.addFilter(WithoutPersonalData())
    loggers = [logging.getLogger(name) for name in ("hubportal.requests", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def log_all(settings):
    settings.LOG_REQUESTS = True


@pytest.mark.parametrize("given", ["abcdefgh", "0f8fad5b-d9cb-469f-a165-70867728950e", "A.b_c-" * 10])
def test_the_number_of_the_proxy_is_kept_and_given_back(given, client):
    assert client.get("/healthz", headers={"x-request-id": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space", "<script>", "line\nbreak", "é" * 9])
def test_a_number_that_is_missing_or_odd_is_made_anew(given, client):
    first, second = (
        client.get("/healthz", headers={"x-request-id": given}).headers["X-Request-ID"] for _ in range(2)
    )

    assert len(first) == len(second) == 16
    assert first != second
    assert given not in (first, second)


def test_an_error_page_shows_the_number_in_both_languages(client, db):
    text = client.get("/no-such-page/", headers={"x-request-id": "number-17"}).content.decode()

    assert text.count('<span class="hub-nowrap">number-17</span>') == 2


def test_a_page_from_memory_has_a_number_of_its_own(client, hubs):
    numbers = {client.get("/hubs/").headers["X-Request-ID"] for _ in range(3)}

    assert len(numbers) == 3


def test_a_request_is_one_line_of_json_without_its_address(client, hubs, written, log_all):
    client.get("/hubs/bow/?postcode=E14+3HG", headers={"x-request-id": "number-17"})

    [line] = written()
    kept = {name: line[name] for name in ("level", "logger", "request_id", "method", "route", "status")}
    assert kept == {
        "level": "info",
        "logger": "hubportal.requests",
        "request_id": "number-17",
        "method": "GET",
        "route": "/hubs/<slug:slug>/",
        "status": 200,
    }
    assert "E14" not in json.dumps(line)
    assert set(line) - set(kept) == {"event", "timestamp", "milliseconds"}


def test_a_page_that_was_not_found_is_logged_with_its_number(client, db, written):
    client.get("/no-such-page/", headers={"x-request-id": "number-17"})

    assert [(line["event"], line["request_id"]) for line in written()] == [
        ("Not Found: (no such page)", "number-17")
    ]


def test_a_plain_request_is_not_logged_unless_asked_for(client, hubs, written):
    client.get("/hubs/bow/")

    assert written() == []


def test_a_slow_request_is_logged(client, hubs, written, monkeypatch):
    monkeypatch.setattr(request_log, "SLOW_MILLISECONDS", 0)
    client.get("/hubs/bow/")

    assert [line["route"] for line in written()] == ["/hubs/<slug:slug>/"]


@pytest.mark.parametrize("address", ["/E14-3HG/", "/bn/e143hg", "/hubs/E14-3HG/", "/find/E14%203HG"])
def test_a_postcode_typed_as_an_address_is_in_no_line(address, client, hubs, written, log_all):
    client.get(address, headers={"x-request-id": "number-17"})

    text = json.dumps(written()).upper()
    assert "ROUTE" in text, "nothing was watched"
    assert [part for part in ("E14", "3HG") if part in text] == []


def test_a_fault_is_logged_with_its_place_and_without_its_words(written, settings, db):
    settings.ROOT_URLCONF = "tests.hubportal.test_errors"
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "SignInRequired" not in m]
    Client(raise_request_exception=False).get("/broken/", headers={"x-request-id": "number-17"})

    lines = written()
    assert {line["request_id"] for line in lines} == {"number-17"}
    [fault] = [line for line in lines if "exception" in line]
    assert (fault["exception"], fault["event"]) == ("RuntimeError", "Internal Server Error: /broken/")
    assert fault["at"][-1].endswith(" broken")
    assert "residents" not in json.dumps(lines)
