"""What holds for every public page: two languages, caching, safety headers, and nobody's postcode told on."""

import json
import logging
import time
from datetime import date, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client

from hubs import actions
from hubs.models import DatedHours, Hub, Notice, Topic
from script.serve import SERVERS, server_command
from tests.conftest import MONDAY_NOON
from tests.reading import Reading
from tests.test_access import example, public_and_staff

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/find/",
    "/find/too-far/",
    "/hubs/",
    "/hubs/bow/",
    "/topics/",
    "/topics/housing/",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
]


@pytest.fixture
def site(hubs, topics, postcodes):
    """A Monday at noon in winter: all three hubs are open until 17:00."""
    with time_machine.travel(MONDAY_NOON, tick=False) as clock:
        yield clock


def read(path: str) -> Reading:
    return Reading(Client().get(path))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("query", ["", "?postcode=E14+3HG&topic=housing", "?x=%3Cscript%3E&y=%22%3E"])
def test_the_language_switch_keeps_the_page_and_the_query(site, path, query):
    def switch(page: Reading) -> list[tuple[str, str]]:
        return [(a.get("lang"), a.get("href")) for a in page.one("hub-languages").iter("a")]

    english, bengali = read(path + query), read(f"/bn{path}{query}")

    assert switch(english) == [("bn", f"/bn{path}{query}")]
    assert switch(bengali) == [("en", f"{path}{query}")]
    assert [page.one("html").get("lang") for page in (english, bengali)] == ["en", "bn"]


@pytest.mark.parametrize("path", PAGES)
def test_canonical_and_alternates_are_full_addresses_without_the_query(site, path):
    page = read(f"/bn{path}?postcode=E14+3HG")

    links = {(each.get("rel"), each.get("hreflang")): each.get("href") for each in page.all("link")}
    assert links["canonical", None] == f"http://127.0.0.1:8000/bn{path}"
    assert links["alternate", "en"] == f"http://127.0.0.1:8000{path}"
    assert links["alternate", "bn"] == f"http://127.0.0.1:8000/bn{path}"


def test_words_without_bengali_are_marked_as_english_on_bengali_pages(site, hubs):
    Hub.objects.filter(slug="bow").update(name_bn="", about_en="Round the corner")
    Topic.objects.update(
        name_bn="", summary_bn="", urgent_en="Call now", help_en="We fill in forms", bring_en="A letter"
    )
    Notice.objects.create(
        text_en="No lift", shows_from=MONDAY_NOON, shows_until=MONDAY_NOON + timedelta(days=1)
    )
    DatedHours.objects.create(hub=hubs["bow"], on=date(2026, 11, 24), reason_en="Flood")
    english = {
        "Bow hub",
        "Round the corner",
        "Housing",
        "Help with housing",
        "Call now",
        "We fill in forms",
        "A letter",
        "No lift",
        "Flood",
    }

    unmarked = set()
    for path in [
        "/",
        "/find/?postcode=E14+3HG&topic=housing",
        "/hubs/",
        "/hubs/bow/",
        "/topics/",
        "/topics/housing/",
    ]:
        unmarked |= {
            (path, words) for words in english if _stands_unmarked(read(f"/bn{path}").one("body"), words)
        }
    assert unmarked == set()


def _stands_unmarked(element, words: str, language: str = "bn") -> bool:
    language = element.get("lang", language)
    pieces = [element.text or "", *(child.tail or "" for child in element)]
    return (language != "en" and any(words in piece for piece in pieces)) or any(
        _stands_unmarked(child, words, language) for child in element if child.tag != "script"
    )


def test_a_topic_to_choose_says_its_language_by_itself(site, topics):
    Topic.objects.filter(slug="housing").update(name_bn="")
    english = read("/find/").one("#id_topic").findall("option")
    options = read("/bn/find/").one("#id_topic").findall("option")

    assert [(each.text, each.get("lang")) for each in english] == [
        ("Anything", None),
        ("Housing", None),
        ("Benefits", None),
        ("Domestic abuse", None),
    ]

    assert [(each.text, each.get("lang"), len(each)) for each in options][1:] == [
        ("Housing", "en", 0),
        ("Benefits বাংলা", None, 0),
        ("Domestic abuse বাংলা", None, 0),
    ]


def test_an_english_page_is_not_touched_by_missing_bengali(site):
    Hub.objects.update(name_bn="")
    page = read("/hubs/")

    assert page.texts("hub-row__name") == ["Town-Hall hub", "Bow hub", "Cubitt-Town hub"]
    assert page.one("hub-list").findall(".//span[@lang]") == []


