"""The Open Referral UK API: shape of every answer, filters, paging, and what it refuses."""

import json
import re
from datetime import date, time
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from hubs.models import (
    DatedHours,
    DatedPeriod,
    Facility,
    Hub,
    HubFacility,
    OpeningPeriod,
    Postcode,
    Topic,
    TopicCode,
    TopicOffer,
)
from hubs.open_referral import record_id
from tests.conftest import MONDAY_NOON

LISTS = ("services", "service_at_locations", "taxonomies", "taxonomy_terms")
PAGE_KEYS = [
    "total_items",
    "total_pages",
    "page_number",
    "size",
    "first_page",
    "last_page",
    "empty",
    "contents",
]
REQUIRED = {
    "services": {"id", "name", "status"},
    "service_at_locations": {"id"},
    "taxonomies": {"id", "name", "description"},
    "taxonomy_terms": {"id", "name", "description"},
    "organization": {"id", "name", "description"},
    "organization_identifiers": {"id", "identifier_type", "identifier"},
    "service": {"id", "name", "status"},
    "location": {"id", "location_type"},
    "schedules": {"id"},
    "addresses": {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"},
    "accessibility": {"id"},
    "contacts": {"id"},
    "phones": {"id", "number"},
    "attributes": {"id"},
    "taxonomy_term": {"id", "name", "description"},
}
"""Required properties of each record and of what is nested in it, from the standard's own tables."""

NUMBERS = {"latitude", "longitude"}
ENUMERATED = {
    "status": {"active", "inactive", "defunct", "temporarily closed"},
    "location_type": {"physical", "postal", "virtual"},
    "address_type": {"physical", "postal", "virtual"},
    "freq": {"WEEKLY", "MONTHLY"},
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(topics, postcodes) -> dict[str, Topic]:
    """The cast's topics with codes, known and unknown facilities, a lunch break and a special day."""
    TopicCode.objects.create(topic=topics["housing"], lgsl=112)
    TopicCode.objects.create(topic=topics["housing"], lgsl=92)
    TopicCode.objects.create(topic=topics["benefits"], lgsl=69)
    bow = Hub.objects.get(slug="bow")
    OpeningPeriod.objects.filter(hub=bow, weekday=2).update(closes=time(12))
    OpeningPeriod.objects.create(hub=bow, weekday=2, opens=time(13), closes=time(20))
    early = DatedHours.objects.create(hub=bow, on=date(2026, 12, 24), closed=False, reason_en="Christmas Eve")
    DatedPeriod.objects.create(dated_hours=early, opens=time(9), closes=time(12))
    known = {
        "step-free-entrance": "yes",
        "hearing-loop": "no",
        "accessible-toilet": "unknown",
        "wi-fi": "yes",
    }
    for position, (slug, available) in enumerate(known.items()):
        facility = Facility.objects.create(
            slug=slug, position=position, name_en=slug.replace("-", " ").title()
        )
        HubFacility.objects.create(hub=bow, facility=facility, available=available)
    return topics


def get(path: str, **query: object):
    with time_machine.travel(MONDAY_NOON, tick=False):
        return Client().get(f"/openreferral/{path}", query)


def found(path: str, **query: object) -> list[str]:
    """The names (of services) or "service @ hub" that a list answers."""
    response = get(path, **query)
    assert response.status_code == 200, response.content
    return [
        f"{each['service']['name']} @ {each['location']['name']}" if "location" in each else each["name"]
        for each in response.json()["contents"]
    ]


def shape_faults(name: str, record: dict) -> list[str]:
    """What is wrong with a record by the standard's rules on properties, types and formats."""
    faults = [f"{name}: no {missing}" for missing in REQUIRED.get(name, set()) - set(record)]
    for key, value in record.items():
        place = f"{name}.{key}"
        if key in REQUIRED:
            for each in value if isinstance(value, list) else [value]:
                faults += shape_faults(key, each)
        elif key == "service_at_locations":
            faults += [fault for each in value for fault in shape_faults(key, each)]
        elif key in NUMBERS:
            faults += [] if isinstance(value, float) else [place]
        elif not isinstance(value, str) or not value:
            faults.append(place)
        elif key == "id" or key.endswith("_id"):
            faults += [] if str(UUID(value)) == value else [place]
        elif key in ENUMERATED:
            faults += [] if value in ENUMERATED[key] else [place]
        elif key in ("url", "uri", "term_uri", "website", "schedule_link"):
            faults += [] if re.fullmatch(r"https?://[!-~]+", value) else [place]
    return faults


def test_start_says_which_standard_this_is():
    for path in ("", "/"):
        assert Client().get(f"/openreferral{path}").json() == {
            "version": "HSDS-UK-3.0",
            "profile": "https://openreferraluk.org/developers/specifications",
            "openapi_url": "https://openreferraluk.org/specifications/3.0/openapi.json",
        }


@pytest.mark.parametrize("path", LISTS)
def test_every_page_and_every_record_has_the_standards_shape(offered, path):
    whole = get(path).json()
    assert list(whole) == PAGE_KEYS
    ids = [each["id"] for each in whole["contents"]]
    assert (len(set(ids)), whole["total_items"]) == (len(ids), len(ids))

    seen = []
    for number in range(1, len(ids) + 1):
        page = get(path, page=number, per_page=1).json()
        assert {key: page[key] for key in PAGE_KEYS[:-1]} == {
            "total_items": len(ids),
            "total_pages": len(ids),
            "page_number": number,
            "size": 1,
            "first_page": number == 1,
            "last_page": number == len(ids),
            "empty": False,
        }
        seen += [each["id"] for each in page["contents"]]
    assert seen == ids

    full = [get(f"{path}/{each}").json() for each in ids]
    assert [each["id"] for each in full] == ids
    assert [fault for each in whole["contents"] + full for fault in shape_faults(path, each)] == []


def test_shape_faults_are_found():
    wrong = {
        "id": record_id("service", "x").upper(),
        "name": "",
        "status": "open",
        "url": "not an address",
        "location": {"latitude": "51"},
    }

    assert sorted(shape_faults("services", wrong)) == [
        "location.latitude",
        "location: no id",
        "location: no location_type",
        "services.id",
        "services.name",
        "services.status",
        "services.url",
    ]


def test_a_service_in_full(offered):
    data = get(f"services/{record_id('service', 'housing')}").json()

    assert (data["name"], data["alternate_name"], data["status"]) == ("Housing", "Housing বাংলা", "active")
    assert data["url"] == "http://127.0.0.1:8000/topics/housing/"
    assert data["organization"]["name"] == "London Borough of Tower Hamlets"
    assert [each["location"]["name"] for each in data["service_at_locations"]] == [
        "Town-Hall hub",
        "Bow hub",
        "Cubitt-Town hub",
    ]
    assert [each["taxonomy_term"]["name"] for each in data["attributes"]] == [
        "Housing",
        "LGSL 112",
        "LGSL 92",
    ]
    assert data["attributes"][1]["taxonomy_term"]["term_uri"] == "http://id.esd.org.uk/service/112"
    own = {each["id"] for each in data["service_at_locations"]}
    assert {each["service_at_location_id"] for each in data["schedules"]} == own


def test_a_service_at_a_location_in_full(offered):
    data = get(f"service_at_locations/{record_id('service_at_location', 'benefits', 'bow')}").json()

    by_appointment = "In person, by appointment only. Call 020 7364 5000 to book."
    assert data["description"] == by_appointment
    assert data["location"]["addresses"][0]["postal_code"] == "E3 5ES"
    assert [each["description"] for each in data["location"]["accessibility"]] == [
        "Step Free Entrance: yes",
        "Hearing Loop: no",
    ]
    hours = [(each["byday"], each["opens_at"], each["closes_at"]) for each in data["schedules"]]
    assert hours == [
        ("MO,TU,TH,FR", "09:00", "17:00"),
        ("WE", "09:00", "12:00"),
        ("WE", "13:00", "20:00"),
    ]
    assert {each["attending_type"] for each in data["schedules"]} == {by_appointment}
    assert {each["description"] for each in data["schedules"]} == {
        "Times are London time. Hours not yet confirmed. Call before you travel: 020 7364 5000"
    }
    assert data["schedules"][0]["notes"].splitlines()[:2] == [
        "2026-12-24: 09:00-12:00 (Christmas Eve)",
        "2026-12-25: closed (Christmas Day)",
    ]


def test_a_walk_in_offer_says_so_and_confirmed_hours_carry_no_warning(offered):
    Hub.objects.update(hours_checked_on=date(2026, 11, 1))
    data = get(f"service_at_locations/{record_id('service_at_location', 'housing', 'bow')}").json()

    assert data["description"] == "In person. No appointment needed."
    assert data["schedules"][0]["description"] == "Times are London time."


def test_terms_are_topics_first_and_then_codes_by_number(offered):
    assert found("taxonomies") == ["Residents’ Hub topics", "Local Government Services List (LGSL)"]
    assert found("taxonomy_terms") == [
        "Housing",
        "Benefits",
        "Domestic abuse",
        "LGSL 69",
        "LGSL 92",
        "LGSL 112",
    ]


def test_what_is_retired_or_offered_nowhere_is_left_out(offered):
    Topic.objects.create(slug="moonlight", position=9, name_en="Moonlight", summary_en="Nowhere")
    Topic.objects.filter(slug="benefits").update(retired_on=date(2020, 1, 1))
    Hub.objects.filter(slug="town-hall").update(retired_on=date(2020, 1, 1))

    assert found("services") == ["Housing"]
    assert found("service_at_locations") == ["Housing @ Bow hub", "Housing @ Cubitt-Town hub"]
    assert get(f"services/{record_id('service', 'domestic-abuse')}").status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Housing", "Benefits", "Domestic abuse"]),
        ({"search": "BENEFITS help"}, ["Benefits"]),
        ({"search": "বাংলা  Housing"}, ["Housing"]),
        ({"search": "cubitt"}, ["Housing"]),
        ({"search": "zebra"}, []),
        ({"taxonomy_term_id": record_id("taxonomy_term", "lgsl", 69)}, ["Benefits"]),
        ({"taxonomy_term_id": record_id("taxonomy_term", "lgsl", 69).upper()}, ["Benefits"]),
        ({"taxonomy_term_id": record_id("taxonomy_term", "lgsl", 1)}, []),
        ({"taxonomy_term_id": "not an identifier"}, []),
        ({"taxonomy_id": record_id("taxonomy", "lgsl")}, ["Housing", "Benefits"]),
        ({"taxonomy_id": record_id("taxonomy", "topics")}, ["Housing", "Benefits", "Domestic abuse"]),
        ({"day": "sa"}, []),
        ({"day": "Wednesday", "start_time": "13:00"}, ["Housing", "Benefits"]),
        ({"day": "TH", "start_time": "13:00"}, []),
        ({"end_time": "12:00:00"}, ["Housing", "Benefits"]),
        ({"minimum_age": "18", "maximum_age": "65.5"}, ["Housing", "Benefits", "Domestic abuse"]),
        ({"modified_after": "2030-01-01T00:00:00Z"}, ["Housing", "Benefits", "Domestic abuse"]),
        ({"colour": "blue", "postcode": "nonsense"}, ["Housing", "Benefits", "Domestic abuse"]),
    ],
)
def test_services_are_narrowed_by_each_parameter(offered, query, names):
    assert found("services", **query) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (
            {"postcode": "e143hg"},
            [
                "Housing @ Cubitt-Town hub",
                "Housing @ Town-Hall hub",
                "Domestic abuse @ Town-Hall hub",
                "Housing @ Bow hub",
                "Benefits @ Bow hub",
            ],
        ),
        ({"postcode": "ই১৪ 3HG", "proximity": "0"}, ["Housing @ Cubitt-Town hub"]),
        ({"postcode": "E14 3AA", "proximity": "137"}, []),
        ({"postcode": "E14 3AA", "proximity": "138"}, ["Housing @ Cubitt-Town hub"]),
        (
            {"postcode": "E1 6AN", "proximity": "1500"},
            ["Housing @ Town-Hall hub", "Domestic abuse @ Town-Hall hub"],
        ),
        ({"postcode": "E14 3HG", "search": "benefits"}, ["Benefits @ Bow hub"]),
        ({"search": "bow benefits"}, ["Benefits @ Bow hub"]),
    ],
)
def test_services_at_locations_are_narrowed_by_distance(offered, query, names):
    assert found("service_at_locations", **query) == names


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("services", {"page": "²"}, "page"),
        ("services", {"page": "0"}, "page"),
        ("services", {"page": "-1"}, "page"),
        ("services", {"page": "1.5"}, "page"),
        ("services", {"page": "9" * 5000}, "page"),
        ("taxonomies", {"per_page": "0"}, "per_page"),
        ("taxonomy_terms", {"per_page": "all"}, "per_page"),
        ("services", {"search": "a" * 201}, "search"),
        ("services", {"day": "someday"}, "day"),
        ("services", {"start_time": "25:00"}, "start_time"),
        ("services", {"minimum_age": "nan"}, "minimum_age"),
        ("services", {"modified_after": "yesterday"}, "modified_after"),
        ("service_at_locations", {"postcode": "gobbledygook"}, "postcode"),
        ("service_at_locations", {"postcode": "ZE1 0AA"}, "postcode"),
        ("service_at_locations", {"postcode": "E14 3HG", "proximity": "inf"}, "proximity"),
        ("service_at_locations", {"postcode": "E14 3HG", "proximity": "-1"}, "proximity"),
        ("service_at_locations", {"proximity": "500"}, "proximity"),
        ("service_at_locations", {"postcode": "nonsense", "proximity": "500"}, "postcode"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named_in_json(offered, path, query, parameter):
    response = get(path, **query)

    body = json.loads(response.content)
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert (body["status"], [each["parameter"] for each in body["errors"]]) == (400, [parameter])
    assert not any(value in response.content.decode() for value in query.values() if len(value) > 5)


@pytest.mark.parametrize(
    "path",
    [
        "services?page=2",
        "services?page=" + "9" * 30,
        "services/nothing",
        f"services/{record_id('service', 'moonlight')}",
        "service_at_locations/²",
        f"taxonomies/{record_id('taxonomy', 'x')}",
        "taxonomy_terms/1",
        "organizations",
        "a/b/c/",
    ],
)
def test_what_is_not_there_is_a_404_in_json(offered, path):
    response = get(path)

    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(response.content)["status"] == 404
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_huge_page_size_gives_everything_and_says_how_many(offered):
    page = get("service_at_locations", per_page="1" + "0" * 30).json()

    assert (page["size"], page["total_pages"], page["last_page"]) == (5, 1, True)


def test_an_empty_list_is_one_empty_page(db):
    assert get("services").json() == {
        "total_items": 0,
        "total_pages": 1,
        "page_number": 1,
        "size": 0,
        "first_page": True,
        "last_page": True,
        "empty": True,
        "contents": [],
    }


def test_a_nul_is_refused(offered):
    assert Client().get("/openreferral/services?search=%00").status_code == 400


FEEDS = [
    "/hubs.geojson",
    "/hubs/bow/hours.ics",
    "/bn/hubs/bow/hours.ics",
    "/openreferral/",
    "/openreferral/services",
    "/openreferral/services/",
    "/openreferral/service_at_locations",
    "/openreferral/service_at_locations?postcode=E14+3HG",
    "/openreferral/taxonomies/",
    f"/openreferral/taxonomy_terms/{record_id('taxonomy_term', 'topic', 'housing')}/",
]


@pytest.mark.parametrize("path", FEEDS)
def test_any_site_may_read_a_feed_and_nobody_may_write(offered, path):
    strict = Client(enforce_csrf_checks=True)
    read = strict.get(path)
    assert (read.status_code, read.headers["Cache-Control"]) == (200, "public, no-cache")
    assert read.cookies == {}

    again = strict.get(path, headers={"if-none-match": read.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    head = strict.head(path)
    assert (head.status_code, head.content) == (200, b"")

    asked = strict.options(path, headers={"origin": "https://example.org"})
    assert (asked.status_code, asked.content, asked.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS")

    refused = [getattr(strict, method)(path) for method in ("post", "put", "patch", "delete")]
    assert [each.status_code for each in refused] == [405] * 4
    assert {each.headers["Content-Type"] for each in refused} == {"application/problem+json"}

    for response in (read, again, head, asked, *refused):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("services", 8),
        ("service_at_locations", 8),
        ("service_at_locations?postcode=E14+3HG", 9),
        ("taxonomy_terms", 8),
        (f"services/{record_id('service', 'housing')}", 8),
        (f"service_at_locations/{record_id('service_at_location', 'housing', 'bow')}", 8),
    ],
)
@pytest.mark.parametrize("hubs_left", [1, 3])
def test_queries_are_as_many_for_one_hub_as_for_three(
    offered, path, queries, hubs_left, django_assert_num_queries
):
    if hubs_left == 1:
        Hub.objects.exclude(slug="bow").update(retired_on=date(2020, 1, 1))
    # The content version; hubs, periods, dated hours and theirs; facilities, offers, codes.
    with django_assert_num_queries(queries):
        assert get(path).status_code == 200


def test_identifiers_do_not_change_when_the_facts_are_loaded_anew(offered):
    before = get("service_at_locations").content
    rows = list(TopicOffer.objects.order_by("pk").values("hub_id", "topic_id", "access"))
    TopicOffer.objects.all().delete()
    TopicOffer.objects.bulk_create(TopicOffer(**row) for row in reversed(rows))

    assert get("service_at_locations").content == before
    assert Postcode.objects.count() == 3
