"""GeoJSON, hours as iCalendar, JSON-LD and the sitemap say what the pages say."""

import json
import xml.etree.ElementTree as ET
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import time_machine
from dateutil.rrule import rrulestr
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from hubs import kept
from hubs.actions import publish
from hubs.directory import listed_hubs
from hubs.feeds import hub_json_ld
from hubs.hours_ahead import COMING_YEAR, differing_days, week_texts, weekly_periods
from hubs.models import DatedHours, DatedPeriod, Facility, Hub, HubFacility, OpeningPeriod
from hubs.opening import LONDON, Period, Schedule
from tests.conftest import MONDAY_NOON

TODAY = MONDAY_NOON.date()
CHRISTMAS_EVE = date(2026, 12, 24)
GOOD_FRIDAY = date(2027, 3, 26)

pytestmark = pytest.mark.django_db


@pytest.fixture
def odd_hours(hubs) -> dict[str, Hub]:
    """Bow with a lunch break, a Saturday, special hours and an open bank holiday; all hubs shut for a day."""
    bow = hubs["bow"]
    OpeningPeriod.objects.filter(hub=bow, weekday=3).update(closes=time(12, 30))
    OpeningPeriod.objects.create(hub=bow, weekday=3, opens=time(13, 30), closes=time(19))
    OpeningPeriod.objects.create(hub=bow, weekday=5, opens=time(10), closes=time(14))
    early = DatedHours.objects.create(hub=bow, on=CHRISTMAS_EVE, closed=False, reason_en="Christmas Eve")
    DatedPeriod.objects.create(dated_hours=early, opens=time(9), closes=time(12))
    open_anyway = DatedHours.objects.create(hub=bow, on=GOOD_FRIDAY, closed=False)
    DatedPeriod.objects.create(dated_hours=open_anyway, opens=time(10), closes=time(11))
    DatedPeriod.objects.create(dated_hours=open_anyway, opens=time(12), closes=time(13))
    DatedHours.objects.create(on=date(2027, 2, 1), reason_en="Staff training", reason_bn="প্রশিক্ষণ")
    DatedHours.objects.create(on=date(2027, 2, 7), reason_en="A Sunday, closed anyway")
    return hubs


def calendar_of(path: str, at: datetime = MONDAY_NOON) -> icalendar.Calendar:
    with time_machine.travel(at, tick=False):
        return icalendar.Calendar.from_ical(Client().get(path).content)


def openings(calendar: icalendar.Calendar) -> dict[date, set[tuple[time, time]]]:
    """Every opening by date, repeating events unrolled by dateutil."""
    found = defaultdict(set)
    for event in calendar.events:
        start = event.start
        if not isinstance(start, datetime):
            continue
        starts = [start]
        if event.rrules:
            rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
            starts = [each for each in rule if each not in event.exdates]
        for each in starts:
            found[each.date()].add((start.time(), event.end.time()))
    return found


@pytest.mark.parametrize("at", [MONDAY_NOON, datetime(2027, 3, 27, 23, 30, tzinfo=UTC)])
@pytest.mark.parametrize("slug", ["bow", "cubitt-town"])
def test_calendar_unrolled_equals_the_schedule_day_by_day(odd_hours, slug, at):
    (listed,) = listed_hubs(at, slug=slug)
    today = at.astimezone(LONDON).date()

    found = openings(calendar_of(f"/hubs/{slug}/hours.ics", at))

    expected = {
        day.on: {(period.opens, period.closes) for period in day.periods}
        for day in listed.schedule.days(today, COMING_YEAR.days)
        if day.periods
    }
    assert found == expected


def test_calendar_names_closures_and_special_hours(odd_hours):
    calendar = calendar_of("/hubs/bow/hours.ics")

    named = {
        (event.start if type(event.start) is date else event.start.date()): str(event["SUMMARY"])
        for event in calendar.events
        if not event.rrules
    }
    assert named[CHRISTMAS_EVE] == "Bow hub open at special times: Christmas Eve"
    assert named[date(2026, 12, 25)] == "Bow hub closed: Christmas Day"
    assert named[date(2027, 2, 1)] == "Bow hub closed: Staff training"
    assert named[GOOD_FRIDAY] == "Bow hub open at special times"
    assert date(2027, 2, 7) not in named
    assert {str(event["TRANSP"]) for event in calendar.events} == {"TRANSPARENT"}


