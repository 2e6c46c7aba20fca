import csv
import gzip
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hubs
from hubs.finder import Findings, Place, distance_m, rank, walking_minutes
from hubs.opening import Day, DayKind, Status

LONDON = ZoneInfo("Europe/London")
SHIPPED = Path(hubs.__file__).parent / "data" / "postcodes.csv.gz"
TOWER_HAMLETS = "E09000030"
WEDNESDAY = Day(date(2026, 11, 25), (), DayKind.WEEK)
OPEN = Status(
    True, WEDNESDAY, datetime(2026, 11, 25, 17, tzinfo=LONDON), None, datetime.max.replace(tzinfo=UTC)
)
NEVER = Status(False, WEDNESDAY, None, None, datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True)
class Candidate:
    name: str
    easting: int
    northing: int
    walk_in: bool = True
    status: Status = OPEN


def opening_at(opens_at: datetime) -> Status:
    return Status(False, WEDNESDAY, None, opens_at, opens_at)


MORNING = opening_at(datetime(2026, 11, 26, 9, tzinfo=LONDON))
NOON = opening_at(datetime(2026, 11, 26, 12, tzinfo=LONDON))


def five_hubs(**statuses: Status) -> list[Candidate]:
    """The five hubs where they stand; the Town Hall is by appointment only. Open unless told otherwise."""
    return [
        Candidate("town_hall", 534884, 181833, False, statuses.get("town_hall", OPEN)),
        Candidate("bow", 536719, 183372, True, statuses.get("bow", OPEN)),
        Candidate("chrisp_street", 537873, 181068, True, statuses.get("chrisp_street", OPEN)),
        Candidate("cubitt_town", 538113, 179321, True, statuses.get("cubitt_town", OPEN)),
        Candidate("bethnal_green", 534152, 182585, True, statuses.get("bethnal_green", OPEN)),
    ]


def named(findings: Findings[Candidate]) -> dict[str, str | None]:
    picks = {
        "nearest": findings.nearest,
        "open": findings.nearest_open_now,
        "walk_in": findings.nearest_walk_in,
        "walk_in_open": findings.nearest_walk_in_open_now,
        "next": findings.next_walk_in_to_open,
    }
    return {pick: found and found.hub.name for pick, found in picks.items()}


BESIDE_TOWN_HALL = Place(534900, 181800)


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Place(0, 0), Place(0, 0), 0),
        (Place(0, 0), Place(3, 4), 5),
        (Place(3, 4), Place(0, 0), 5),
        (Place(0, 0), Place(1, 1), 1),  # 1.41
        (Place(0, 0), Place(3, 2), 4),  # 3.61
        (Place(534884, 181833), Place(536719, 183372), 2395),
    ],
)
def test_distance_between_places(a: Place, b: Place, metres: int) -> None:
    assert distance_m(a, b) == metres


@pytest.mark.parametrize(
    ("metres", "minutes"),
    [(0, 1), (1, 1), (61, 1), (62, 2), (738, 12), (739, 13), (800, 13), (801, 14), (2395, 39), (8000, 130)],
)
def test_walking_minutes_round_up(metres: int, minutes: int) -> None:
    assert walking_minutes(metres) == minutes


def test_rank_says_how_far_and_how_long() -> None:
    found = rank(BESIDE_TOWN_HALL, five_hubs()).by_distance
    assert [(each.hub.name, each.metres, each.minutes) for each in found] == [
        ("town_hall", 37, 1),
        ("bethnal_green", 1084, 18),
        ("bow", 2404, 40),
        ("chrisp_street", 3062, 50),
        ("cubitt_town", 4058, 66),
    ]


def test_rank_all_open() -> None:
    assert named(rank(BESIDE_TOWN_HALL, five_hubs())) == {
        "nearest": "town_hall",
        "open": "town_hall",
        "walk_in": "bethnal_green",
        "walk_in_open": "bethnal_green",
        "next": None,
    }


def test_rank_nearest_walk_in_closed() -> None:
    hubs_now = five_hubs(town_hall=MORNING, bethnal_green=NOON, bow=NEVER)
    assert named(rank(BESIDE_TOWN_HALL, hubs_now)) == {
        "nearest": "town_hall",
        "open": "chrisp_street",
        "walk_in": "bethnal_green",
        "walk_in_open": "chrisp_street",
        "next": "bethnal_green",
    }


