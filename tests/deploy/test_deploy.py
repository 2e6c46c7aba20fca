"""The files under deploy/ name commands and settings that exist, and keep addresses out of logs."""

import configparser
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from tests.programs import needs

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


TENS = [f"{day}{hour:02}{minute}0" for day in range(1, 8) for hour in range(24) for minute in range(6)]
"""Every ten minutes of a week: "10730" is Monday, half past seven."""


@cache
def run_by_the_container() -> dict[str, set[str]]:
    """When the loop of the compose file runs each command."""
    text = (DEPLOY / "container" / "compose.yaml").read_text().replace("$$", "$")
    turn = re.search(r"python manage\.py tend_appointments\n.*?(?=^ *done$)", text, re.DOTALL | re.MULTILINE)
    script = f'python() {{ echo "$2 $now"; }}\nfor now in {" ".join(TENS)}; do\n{turn[0]}\ndone'
    ran = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)
    when: dict[str, set[str]] = defaultdict(set)
    for command, now in map(str.split, ran.stdout.splitlines()):
        when[command].add(now)
    return when


def due(calendar: str) -> set[str]:
    """The tens at which a timer's OnCalendar says something, such as "Mon..Fri 07:30 Europe/London"."""
    shapes = {"*:0/10": r"\d{5}", "hourly": r"\d{3}00"}
    days, _, clock = calendar.removesuffix(" Europe/London").rpartition(" ")
    day = {"": r"\d", "Sun": "7", "Mon..Fri": "[1-5]"}[days]
    shape = shapes.get(calendar) or day + clock.replace(":", "")
    return {ten for ten in TENS if re.fullmatch(shape, ten)}


@pytest.mark.parametrize("timer", TIMERS, ids=lambda path: path.stem)
def test_the_container_runs_a_command_when_its_timer_would(timer):
    wanted = due(unit(timer)["Timer"]["OnCalendar"])

    assert wanted
    assert run_by_the_container()[timer.stem.removeprefix("hubs-")] == wanted


def test_no_secret_of_the_compose_file_gets_into_the_image_or_the_repository():
    text = (DEPLOY / "container" / "compose.yaml").read_text()
    given = re.findall(r"^\s*(?:env_file: |file: |- \./)([\w.-]+)", text, re.MULTILINE)
    ignored = {
        name: (settings.BASE_DIR / name).read_text().split() for name in (".dockerignore", ".gitignore")
    }

    assert sorted(given) == ["db-password", "hubs.env", "nginx.conf", "tls"]
    for lines in ignored.values():
        kept_out = {line.rstrip("/") for line in lines}
        assert {f"deploy/container/{name}" for name in given} - kept_out == set()


@pytest.fixture
def units(tmp_path):
    """The units as they lie on a machine; only the program that they run is another."""
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text().replace("/srv/hubs/.venv/bin/python", sys.executable)
        (tmp_path / path.name).write_text(text)
    return tmp_path


def what_systemd_says(*words: object) -> str:
    command = ["systemd-analyze", *map(str, words)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


@needs("systemd-analyze")
def test_systemd_understands_every_line_and_finds_a_wrong_one(units):
    command = units / "hubs-run@backup.service"
    command.write_text((units / "hubs-run@.service").read_text())
    all_units = [units / "hubs.service", command, *sorted(units.glob("*.timer"))]
    assert what_systemd_says("verify", *all_units) == ""

    command.write_text(command.read_text() + "ProtectEverything=true\n")
    assert "ProtectEverything" in what_systemd_says("verify", *all_units)


def exposure(unit: Path) -> float:
    """By systemd's own measure, from 0 to 10."""
    said = what_systemd_says("security", "--offline=true", unit)
    return float(re.search(r"exposure level for .*: ([\d.]+)", said)[1])


@needs("systemd-analyze")
def test_a_unit_may_do_little_else_than_its_work(units):
    command, bare = units / "measured.service", units / "bare.service"
    command.write_text((units / "hubs-run@.service").read_text())
    bare.write_text("[Service]\nExecStart=/bin/true\n")

    assert max(exposure(units / "hubs.service"), exposure(command)) < 2.5
    assert exposure(bare) > 9


def test_the_service_never_gives_up_starting():
    service = unit(DEPLOY / "systemd" / "hubs.service")

    assert service["Service"]["Restart"] == "always"
    assert service["Unit"]["StartLimitIntervalSec"] == "0"


OWN_OF_A_COMMAND = {"Type", "ExecStart", "TimeoutStartSec", "ReadWritePaths", "UMask", "Nice"}
OWN_OF_THE_SERVICE = {"NotifyAccess", "ExecStartPre", "ExecReload", "KillMode", "TimeoutStopSec"}
OWN_OF_THE_SERVICE |= {"Restart", "RestartSec", "RuntimeDirectory", *OWN_OF_A_COMMAND}


def test_a_timed_command_leaves_the_folder_of_the_data_as_the_service_wants_it():
    service = dict(unit(DEPLOY / "systemd" / "hubs.service")["Service"])
    command = dict(unit(DEPLOY / "systemd" / "hubs-run@.service")["Service"])

    assert service["StateDirectoryMode"] == "0750"
    assert {key: value for key, value in command.items() if key not in OWN_OF_A_COMMAND} == {
        key: value for key, value in service.items() if key not in OWN_OF_THE_SERVICE
    }


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
