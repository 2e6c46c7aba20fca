"""Parameters of the Open Referral UK API: what they keep, and how they are refused."""

import json

import pytest
from django.test import Client

from hubs.open_referral import record_id
from tests.hubs.conftest import found, get

pytestmark = pytest.mark.django_db


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
