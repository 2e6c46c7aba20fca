"""The three modes: demo when nothing is set, development, and production that wants its secrets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "SECRET_KEY": "a-long-secret-key-made-for-this-test-alone-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "hubs.example",
    "SITE_URL": "https://hubs.example",
}


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"DEBUG", "DJANGO_SETTINGS_MODULE", *SECRETS}}
    command = [sys.executable, "-c", f"from django.conf import settings as s; import json; print({code})"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=clean | {"DJANGO_SETTINGS_MODULE": "hubportal.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "demo_debug_production"),
    [
        ({}, "True False False"),
        ({"DEBUG": "True"}, "True True False"),
        ({"DEBUG": "False"} | SECRETS, "False False True"),
    ],
)
def test_the_mode_follows_debug(environment, demo_debug_production):
    printed = run("s.DEMO, s.DEBUG, s.PRODUCTION", **environment).stdout

    assert printed.strip("()\n").replace(",", "") == demo_debug_production


@pytest.mark.parametrize("missing", SECRETS)
def test_production_without_a_secret_stops_and_names_it(missing):
    given = {k: v for k, v in SECRETS.items() if k != missing}

    result = run("s.DEBUG", DEBUG="False", **given)

    assert result.returncode == 1
    assert f"needs {missing} in the environment" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("keys", ["too-short", f"{'long' * 20},too-short"])
def test_production_takes_no_short_key_for_phones(keys):
    result = run("s.DEBUG", DEBUG="False", SECOND_STEP_KEYS=keys, **SECRETS)

    assert result.returncode == 1
    assert "Each of SECOND_STEP_KEYS" in result.stderr.splitlines()[-1]


def test_phones_are_sealed_with_the_secret_key_where_no_other_is_given():
    assert run("s.SECOND_STEP_KEYS == [s.SECRET_KEY]", DEBUG="False", **SECRETS).stdout == "True\n"
    given = run("s.SECOND_STEP_KEYS", SECOND_STEP_KEYS="new,old").stdout
    assert given == "['new', 'old']\n"


def test_a_list_of_passwords_that_is_not_there_is_named():
    result = run("s.DEBUG", BREACHED_PASSWORDS="/nowhere/pwned.txt")

    assert result.returncode == 1
    assert "BREACHED_PASSWORDS names no file: /nowhere/pwned.txt" in result.stderr.splitlines()[-1]


def test_production_sends_no_program_on_to_https():
    code = "s.PROGRAMS_ASK_FOR in s.SECURE_REDIRECT_EXEMPT"

    assert run(code, DEBUG="False", **SECRETS).stdout == "True\n"


def test_the_demo_makes_its_own_secret_once():
    first, second = run("s.SECRET_KEY").stdout, run("s.SECRET_KEY").stdout

    assert first == second
    assert len(first.strip()) > 50


def test_sqlite_is_set_so_that_nothing_acknowledged_is_lost():
    result = run("[s.DATABASES['default'][k] for k in ('ATOMIC_REQUESTS', 'OPTIONS')]", DATABASE_URL="")

    assert result.stdout.strip() == (
        "[False, {'transaction_mode': 'IMMEDIATE', 'timeout': 30, 'init_command': "
        "'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864; "
        "PRAGMA wal_autocheckpoint=4000;'}]"
    )


def test_postgresql_has_health_checks_and_time_limits():
    code = "[s.DATABASES['default'][k] for k in ('ENGINE', 'CONN_HEALTH_CHECKS', 'OPTIONS')]"
    result = run(code, DATABASE_URL="postgres://hubs@localhost/hubs")

    assert result.stdout.strip() == (
        "['django.db.backends.postgresql', True, {'connect_timeout': 3, 'tcp_user_timeout': 20000, "
        "'options': "
        "'-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000'}]"
    )


def test_production_cookies_belong_to_this_host_and_travel_encrypted():
    code = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT"

    assert run(code, DEBUG="False", **SECRETS).stdout.strip() == "__Host-hub __Host-csrf True True"


def test_without_a_replica_everything_is_read_from_the_one_database():
    assert run("s.READING_DATABASE, *s.DATABASES", DATABASE_URL="").stdout.strip() == "default default"


def test_a_replica_is_read_and_never_written():
    where = {
        "DATABASE_URL": "postgres://hubs@main/hubs",
        "REPLICA_DATABASE_URL": "postgres://reading@replica/hubs",
    }
    code = "s.READING_DATABASE, *[s.DATABASES['replica'][k] for k in ('HOST', 'USER', 'CONN_HEALTH_CHECKS')]"
    options = "s.DATABASES['replica']['OPTIONS']['options'].split()[-1]"

    assert run(code, **where).stdout.strip() == "replica replica reading True"
    assert run(options, **where).stdout.strip() == "default_transaction_read_only=on"
    assert "read_only" not in run("s.DATABASES['default']['OPTIONS']['options']", **where).stdout


@pytest.mark.parametrize("main", ["", "sqlite:////tmp/hubs.sqlite3"])
def test_a_replica_beside_sqlite_is_refused_and_named(main):
    result = run("s.DEBUG", DATABASE_URL=main, REPLICA_DATABASE_URL="postgres://reading@replica/hubs")

    assert result.returncode == 1
    assert "REPLICA_DATABASE_URL needs PostgreSQL" in result.stderr.splitlines()[-1]