@pytest.mark.parametrize("language", ["", "/bn"])
@pytest.mark.parametrize("path", [*PAGES, "/find/?postcode=E14+3HG"])
def test_every_page_may_be_kept_and_must_be_asked_for_again(site, language, path):
    browser = Client()
    first = browser.get(language + path)
    again = browser.get(language + path, headers={"if-none-match": first.headers["ETag"]})
    head = browser.head(language + path)

    assert {name: first.headers[name] for name in ("Cache-Control", "Vary", "Content-Language")} == {
        "Cache-Control": "public, no-cache",
        "Vary": "Accept-Encoding",
        "Content-Language": "bn" if language else "en",
    }
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]
    assert first.cookies == {}


def test_an_edit_changes_the_etag_within_a_second(site):
    before = Client().get("/hubs/bow/").headers["ETag"]
    Hub.objects.filter(slug="bow").update(about_en="New words")
    actions.publish()
    time.sleep(1)

    assert Client().get("/hubs/bow/", headers={"if-none-match": before}).status_code == 200


def test_every_answer_carries_the_safety_headers(site):
    missing = []
    for route, name in public_and_staff():
        for path in (example(route, name, {}), "/nowhere/"):
            headers = Client().get(path).headers
            missing += [
                (path, wanted)
                for wanted, value in {
                    "X-Frame-Options": "DENY",
                    "X-Content-Type-Options": "nosniff",
                    "Referrer-Policy": "same-origin",
                    "Cross-Origin-Opener-Policy": "same-origin",
                }.items()
                if headers.get(wanted) != value
            ]
            if "default-src 'none'" not in headers.get("Content-Security-Policy", ""):
                missing.append((path, "Content-Security-Policy"))
    assert missing == []


@pytest.fixture
def log_lines():
    """Everything that any part of the portal logs, however chatty the loggers are made."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keeper = Keep()
    watched = [logging.getLogger(name) for name in (None, "django", "hubs", "accounts", "hubportal", "axes")]
    levels = [logger.level for logger in watched]
    for logger in watched:
        logger.addHandler(keeper)
        logger.setLevel(logging.DEBUG)
    yield lines
    for logger, level in zip(watched, levels, strict=True):
        logger.removeHandler(keeper)
        logger.setLevel(level)


@pytest.mark.parametrize("typed", ["E14+3HG", "e143hg", "E99+9ZZ", "NOPOSTCODE99"])
def test_a_postcode_stands_in_no_log_line(site, log_lines, typed):
    browser = Client(raise_request_exception=False)
    browser.get(f"/find?postcode={typed}")
    browser.get(f"/find/?postcode={typed}&topic=nothing")
    browser.post(f"/find/?postcode={typed}")
    browser.get(f"/find/near-me/?postcode={typed}&latitude=51.4960&longitude=-0.0120")
    browser.get(f"/nowhere/?postcode={typed}")
    browser.get(f"/find/?postcode={typed}%00")

    def away(execute, sql, params, many, context):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(away):
        browser.get(f"/find/?postcode={typed}")
        assert browser.get("/find/?postcode=E14+3HG").status_code == 503

    written = "\n".join(log_lines)
    assert "(no such page)" in written, "nothing was watched"
    assert "/find/ 503" in written
    assert [word for word in (*typed.split("+"), "51.4960", "3HG") if word.lower() in written.lower()] == []


@pytest.mark.parametrize("server", SERVERS)
def test_the_web_server_writes_no_access_log(server):
    command = server_command(8000, server=server)

    assert [option for option in command if "access" in option] == []
    assert command[command.index("--log-level") + 1] == "warning"


@pytest.mark.parametrize(
    "path", ["/find/?postcode=E1+6AN", "/bn/find/?postcode=E14+3HG&topic=domestic-abuse"]
)
def test_links_away_from_an_answer_do_not_take_the_postcode_along(site, path):
    response = Client().get(path)
    away = [link for link in Reading(response).all("a") if link.get("href").startswith("http")]

    assert response.headers["Referrer-Policy"] == "same-origin"
    assert len(away) == 1
    assert [link.get("href") for link in away if "E1" in link.get("href")] == []
    assert [link.get("href") for link in away if "noreferrer" not in link.get("rel", "")] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_public_pages_only_answer_questions(site, method):
    statuses = {path: getattr(Client(), method)(path).status_code for path in PAGES}

    assert statuses == dict.fromkeys(statuses, 405)


def test_a_hub_page_tells_machines_what_it_tells_people(site):
    data = json.loads(read("/hubs/bow/").root.find(".//script[@type='application/ld+json']").text)

    assert (data["@type"], data["name"]) == ("GovernmentOffice", "Bow hub")