def test_calendar_says_that_hours_are_not_confirmed_until_they_are(hubs):
    def descriptions():
        return {str(event["DESCRIPTION"]) for event in calendar_of("/hubs/town-hall/hours.ics").events}

    page = "http://127.0.0.1:8000/hubs/town-hall/"
    warning = "Hours not yet confirmed. Call before you travel: 020 7364 5000"
    assert descriptions() == {f"By appointment only\n{warning}\n{page}", f"{warning}\n{page}"}

    Hub.objects.update(hours_checked_on=TODAY, address_confirmed=False)
    publish()
    kept.forget()
    in_doubt = "Street number not yet confirmed."
    assert descriptions() == {f"By appointment only\n{in_doubt}\n{page}", f"{in_doubt}\n{page}"}


def test_calendar_keeps_its_bytes_and_identifiers(odd_hours):
    with time_machine.travel(MONDAY_NOON, tick=False):
        morning = Client().get("/hubs/bow/hours.ics")
    with time_machine.travel(MONDAY_NOON + timedelta(hours=5), tick=False):
        evening = Client().get("/hubs/bow/hours.ics", headers={"if-none-match": morning["ETag"]})
    assert evening.status_code == 304

    def identifiers(at):
        return {
            str(event["UID"]): str(event["SUMMARY"])
            for event in calendar_of("/hubs/bow/hours.ics", at).events
        }

    today, in_a_week = identifiers(MONDAY_NOON), identifiers(MONDAY_NOON + timedelta(days=7))
    assert len(today) == len(calendar_of("/hubs/bow/hours.ics").events)
    assert today == in_a_week
    of_another_hub = {str(event["UID"]) for event in calendar_of("/hubs/cubitt-town/hours.ics").events}
    assert set(today) & of_another_hub == set()


