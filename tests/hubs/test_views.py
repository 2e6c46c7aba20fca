"""The public pages: who is open when, what ends by itself, and where a device's position leads."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client

from hubs.models import DatedHours, DatedPeriod, Hub, Notice, OpeningPeriod, Topic
from tests.conftest import MONDAY_NOON
from tests.reading import Reading, text_of

pytestmark = pytest.mark.django_db

PAGES = ["/", "/find/", "/find/too-far/", "/hubs/", "/hubs/bow/", "/topics/", "/topics/housing/"]


@pytest.fixture
def site(hubs, topics, postcodes):
    """A Monday at noon in winter: all three hubs are open until 17:00."""
    with time_machine.travel(MONDAY_NOON, tick=False) as clock:
        yield clock


def read(path: str) -> Reading:
    return Reading(Client().get(path))


def status_of_bow(at: str) -> str:
    with time_machine.travel(datetime.fromisoformat(at).replace(tzinfo=UTC), tick=False):
        return read("/hubs/bow/").one("hub-status").text


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T08:59:59", "Closed. Opens 09:00"),
        ("2026-11-23T09:00:00", "Open until 17:00"),
        ("2026-11-23T16:59:59", "Open until 17:00"),
        ("2026-11-23T17:00:00", "Closed. Opens Tuesday at 09:00"),
        ("2026-11-27T17:00:00", "Closed. Opens Monday at 09:00"),
        # 08:30 UTC in July is half past nine in London.
        ("2026-07-06T08:30:00", "Open until 17:00"),
        ("2026-07-06T16:00:00", "Closed. Opens Tuesday at 09:00"),
        # The night the clocks go back, and the morning after.
        ("2026-10-25T00:30:00", "Closed. Opens Monday at 09:00"),
        ("2026-10-26T08:30:00", "Closed. Opens 09:00"),
        # Boxing Day is a Saturday, so Monday is its substitute.
        ("2026-12-24T18:00:00", "Closed. Opens Tuesday at 09:00"),
        ("2026-12-25T12:00:00", "Closed for Christmas Day. Opens Tuesday at 09:00"),
        ("2026-12-28T12:00:00", "Closed for Boxing Day (substitute day). Opens Tuesday at 09:00"),
        ("2026-12-31T23:59:59", "Closed. Opens Monday at 09:00"),
    ],
)
def test_hub_page_says_whether_the_hub_is_open(hubs, at, words):
    assert status_of_bow(at) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [("11:59", "Open until 12:00"), ("12:00", "Closed. Opens 13:00"), ("13:00", "Open until 17:00")],
)
def test_hub_page_knows_the_lunch_break(hubs, at, words):
    OpeningPeriod.objects.filter(hub=hubs["bow"], weekday=0).update(closes=time(12))
    OpeningPeriod.objects.create(hub=hubs["bow"], weekday=0, opens=time(13), closes=time(17))

    assert status_of_bow(f"2026-11-23T{at}:00") == words


def test_hub_page_tells_a_dated_closure_with_its_reason_and_the_next_opening(hubs):
    for day in range(23, 31):
        DatedHours.objects.create(hub=hubs["bow"], on=date(2026, 11, day), reason_en="Flood <repairs>")

    assert status_of_bow("2026-11-23T12:00:00") == (
        "Closed for Flood <repairs>. Opens Tuesday 1\N{NO-BREAK SPACE}December at 09:00"
    )


def test_hub_page_tells_special_hours_on_a_bank_holiday(hubs):
    special = DatedHours.objects.create(
        hub=hubs["bow"], on=date(2026, 12, 25), closed=False, reason_en="Warm space"
    )
    DatedPeriod.objects.create(dated_hours=special, opens=time(10), closes=time(14))

    assert status_of_bow("2026-12-25T12:00:00") == "Open until 14:00"


def test_hub_page_without_hours_says_closed_and_promises_nothing(hubs):
    OpeningPeriod.objects.all().delete()

    assert status_of_bow("2026-11-23T12:00:00") == "Closed"


def test_hub_page_lists_fourteen_days_with_today_closures_and_bank_holidays(site, hubs):
    site.move_to(datetime(2026, 12, 24, 12, tzinfo=UTC))
    DatedHours.objects.create(on=date(2026, 12, 30), reason_en="Stock-taking")
    rows = read("/hubs/bow/").one("hub-hours").find("tbody")

    assert [text_of(row) for row in rows][:8] == [
        "Thursday 24 December Today 09:00 to 17:00",
        "Friday 25 December Closed Christmas Day",
        "Saturday 26 December Closed Boxing Day",
        "Sunday 27 December Closed",
        "Monday 28 December Closed Boxing Day (substitute day)",
        "Tuesday 29 December 09:00 to 17:00",
        "Wednesday 30 December Closed Stock-taking",
        "Thursday 31 December 09:00 to 17:00",
    ]
    assert len(rows) == 14


def test_home_and_lists_say_the_same_of_a_hub_as_its_page(site):
    said = {path: read(path).texts("hub-status") for path in ["/", "/hubs/", "/find/", "/topics/housing/"]}

    assert said == dict.fromkeys(said, ["Open until 17:00"] * 3)


def test_town_hall_page_names_the_nearest_hub_to_walk_in_to(site):
    page = read("/hubs/town-hall/")

    assert "You need an appointment for this hub." in page.texts("strong")
    assert (
        "No appointment? The nearest walk-in hub is Bow hub, 39 minutes’ walk from here. Open until 17:00"
        in page.texts("p")
    )


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(-1, False), (0, True), (59, True), (60, False)],
    ids=["before", "from", "last", "after"],
)
@pytest.mark.parametrize("path", PAGES)
def test_a_notice_for_all_appears_and_ends_by_itself_on_every_page(site, path, minutes, shown):
    Notice.objects.create(
        text_en="The lift is <out> of order",
        shows_from=MONDAY_NOON,
        shows_until=MONDAY_NOON + timedelta(hours=1),
    )
    site.shift(timedelta(minutes=minutes))

    assert read(path).texts("hub-notice") == ["The lift is <out> of order"] * shown


def test_a_notice_of_one_hub_shows_on_its_page_alone(site, hubs):
    Notice.objects.create(
        hub=hubs["bow"],
        text_en="No lift",
        shows_from=MONDAY_NOON,
        shows_until=MONDAY_NOON + timedelta(hours=1),
    )

    assert {path: len(read(path).all("hub-notice")) for path in [*PAGES, "/hubs/cubitt-town/"]} == (
        dict.fromkeys([*PAGES, "/hubs/cubitt-town/"], 0) | {"/hubs/bow/": 1}
    )


def test_a_notice_ends_on_a_page_that_is_kept_in_memory(site):
    Notice.objects.create(
        text_en="Ends soon", shows_from=MONDAY_NOON, shows_until=MONDAY_NOON + timedelta(minutes=1)
    )
    browser = Client()

    seen = []
    for _ in range(3):
        seen.append(len(Reading(browser.get("/")).all("hub-notice")))
        site.shift(timedelta(seconds=30))
    assert seen == [1, 1, 0]


@pytest.mark.parametrize("language", ["", "/bn"])
def test_a_retired_hub_is_gone_from_its_day_on_london_time(site, hubs, language):
    Hub.objects.filter(slug="bow").update(retired_on=date(2027, 7, 1))
    site.move_to(datetime(2027, 6, 30, 22, 59, tzinfo=UTC))
    before = Client().get(f"{language}/hubs/bow/").status_code
    site.shift(60)

    assert (before, Client().get(f"{language}/hubs/bow/").status_code) == (200, 404)
    assert f"{language}/hubs/bow/" not in read(f"{language}/hubs/").links()


@pytest.mark.parametrize("language", ["", "/bn"])
def test_a_retired_topic_is_gone(site, topics, language):
    Topic.objects.filter(slug="housing").update(retired_on=MONDAY_NOON.date())

    assert Client().get(f"{language}/topics/housing/").status_code == 404
    assert f"{language}/topics/housing/" not in read(f"{language}/topics/").links()


@pytest.mark.parametrize(
    "path", ["/hubs/nowhere/", "/topics/nothing/", "/nowhere/", "/bn/nowhere/", "/bn/hubs/x/"]
)
def test_a_page_that_is_not_there_says_so_in_both_languages(site, path):
    response = Client().get(path)
    page = Reading(response)

    assert response.status_code == 404
    first, second, other = (
        ("পাতাটি পাওয়া যায়নি", "Page not found", "en")
        if path.startswith("/bn/")
        else ("Page not found", "পাতাটি পাওয়া যায়নি", "bn")
    )
    assert (page.texts("h1"), page.texts("h2")) == ([first], [second])
    assert [each.get("lang") for each in page.root.iter("div") if each.get("lang")] == [other]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", ["", "/bn"])
@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("latitude=51.496&longitude=-0.012", "/find/?postcode=E14+3HG"),
        ("latitude=51.496&longitude=-0.012&topic=housing", "/find/?postcode=E14+3HG&topic=housing"),
        ("latitude=51.52&longitude=-0.0775", "/find/?postcode=E1+6AN"),
        # The postcode no longer used is nearest here, and is left out.
        ("latitude=51.4967&longitude=-0.0134", "/find/?postcode=E14+3HG"),
        ("latitude=53.48&longitude=-2.24", "/find/too-far/"),
        ("latitude=0&longitude=0", "/find/too-far/"),
        ("latitude=-90&longitude=180", "/find/too-far/"),
        ("latitude=91&longitude=0", "/find/"),
        ("latitude=51.496&longitude=-181", "/find/"),
        ("latitude=nan&longitude=nan", "/find/"),
        ("latitude=inf&longitude=-inf", "/find/"),
        ("latitude=1e999&longitude=0", "/find/"),
        ("latitude=here&longitude=there", "/find/"),
        ("latitude=51.496", "/find/"),
        ("", "/find/"),
        ("latitude=51.496&longitude=-0.012&topic=//evil.example", "/find/"),
        ("latitude=51.496&longitude=-0.012&topic=%0d%0aSet-Cookie:x", "/find/"),
    ],
)
def test_near_me_leads_to_the_finder_in_the_same_language(site, language, query, leads_to):
    response = Client().get(f"{language}/find/near-me/?{query}")

    assert (response.status_code, response.headers["Location"]) == (302, f"{language}{leads_to}")
    assert "no-store" in response.headers["Cache-Control"]


def test_too_far_says_so_and_lists_every_hub(site):
    page = read("/find/too-far/")

    assert "Your device says that you are not in or near Tower Hamlets. " in page.words
    assert len(page.all("hub-row")) == 3
