"""What watches the portal: alive, ready, figures; without a database, a token, or anybody's name."""

import os
import subprocess
import sys

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from script.steps import ROOT

TOKEN = "a-token-for-this-test"


def away(execute, sql, params, many, context):
    raise OperationalError("away")


@pytest.fixture
def counting(settings):
    """Metrics are on; how often each labelled figure stands, by its line in the text."""
    settings.METRICS_TOKEN = TOKEN

    def lines(client) -> dict[str, float]:
        text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(figure) for name, figure in pairs}

    return lines


def test_a_process_is_alive_without_a_database(client, db):
    with connection.execute_wrapper(away):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


def test_the_portal_is_ready_with_its_database_and_migrations(client, db, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"database": "ok", "migrations": "ok"})


def test_the_portal_is_not_ready_while_a_migration_is_missing(client, db):
    MigrationRecorder(connection).record_unapplied("enquiries", "0003_search")

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "ok", "migrations": "missing"})


def test_the_portal_is_not_ready_without_its_database(client, db):
    with connection.execute_wrapper(away):
        response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "away", "migrations": "unknown"})


@pytest.mark.parametrize("header", [None, "", "Bearer ", "Bearer wrong", "Basic dTpw", "Bearer \xe9"])
@pytest.mark.parametrize("token", ["", TOKEN])
def test_figures_are_for_whoever_brings_the_token(header, token, client, db, settings):
    settings.METRICS_TOKEN = token
    headers = {} if header is None else {"authorization": header}

    assert client.get("/metrics", headers=headers).status_code == 404


def test_figures_name_patterns_and_never_addresses(client, hubs, counting):
    def asked() -> dict[str, float]:
        return {
            name: figure
            for name, figure in counting(client).items()
            if name.startswith("hubs_requests_total")
        }

    before = asked()
    client.get("/hubs/bow/")
    client.get("/find/?postcode=E14+3HG")
    client.get("/E14-3HG/")
    after = asked()

    grown = {name for name in after if after[name] != before.get(name, 0)}
    assert grown == {
        'hubs_requests_total{method="GET",route="/hubs/<slug:slug>/",status="200"}',
        'hubs_requests_total{method="GET",route="/find/",status="200"}',
        'hubs_requests_total{method="GET",route="(no such page)",status="404"}',
        'hubs_requests_total{method="GET",route="/metrics",status="200"}',
    }


def test_figures_of_all_workers_are_added_up(tmp_path):
    settings = {"METRICS_TOKEN": TOKEN, "METRICS_DIR": str(tmp_path), "DATABASE_URL": "sqlite://:memory:"}
    code = (
        "import django; django.setup(); from hubportal import metrics;"
        'metrics.note_request("GET", "/", 200, 0.1); print(metrics.as_text().decode())'
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "hubportal.settings"} | settings
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]

    line = 'hubs_requests_total{method="GET",route="/",status="200"}'
    assert [f"{line} {count}.0" in text for count, text in enumerate(printed, start=1)] == [True, True]