def test_calendar_file_is_as_rfc_5545_has_it(hubs):
    Hub.objects.filter(slug="bow").update(name_bn="বো আইডিয়া স্টোর, রোমান রোড; নতুন")
    with time_machine.travel(MONDAY_NOON, tick=False):
        response = Client().get("/bn/hubs/bow/hours.ics")
    body = response.content

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert body.count(b"\n") == body.count(b"\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    assert response.headers["Content-Language"] == "bn"
    summary = icalendar.Calendar.from_ical(body).events[0]["SUMMARY"]
    assert summary.startswith("বো আইডিয়া স্টোর, রোমান রোড; নতুন")


def test_london_time_in_the_calendar_changes_when_london_does(hubs):
    zone = calendar_of("/hubs/bow/hours.ics").timezones[0]
    changes = {
        part.name: (
            next(iter(rrulestr(part["RRULE"].to_ical().decode(), dtstart=part.DTSTART))),
            part["TZOFFSETFROM"].td,
            part["TZOFFSETTO"].td,
        )
        for part in zone.subcomponents
    }
    for name, month, before, after in (("DAYLIGHT", 3, 0, 1), ("STANDARD", 10, 1, 0)):
        first, offset_from, offset_to = changes[name]
        assert (first.month, offset_from, offset_to) == (
            month,
            timedelta(hours=before),
            timedelta(hours=after),
        )
        moment = (first - offset_from).replace(tzinfo=UTC)
        assert (moment - timedelta(seconds=1)).astimezone(LONDON).utcoffset() == offset_from
        assert moment.astimezone(LONDON).utcoffset() == offset_to


@pytest.mark.parametrize("path", ["/hubs/nowhere/hours.ics", "/bn/hubs/nowhere/hours.ics"])
def test_calendar_of_an_unknown_hub_is_a_404(hubs, path):
    assert Client().get(path).status_code == 404


def test_geojson_gives_every_fact_of_a_hub_in_both_languages(hubs):
    loop = Facility.objects.create(slug="hearing-loop", name_en="Hearing loop", name_bn="হিয়ারিং লুপ")
    HubFacility.objects.create(hub=hubs["bow"], facility=loop, available="yes")
    Hub.objects.filter(slug="bow").update(hours_checked_on=date(2026, 11, 1), address_confirmed=False)

    response = Client().get("/hubs.geojson")

    assert response.headers["Content-Type"] == "application/geo+json"
    data = response.json()
    assert (data["type"], [each["id"] for each in data["features"]]) == (
        "FeatureCollection",
        ["town-hall", "bow", "cubitt-town"],
    )
    assert data["features"][1] == {
        "type": "Feature",
        "id": "bow",
        "geometry": {"type": "Point", "coordinates": [-0.03, 51.5]},
        "properties": {
            "number": 2,
            "name_en": "Bow hub",
            "name_bn": "bow হাব",
            "area_en": None,
            "area_bn": None,
            "street": "1 Test Street",
            "postcode": "E3 5ES",
            "address_confirmed": False,
            "location_basis": "made up for tests",
            "access": "walk_in",
            "phone": "020 7364 5000",
            "hours": ["Mo-Fr 09:00-17:00"],
            "hours_checked_on": "2026-11-01",
            "facilities": {"hearing-loop": "yes"},
            "url_en": "http://127.0.0.1:8000/hubs/bow/",
            "url_bn": "http://127.0.0.1:8000/bn/hubs/bow/",
            "hours_calendar": "http://127.0.0.1:8000/hubs/bow/hours.ics",
        },
    }
    assert data["features"][0]["properties"]["hours_checked_on"] is None


@pytest.mark.parametrize("path", ["/hubs.geojson", "/hubs/bow/hours.ics"])
@pytest.mark.parametrize("many", [False, True])
@pytest.mark.usefixtures("asked_once")
def test_feeds_take_as_many_queries_for_one_hub_as_for_three(hubs, path, many, django_assert_num_queries):
    if not many:
        Hub.objects.exclude(slug="bow").update(retired_on=date(2020, 1, 1))
    # The content version, and hubs, periods and dated hours; the facilities where a feed has them.
    with django_assert_num_queries(5 if path == "/hubs.geojson" else 4):
        assert Client().get(path).status_code == 200


def test_json_ld_says_the_hours_with_lunch_break_and_dates(odd_hours):
    loop = Facility.objects.create(slug="hearing-loop", name_en="Hearing loop", name_bn="হিয়ারিং লুপ")
    wifi = Facility.objects.create(slug="wi-fi", name_en="Wi-Fi")
    HubFacility.objects.create(hub=odd_hours["bow"], facility=loop, available="no")
    HubFacility.objects.create(hub=odd_hours["bow"], facility=wifi, available="unknown")
    Hub.objects.update(hours_checked_on=TODAY)
    (listed,) = listed_hubs(MONDAY_NOON, slug="bow")
    facilities = HubFacility.objects.select_related("facility")

    data = hub_json_ld(listed, facilities, today=TODAY)

    def on(*days):
        return [f"https://schema.org/{day}" for day in days]

    kind = {"@type": "OpeningHoursSpecification"}
    assert data["openingHoursSpecification"] == [
        kind
        | {"dayOfWeek": on("Monday", "Tuesday", "Wednesday", "Friday"), "opens": "09:00", "closes": "17:00"},
        kind | {"dayOfWeek": on("Thursday"), "opens": "09:00", "closes": "12:30"},
        kind | {"dayOfWeek": on("Saturday"), "opens": "10:00", "closes": "14:00"},
        kind | {"dayOfWeek": on("Thursday"), "opens": "13:30", "closes": "19:00"},
    ]
    special = {
        (each["validFrom"], each["opens"], each["closes"], each.get("description"))
        for each in data["specialOpeningHoursSpecification"]
    }
    assert {row for row in special if row[0] < "2027-03-29"} == {
        ("2026-12-24", "09:00", "12:00", "Christmas Eve"),
        ("2026-12-25", "00:00", "00:00", "Christmas Day"),
        ("2026-12-26", "00:00", "00:00", "Boxing Day"),
        ("2026-12-28", "00:00", "00:00", "Boxing Day (substitute day)"),
        ("2027-01-01", "00:00", "00:00", "New Year’s Day"),
        ("2027-02-01", "00:00", "00:00", "Staff training"),
        ("2027-03-26", "10:00", "11:00", None),
        ("2027-03-26", "12:00", "13:00", None),
    }
    assert data["amenityFeature"] == [
        {"@type": "LocationFeatureSpecification", "name": "Hearing loop", "value": False}
    ]
    assert (data["@type"], data["publicAccess"], data["telephone"]) == (
        "GovernmentOffice",
        True,
        "020 7364 5000",
    )


def test_json_ld_of_an_unchecked_appointment_hub_in_bengali(hubs):
    Hub.objects.update(address_confirmed=False)
    (listed,) = listed_hubs(MONDAY_NOON, slug="town-hall")

    with translation.override("bn"):
        data = hub_json_ld(listed, [], today=TODAY)
        in_doubt = translation.gettext("Street number not yet confirmed.")

    assert (data["name"], data["alternateName"]) == ("town-hall হাব", "Town-Hall hub")
    assert data["url"] == "http://127.0.0.1:8000/bn/hubs/town-hall/"
    assert data["@id"] == "http://127.0.0.1:8000/hubs/town-hall/#hub"
    assert data["mainEntityOfPage"]["inLanguage"] == "bn"
    assert "publicAccess" not in data
    assert data["address"]["description"] == in_doubt
    assert data["additionalProperty"]["value"] == "appointment_only"
    assert all("020 7364 5000" in each["description"] for each in data["openingHoursSpecification"])


def test_json_ld_tag_cannot_be_broken_out_of():
    hostile = {"name": "</script><!-- <b>& ' \" বাংলা"}

    html = Template("{% load structured_data %}{% json_ld data %}").render(Context({"data": hostile}))

    opening, closing = '<script type="application/ld+json">', "</script>"
    body = html.removeprefix(opening).removesuffix(closing)
    assert set("<>&") & set(body) == set()
    assert json.loads(body) == hostile


def test_usual_week_in_short_groups_days_that_follow_each_other():
    nine_to_five, late = Period(time(9), time(17)), Period(time(18), time(0))
    schedule = Schedule(
        week=dict.fromkeys((0, 1, 2, 4, 6), (nine_to_five,)) | {2: (nine_to_five, late)},
        dated={},
        dated_everywhere={},
    )

    assert week_texts(schedule) == ["Mo-We,Fr,Su 09:00-17:00", "We 18:00-24:00"]
    assert [each.weekdays for each in weekly_periods(schedule)] == [(0, 1, 2, 4, 6), (2,)]


def test_a_holiday_on_a_day_that_is_closed_anyway_does_not_differ():
    schedule = Schedule(
        week={0: (Period(time(9), time(17)),)},
        dated={},
        dated_everywhere={},
        bank_holidays=lambda on: "Fair" if on in (date(2026, 11, 28), date(2026, 11, 30)) else None,
    )

    assert [day.on for day in differing_days(schedule, TODAY)] == [date(2026, 11, 30)]


def test_sitemap_lists_every_page_in_both_languages_and_each_answers(topics):
    Hub.objects.filter(slug="cubitt-town").update(retired_on=date(2020, 1, 1))
    client = Client()
    response = client.get("/sitemap.xml")
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    root = ET.fromstring(response.content)
    paths = [loc.text.removeprefix("http://127.0.0.1:8000") for loc in root.iterfind("s:url/s:loc", spaces)]
    english = ["/", "/find/", "/hubs/", "/topics/"]
    english += ["/ask/", "/track/", "/appointments/", "/accessibility/", "/privacy/", "/cookies/"]
    english += ["/data-protection-complaint/"]
    english += ["/hubs/town-hall/", "/hubs/bow/"]
    english += [f"/topics/{slug}/" for slug in topics]

    assert response.headers["Content-Type"] == "application/xml"
    assert paths == [path for each in english for path in (each, f"/bn{each}")]
    alternates = [
        (link.get("hreflang"), link.get("href").removeprefix("http://127.0.0.1:8000"))
        for link in root.findall("s:url", spaces)[1].iterfind("x:link", spaces)
    ]
    assert alternates == [("en", "/"), ("bn", "/bn/"), ("x-default", "/")]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
