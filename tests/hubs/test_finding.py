"""From a postcode or a device's position to an answer, against the database."""

import math
from datetime import UTC, datetime

import pytest

from hubs.access import Access
from hubs.directory import listed_hubs
from hubs.finding import NEAR_DEGREES, Whereabouts, answer_for, nearest_postcode, offering
from hubs.models import Postcode, TopicOffer
from tests.conftest import MONDAY_NOON

pytestmark = pytest.mark.django_db

METRES_A_DEGREE = 111_320
"""Of latitude, and of longitude times the cosine of the latitude: good to a metre or so over 600 metres."""


def slugs(listed) -> list[str]:
    return [each.hub.slug for each in listed]


def now_offering(topic):
    return offering(listed_hubs(MONDAY_NOON), topic, MONDAY_NOON)


@pytest.mark.parametrize(
    ("code", "whereabouts"),
    [
        ("E14 3HG", Whereabouts.BOROUGH),
        ("E14 3AA", Whereabouts.NO_LONGER_USED),
        ("E1 6AN", Whereabouts.OUTSIDE),
        ("E99 9ZZ", Whereabouts.UNKNOWN),
    ],
)
def test_answer_says_what_is_known_of_the_postcode(hubs, postcodes, code, whereabouts):
    answer = answer_for(code, None, listed_hubs(MONDAY_NOON))

    assert (answer.code, answer.whereabouts, answer.postcode) == (code, whereabouts, postcodes.get(code))
    assert (answer.findings is None) == (whereabouts is Whereabouts.UNKNOWN)


def test_answer_of_an_old_postcode_outside_the_borough_is_that_it_is_old(hubs, postcodes):
    Postcode.objects.filter(pk="E1 6AN").update(in_use=False)

    answer = answer_for("E1 6AN", None, listed_hubs(MONDAY_NOON))
    assert answer.whereabouts is Whereabouts.NO_LONGER_USED


def test_answer_measures_each_hub_from_the_postcode(hubs, postcodes):
    answer = answer_for("E14 3HG", None, listed_hubs(MONDAY_NOON))

    assert [(found.hub.hub.slug, found.metres) for found in answer.findings.by_distance] == [
        ("cubitt-town", 0),
        ("town-hall", 4091),
        ("bow", 4284),
    ]


def test_answer_takes_one_query(hubs, postcodes, django_assert_num_queries):
    listed = listed_hubs(MONDAY_NOON)
    with django_assert_num_queries(1):
        answer_for("E14 3HG", None, listed)


def test_offering_keeps_the_hubs_that_help_and_the_stricter_rule(topics):
    listed = listed_hubs(MONDAY_NOON)
    found = {slug: offering(listed, topic, MONDAY_NOON) for slug, topic in topics.items()}

    assert {slug: slugs(each) for slug, each in found.items()} == {
        "housing": ["town-hall", "bow", "cubitt-town"],
        "benefits": ["bow"],
        "domestic-abuse": ["town-hall"],
    }
    assert [each.access for each in found["housing"]] == [
        Access.APPOINTMENT_ONLY,
        Access.WALK_IN,
        Access.WALK_IN,
    ]
    assert [each.access for each in found["benefits"]] == [Access.APPOINTMENT_ONLY]


def test_offering_never_loosens_the_rule_of_the_hub(topics):
    TopicOffer.objects.update(access=Access.WALK_IN)

    assert [each.walk_in for each in now_offering(topics["domestic-abuse"])] == [False]


def test_offering_without_a_topic_gives_all_hubs_without_a_query(hubs, django_assert_num_queries):
    listed = listed_hubs(MONDAY_NOON)
    with django_assert_num_queries(0):
        assert offering(listed, None, MONDAY_NOON) == listed


def test_offering_leaves_a_retired_hub_out(topics, hubs):
    hubs["bow"].retired_on = datetime(2026, 1, 1, tzinfo=UTC).date()
    hubs["bow"].save()

    assert slugs(now_offering(topics["housing"])) == [
        "town-hall",
        "cubitt-town",
    ]


def grid_of_postcodes(steps: int) -> list[Postcode]:
    """Postcodes some 75 metres apart, every other row set off by half, so that both directions count."""
    return Postcode.objects.bulk_create(
        Postcode(
            f"E{row} {column // 26}{chr(65 + column % 26)}Z",
            536000,
            181000,
            51.51 + row * 0.0007,
            -0.04 + (column + row % 2 / 2) * 0.001,
            "E09000030",
        )
        for row in range(1, steps + 1)
        for column in range(steps)
    )


def metres_between(row: Postcode, latitude: float, longitude: float) -> float:
    east = (row.longitude - longitude) * math.cos(math.radians(latitude))
    return METRES_A_DEGREE * math.hypot(row.latitude - latitude, east)


def test_nearest_postcode_agrees_with_measuring_every_one():
    rows = grid_of_postcodes(12)
    for step in range(60):
        latitude, longitude = 51.508 + step * 0.00021, -0.043 + step * 0.00029
        nearest = min(rows, key=lambda row: metres_between(row, latitude, longitude))

        assert nearest_postcode(latitude, longitude) == nearest.code, (latitude, longitude)


def test_nearest_postcode_reaches_about_550_metres(postcodes):
    latitude, longitude = postcodes["E14 3HG"].latitude, postcodes["E14 3HG"].longitude

    assert nearest_postcode(latitude - NEAR_DEGREES + 1e-6, longitude) == "E14 3HG"
    assert nearest_postcode(latitude - NEAR_DEGREES - 1e-6, longitude) is None
    assert round(NEAR_DEGREES * METRES_A_DEGREE) == 557


def test_nearest_postcode_leaves_out_old_ones_and_those_without_a_place(postcodes):
    old = postcodes["E14 3AA"]
    Postcode.objects.create(
        code="E14 9ZZ", easting=538000, northing=179400, local_authority="E09000030", in_use=True
    )

    assert nearest_postcode(old.latitude, old.longitude) == "E14 3HG"


def test_nearest_postcode_may_lie_outside_the_borough(postcodes):
    assert nearest_postcode(51.52, -0.0775) == "E1 6AN"


@pytest.mark.parametrize("place", [(0.0, 0.0), (90.0, 180.0), (-90.0, -180.0), (53.48, -2.24)])
def test_nearest_postcode_far_away_is_none(postcodes, place):
    assert nearest_postcode(*place) is None
