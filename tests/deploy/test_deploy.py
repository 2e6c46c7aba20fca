"""The files under deploy/ name commands and settings that exist, and keep addresses out of logs."""

import configparser
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

DEPLOY = settings.BASE_DIR / "deploy"
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(path)
    return parser


def settings_documented() -> set[str]:
    return set(re.findall(r"`([A-Z][A-Z_]+)`", (settings.BASE_DIR / "docs" / "settings.md").read_text()))


@pytest.mark.parametrize("timer", TIMERS, ids=lambda path: path.stem)
def test_a_timer_starts_a_command_that_exists(timer):
    command = timer.stem.removeprefix("hubs-")

    assert unit(timer)["Timer"]["Unit"] == f"hubs-run@{command}.service"
    assert command in get_commands()


def test_the_container_runs_what_the_timers_run():
    text = (DEPLOY / "container" / "compose.yaml").read_text()
    run = set(re.findall(r"manage\.py (\w+)", text)) - {"migrate"}

    assert run == {timer.stem.removeprefix("hubs-") for timer in TIMERS}


def test_every_setting_of_the_example_is_documented():
    named = set(re.findall(r"^#? ?([A-Z_]+)=", (DEPLOY / "hubs.env.example").read_text(), re.MULTILINE))

    assert len(named) > 10
    assert named - settings_documented() == set()


def test_no_log_of_the_proxy_holds_an_address_or_a_query():
    text = (DEPLOY / "nginx" / "hubs.conf").read_text()
    logged = re.search(r"log_format.*?;", text, re.DOTALL)
    named = set(re.findall(r"\$(\w+)", logged[0]))

    assert named == {
        "time_iso8601",
        "request_id",
        "request_method",
        "status",
        "body_bytes_sent",
        "request_time",
        "upstream_response_time",
    }


def test_the_proxy_sets_what_the_portal_trusts():
    text = (DEPLOY / "nginx" / "hubs.conf").read_text()

    assert [
        line in text
        for line in (
            "proxy_set_header X-Forwarded-Proto $scheme;",
            "proxy_set_header X-Forwarded-For $remote_addr;",
            'proxy_set_header X-Forwarded-Host "";',
            "proxy_set_header X-Request-ID $request_id;",
        )
    ] == [True] * 4


def test_the_server_gives_a_request_longer_than_the_portal_waits():
    conf: dict[str, object] = {}
    exec(compile((DEPLOY / "gunicorn.conf.py").read_text(), "gunicorn.conf.py", "exec"), conf)
    statement_seconds = 15

    assert conf["timeout"] > settings.OUTAGE_WAIT_SECONDS + statement_seconds
    assert conf["accesslog"] is None