def test_rank_all_closed_the_first_to_open_wins_and_the_nearer_of_two() -> None:
    hubs_now = five_hubs(
        town_hall=MORNING, bethnal_green=NOON, bow=MORNING, chrisp_street=NEVER, cubitt_town=MORNING
    )
    assert named(rank(BESIDE_TOWN_HALL, hubs_now)) == {
        "nearest": "town_hall",
        "open": None,
        "walk_in": "bethnal_green",
        "walk_in_open": None,
        "next": "bow",
    }


def test_rank_first_to_open_is_told_by_the_moment_not_the_wall_clock() -> None:
    # Summer time ends: 01:45 BST comes half an hour before 01:15 GMT.
    first = opening_at(datetime(2026, 10, 25, 1, 45, tzinfo=LONDON))
    second = opening_at(datetime(2026, 10, 25, 1, 15, tzinfo=LONDON, fold=1))
    near, far = Candidate("near", 10, 0, True, second), Candidate("far", 20, 0, True, first)
    assert named(rank(Place(0, 0), [near, far]))["next"] == "far"


def test_rank_without_hubs_finds_nothing() -> None:
    findings = rank(BESIDE_TOWN_HALL, [])
    assert findings.by_distance == ()
    assert set(named(findings).values()) == {None}


def test_rank_only_appointments_finds_no_walk_in() -> None:
    findings = rank(BESIDE_TOWN_HALL, [Candidate("a", 0, 0, False, OPEN), Candidate("b", 1, 1, False, NOON)])
    assert {pick for pick, name in named(findings).items() if name is None} == {
        "walk_in",
        "walk_in_open",
        "next",
    }


def test_rank_equal_distances_keep_their_order() -> None:
    # All 65 square metres: (1, 8), (4, 7), (7, -4), (-8, 1).
    around = [Candidate(name, x, y) for name, x, y in [("a", 4, 7), ("b", -8, 1), ("c", 1, 8), ("d", 7, -4)]]
    assert [found.hub.name for found in rank(Place(0, 0), around).by_distance] == ["a", "b", "c", "d"]
    assert [found.hub.name for found in rank(Place(0, 0), around[::-1]).by_distance] == ["d", "c", "b", "a"]


def test_rank_every_borough_postcode_agrees_with_measuring_each_hub() -> None:
    hubs_now = five_hubs(bow=MORNING, bethnal_green=NOON)
    with gzip.open(SHIPPED, "rt", encoding="utf-8", newline="") as rows:
        borough = [
            r for r in csv.DictReader(rows) if r["in_use"] == "1" and r["local_authority"] == TOWER_HAMLETS
        ]
    assert len(borough) == 5862
    wrong, nearest_is_town_hall = [], 0
    for row in borough:
        x, y = int(row["easting"]), int(row["northing"])
        findings = rank(Place(x, y), hubs_now)
        far = {hub.name: math.dist((x, y), (hub.easting, hub.northing)) for hub in hubs_now}
        expected = {
            "nearest": min(far, key=far.__getitem__),
            "open": min(("town_hall", "chrisp_street", "cubitt_town"), key=far.__getitem__),
            "walk_in": min(("bow", "chrisp_street", "cubitt_town", "bethnal_green"), key=far.__getitem__),
            "walk_in_open": min(("chrisp_street", "cubitt_town"), key=far.__getitem__),
            "next": "bow",
        }
        minutes = [max(1, math.ceil(round(1.3 * found.metres, 1) / 80)) for found in findings.by_distance]
        in_order = sorted(round(metres) for metres in far.values())
        if (
            named(findings) != expected
            or [found.metres for found in findings.by_distance] != in_order
            or [found.minutes for found in findings.by_distance] != minutes
        ):
            wrong.append(row["postcode"])
        nearest_is_town_hall += expected["nearest"] == "town_hall"
    assert wrong == []
    # About a third of the borough lives nearest to the one hub where nobody can walk in.
    assert nearest_is_town_hall == 1897


grid = st.integers(0, 1_300_000)


@given(
    st.builds(Place, grid, grid), st.lists(st.builds(Candidate, st.just("hub"), grid, grid, st.booleans()))
)
def test_rank_anywhere_keeps_every_hub_in_order_of_distance(
    place: Place, candidates: list[Candidate]
) -> None:
    findings = rank(place, candidates)
    metres = [found.metres for found in findings.by_distance]
    assert metres == sorted(metres)
    assert sorted(id(found.hub) for found in findings.by_distance) == sorted(map(id, candidates))
