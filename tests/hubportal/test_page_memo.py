"""The memory of finished pages: what it keeps, for how long, and how it answers."""

import gzip
import time

import brotli
import pytest
import time_machine
from django.db import OperationalError, connection

from hubs import actions, kept
from hubs.kept import CHECK_EVERY_SECONDS
from hubs.models import ContentVersion, Hub
from tests.conftest import MONDAY_NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def no_check_due(monkeypatch):
    """However slow the machine, the version was checked a moment ago."""
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)


def rename(hub: Hub, name: str) -> None:
    Hub.objects.filter(pk=hub.pk).update(name_en=name, name_bn=name)
    actions.publish()


def test_a_page_seen_before_needs_no_query(client, hubs, clock, no_check_due, django_assert_num_queries):
    first = client.get("/")

    with django_assert_num_queries(0):
        again = client.get("/")

    assert (again.status_code, again.content) == (200, first.content)


@pytest.mark.parametrize("path", ["/", "/bn/"])
def test_an_edit_shows_within_a_second_in_each_language(path, client, hubs, clock):
    assert "Renamed" not in client.get(path).content.decode()

    rename(hubs["bow"], "Renamed")
    time.sleep(CHECK_EVERY_SECONDS)

    assert "Renamed" in client.get(path).content.decode()


def test_between_checks_the_version_is_not_asked_for(
    client, hubs, clock, no_check_due, django_assert_num_queries
):
    client.get("/")
    rename(hubs["bow"], "Renamed")
    with django_assert_num_queries(0):
        page = client.get("/").content.decode()

    assert "Renamed" not in page


def test_a_page_is_made_anew_when_the_minute_ends(client, hubs, clock):
    clock.move_to(MONDAY_NOON.replace(hour=16, minute=59, second=59))
    before = client.get("/hubs/bow/").content.decode()
    clock.shift(1)
    after = client.get("/hubs/bow/").content.decode()

    assert ("17:00" in before, before == after) == (True, False)


def test_pages_that_differ_in_their_query_are_not_taken_for_one(client, hubs, clock):
    pages = [client.get(f"/hubs/?x={number}").content.decode() for number in (1, 2)]

    assert [f'href="/bn/hubs/?x={number}"' in page for number, page in zip((1, 2), pages, strict=True)] == [
        True,
        True,
    ]


def test_a_page_that_is_not_there_is_not_kept(client, hubs, clock):
    assert client.get("/hubs/new/").status_code == 404
    Hub.objects.filter(slug="bow").update(slug="new")
    kept.forget()

    assert client.get("/hubs/new/").status_code == 200


def test_the_same_page_again_answers_304(client, hubs, clock):
    etag = client.get("/").headers["ETag"]

    again = client.get("/", headers={"if-none-match": etag})
    weak = client.get("/", headers={"if-none-match": f'"other", W/{etag}'})
    other = client.get("/", headers={"if-none-match": '"other"'})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert (weak.status_code, other.status_code) == (304, 200)


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_the_page_comes_in_an_encoding_the_browser_takes(client, hubs, clock, accepted, encoding, unpack):
    plain = client.get("/").content

    response = client.get("/", headers={"accept-encoding": accepted})

    assert response.headers.get("Content-Encoding") == encoding
    assert unpack(response.content) == plain
    assert response.headers["Content-Length"] == str(len(response.content))


def test_each_encoding_has_its_own_etag(client, hubs, clock):
    tags = {client.get("/", headers={"accept-encoding": each}).headers["ETag"] for each in ("br", "gzip", "")}

    assert len(tags) == 3


def test_vary_names_what_the_page_depends_on_and_nothing_else(client, hubs):
    assert [client.get(path).headers["Vary"] for path in ("/", "/bn/", "/hubs/?x=1")] == [
        "Accept-Encoding",
        "Accept-Encoding",
        "Accept-Encoding",
    ]


def test_a_kept_page_carries_every_safety_header(client, hubs, clock):
    number = {"x-request-id": "one-and-the-same"}
    fresh, kept = (client.get("/", headers=number).headers for _ in range(2))

    assert dict(fresh) == dict(kept)
    assert "default-src 'none'" in kept["Content-Security-Policy"]
    assert (kept["X-Frame-Options"], kept["Cache-Control"]) == ("DENY", "public, no-cache")


def test_a_refused_postcode_is_compressed_too_and_stays_422(client, hubs, clock):
    response = client.get("/find/?postcode=nonsense", headers={"accept-encoding": "br"})
    again = client.get(
        "/find/?postcode=nonsense",
        headers={"accept-encoding": "br", "if-none-match": response.headers["ETag"]},
    )

    assert (response.status_code, response.headers["Content-Encoding"], again.status_code) == (422, "br", 422)
    assert "There is a problem" in brotli.decompress(response.content).decode()


def test_head_has_the_headers_and_no_body(client, hubs, clock):
    got, head = client.get("/"), client.head("/")

    assert head.content == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_a_stranger_host_is_refused_even_when_the_page_is_kept(client, hubs, clock, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    client.get("/")

    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_with_the_database_away_the_last_version_is_shown(client, hubs, clock):
    before = client.get("/").content

    def away(execute, sql, params, many, context):
        raise OperationalError("away")

    time.sleep(CHECK_EVERY_SECONDS)
    with connection.execute_wrapper(away):
        response = client.get("/")

    assert (response.status_code, response.content) == (200, before)


def test_publishing_counts_up_even_without_a_row():
    ContentVersion.objects.all().delete()
    actions.publish()
    actions.publish()

    assert ContentVersion.objects.get().number == 2
