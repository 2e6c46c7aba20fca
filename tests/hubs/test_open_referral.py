"""Open Referral UK records: the shape of every answer, and what it says."""

import re
from datetime import date
from uuid import UUID

import pytest
from django.test import Client

from hubs.models import Hub, Topic, TopicOffer
from hubs.open_referral import record_id
from tests.hubs.conftest import found, get

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
    "services": {"id", "organization_id", "name", "status"},
    "service_at_locations": {"id"},
    "taxonomies": {"id", "name", "description"},
    "taxonomy_terms": {"id", "name", "description"},
    "organization": {"id", "name", "description"},
    "organization_identifiers": {"id", "identifier_type", "identifier"},
    "service": {"id", "organization_id", "name", "status"},
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
ADDRESSES = {"url", "uri", "term_uri", "website", "schedule_link"}
ENUMERATED = {
    "status": {"active", "inactive", "defunct", "temporarily closed"},
    "location_type": {"physical", "postal", "virtual"},
    "address_type": {"physical", "postal", "virtual"},
    "freq": {"WEEKLY", "MONTHLY"},
}

pytestmark = pytest.mark.django_db


def is_right(key: str, value: object) -> bool:
    """Whether a value that is not itself a record has the standard's type and format."""
    if key in NUMBERS:
        return isinstance(value, float)
    if not isinstance(value, str) or not value:
        return False
    if key == "id" or key.endswith("_id"):
        return str(UUID(value)) == value
    if key in ADDRESSES:
        return re.fullmatch(r"https?://[!-~]+", value) is not None
    return value in ENUMERATED.get(key, {value})


def shape_faults(name: str, record: dict) -> list[str]:
    """What is wrong with a record by the standard's rules on properties, types and formats."""
    faults = [f"{name}: no {missing}" for missing in REQUIRED[name] - set(record)]
    for key, value in record.items():
        if key not in REQUIRED:
            faults += [] if is_right(key, value) else [f"{name}.{key}"]
        elif not value:
            faults.append(f"{name}.{key}")
        else:
            records = value if isinstance(value, list) else [value]
            faults += [fault for each in records for fault in shape_faults(key, each)]
    return faults


def test_start_says_which_standard_this_is():
    for path in ("", "/"):
        assert Client().get(f"/openreferral{path}").json() == {
            "version": "HSDS-UK-3.0",
            "profile": "https://docs.openreferraluk.org/en/latest/",
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
        "services: no organization_id",
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


def test_a_service_says_first_what_cannot_wait(offered):
    Topic.objects.filter(slug="housing").update(urgent_en="Call 999 in danger.", help_en="We listen.")
    (housing,) = (each for each in get("services").json()["contents"] if each["name"] == "Housing")
    assert housing["description"] == "Help with housing\nCall 999 in danger.\nWe listen."
    assert found("services", search="in danger") == ["Housing"]


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


def test_a_street_number_in_doubt_is_said_with_the_location(offered):
    Hub.objects.filter(slug="bow").update(address_confirmed=False, about_en="Inside the library.")
    data = get("service_at_locations").json()

    assert {each["location"]["name"]: each["location"].get("description") for each in data["contents"]} == {
        "Town-Hall hub": None,
        "Bow hub": "Inside the library.\nStreet number not yet confirmed.",
        "Cubitt-Town hub": None,
    }


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
@pytest.mark.usefixtures("asked_once")
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
