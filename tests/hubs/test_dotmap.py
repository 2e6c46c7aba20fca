"""The dot map: every postcode a dot, the gaps empty, the file small, the pins apart."""

from __future__ import annotations

import csv
import gzip
import math
import re
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import brotli
import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from hubs import dotmap
from hubs.access import Access

POSTCODES = Path(dotmap.__file__).parent / "data" / "postcodes.csv.gz"
TOWER_HAMLETS = "E09000030"
SVG = "{http://www.w3.org/2000/svg}"

HUBS = [
    dotmap.Place(1, "Town Hall, Whitechapel", 534884, 181833, Access.APPOINTMENT_ONLY),
    dotmap.Place(2, "Professional Development Centre", 534152, 182585, Access.WALK_IN),
    dotmap.Place(3, "Idea Store Bow", 536719, 183372, Access.WALK_IN),
    dotmap.Place(4, "Idea Store Chrisp Street", 537873, 181068, Access.WALK_IN),
    dotmap.Place(5, "Cubitt Town Library", 538113, 179321, Access.WALK_IN),
]


@cache
def live() -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Live postcodes in metres: the borough's, the neighbours'."""
    borough, neighbours = [], []
    with gzip.open(POSTCODES, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["in_use"] == "1":
                side = borough if row["local_authority"] == TOWER_HAMLETS else neighbours
                side.append((int(row["easting"]), int(row["northing"])))
    return borough, neighbours


@cache
def drawn() -> str:
    return dotmap.render(*live())


def dots(svg: str, layer: str) -> list[tuple[int, int]]:
    """Read a layer's path back as a browser would, refusing anything but zero-length strokes."""
    path = ET.fromstring(svg).find(f"{SVG}path[@id='{layer}']").get("d")
    steps = re.findall(r"m(-?\d+) ?(-?\d+)h0", path)
    assert "".join(f"m{x}{'' if y.startswith('-') else ' '}{y}h0" for x, y in steps) == path
    at, found = (0, 0), []
    for x, y in steps:
        at = (at[0] + int(x), at[1] + int(y))
        found.append(at)
    return found


def brute_force(points: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """The 12 m squares of the window from 533220 184740 to 539652 178044 that hold a point."""
    squares = {(math.floor((e - 533220) / 12), math.floor((184740 - n) / 12)) for e, n in points}
    return {(x, y) for x, y in squares if 0 <= x < 536 and 0 <= y < 558}


def test_render_draws_one_dot_for_each_distinct_borough_spot() -> None:
    found = dots(drawn(), "borough")
    assert sorted(found) == sorted(brute_force(live()[0]))
    assert len(found) == 5055


def test_render_leaves_no_borough_postcode_outside_the_frame() -> None:
    assert [point for point in live()[0] if dotmap.position(*point) is None] == []


def test_render_draws_neighbours_in_the_frame_that_are_not_under_a_borough_dot() -> None:
    borough, neighbours = live()
    expected = brute_force(neighbours) - brute_force(borough)
    assert sorted(dots(drawn(), "neighbours")) == sorted(expected)


@pytest.mark.parametrize(
    ("gap", "easting", "northing", "metres"),
    [
        ("the Thames off Wapping", 534760, 179880, 125),
        ("the Thames at Limehouse Reach", 536830, 179910, 195),
        ("the Middle Dock on the Isle of Dogs", 537410, 180160, 75),
        ("Victoria Park", 536400, 184080, 300),
    ],
)
def test_render_leaves_water_and_park_empty(gap: str, easting: int, northing: int, metres: int) -> None:
    everything = dots(drawn(), "borough") + dots(drawn(), "neighbours")
    nearest = min(
        math.dist((easting, northing), (533220 + 12 * x + 6, 184740 - 12 * y - 6)) for x, y in everything
    )
    assert nearest >= metres, gap


def test_render_stays_within_its_share_of_the_first_view() -> None:
    assert len(brotli.compress(drawn().encode(), quality=11)) <= 12_000
    assert len(gzip.compress(drawn().encode(), 9)) <= 14_000


def test_render_is_the_same_for_the_same_points_in_any_order() -> None:
    borough, neighbours = live()
    assert dotmap.render(reversed(borough), iter(sorted(neighbours))) == drawn()


def test_render_holds_nothing_that_the_content_policy_forbids() -> None:
    tags, attributes = set(), set()
    for element in ET.fromstring(drawn()).iter():
        tags.add(element.tag.removeprefix(SVG))
        attributes.update(element.attrib)
    assert tags == {"svg", "radialGradient", "stop", "mask", "path"}
    assert attributes == {
        *("viewBox", "width", "height", "fill", "stroke", "stroke-width", "stroke-linecap"),
        *("id", "r", "offset", "stop-color", "mask", "d"),
    }


def test_render_merges_points_on_one_spot_and_lets_the_borough_win() -> None:
    svg = dotmap.render([(536000, 181500), (536001, 181499)], [(536002, 181498), (536012, 181498)])
    assert dots(svg, "borough") == [(231, 270)]
    assert dots(svg, "neighbours") == [(232, 270)]


def test_render_of_no_points_is_an_empty_map() -> None:
    assert dots(dotmap.render([], []), "borough") == []


@pytest.mark.parametrize(
    ("easting", "northing", "expected"),
    [
        (533220, 184740, (0, 0)),
        (533219, 184740, None),
        (533220, 184741, None),
        (539651, 178045, (535, 557)),
        (539652, 178045, None),
        (539651, 178044, None),
        (534884, 181833, (138, 242)),
    ],
)
def test_position_is_none_only_outside_the_frame(
    easting: int, northing: int, expected: tuple[int, int] | None
) -> None:
    assert dotmap.position(easting, northing) == expected


def test_draw_puts_the_five_hubs_exactly_where_they_are() -> None:
    drawing = dotmap.draw(HUBS)
    assert [(pin.number, pin.shape, pin.x, pin.y, pin.moved, str(pin.where)) for pin in drawing.pins] == [
        (1, "square", 138, 242, False, "in the west of the borough"),
        (2, "circle", 77, 179, False, "in the north-west of the borough"),
        (3, "circle", 291, 114, False, "in the north of the borough"),
        (4, "circle", 387, 306, False, "in the east of the borough"),
        (5, "circle", 407, 451, False, "in the south-east of the borough"),
    ]
    assert drawing.resident is None
    assert [label.lines for label in drawing.labels] == [["River", "Thames"], ["Victoria Park"]]


def depth(pin: dotmap.Pin, x: float, y: float) -> float:
    """Signed distance from a point to a pin's outer edge, its 4-unit ring included; negative inside."""
    if pin.shape == "circle":
        return math.dist((x, y), (pin.x, pin.y)) - 25
    across, down = max(abs(x - pin.x) - 14, 0), max(abs(y - pin.y) - 14, 0)
    return math.hypot(across, down) - 11


def edge(pin: dotmap.Pin) -> list[tuple[float, float]]:
    """Points all along a pin's outer edge: a circle of 25, or a square of 50 with corners rounded by 11."""
    flat, round_by = (0, 25) if pin.shape == "circle" else (14, 11)
    points = []
    for step in range(48):
        east, south = math.cos(math.tau * (step + 0.5) / 48), math.sin(math.tau * (step + 0.5) / 48)
        x = pin.x + math.copysign(flat, east) + round_by * east
        y = pin.y + math.copysign(flat, south) + round_by * south
        points.append((x, y))
    return points


def assert_apart(pins: tuple[dotmap.Pin, ...]) -> None:
    for one, other in combinations(pins, 2):
        assert min(depth(other, x, y) for x, y in edge(one)) > 0, (one, other)


def test_draw_keeps_hubs_ten_metres_apart_from_overlapping() -> None:
    crowd = [
        dotmap.Place(n, f"Hub {n}", 536000 + 10 * n, 181500, access)
        for n, access in enumerate([Access.WALK_IN, Access.APPOINTMENT_ONLY] * 4, start=1)
    ]
    pins = dotmap.draw(crowd).pins
    assert [pin.number for pin in pins] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [pin.moved for pin in pins] == [False] + [True] * 7
    assert [(pin.spot_x, pin.spot_y) for pin in pins] == [
        dotmap.position(place.easting, place.northing) for place in crowd
    ]
    assert_apart(pins)


inside = st.tuples(st.integers(533220, 539651), st.integers(178045, 184740))


@given(
    hubs=st.lists(st.tuples(inside, st.sampled_from(list(Access))), max_size=9),
    resident=st.none() | inside,
)
def test_draw_never_lets_pins_overlap_or_leave_the_frame(
    hubs: list[tuple[tuple[int, int], Access]], resident: tuple[int, int] | None
) -> None:
    places = [dotmap.Place(n, "", *metres, access) for n, (metres, access) in enumerate(hubs, start=1)]
    drawing = dotmap.draw(places, resident)
    assert len(drawing.pins) == len(hubs)
    assert_apart(drawing.pins)
    for pin in drawing.pins:
        assert 25 <= pin.x <= 536 - 25
        assert 25 <= pin.y <= 558 - 25
        if drawing.resident:
            assert depth(pin, drawing.resident.x, drawing.resident.y) > 14


def test_draw_moves_a_pin_off_the_resident_and_keeps_its_true_spot() -> None:
    drawing = dotmap.draw(HUBS, (534890, 181840))
    assert (drawing.resident.x, drawing.resident.y) == (139, 241)
    town_hall = drawing.pins[0]
    assert (town_hall.moved, town_hall.spot_x, town_hall.spot_y) == (True, 138, 242)
    assert [pin.moved for pin in drawing.pins[1:]] == [False] * 4


def test_draw_leaves_out_a_resident_and_a_hub_outside_the_frame() -> None:
    far = dotmap.Place(6, "Far away", 541009, 186075, Access.WALK_IN)
    drawing = dotmap.draw([*HUBS, far], (541009, 186075))
    assert drawing.resident is None
    assert [pin.number for pin in drawing.pins] == [1, 2, 3, 4, 5]


def test_draw_drops_a_place_name_that_the_resident_would_cover() -> None:
    drawing = dotmap.draw(HUBS, (533220 + 12 * 222, 184740 - 12 * 81))
    assert [str(label.text) for label in drawing.labels] == ["River Thames"]


def template(
    resident: tuple[int, int] | None = None, hubs: list[dotmap.Place] = HUBS
) -> tuple[str, ET.Element]:
    """The tag of the file with the dots, and what is drawn over it."""
    drawing = dotmap.draw(hubs, resident)
    html = render_to_string("hubs/_dotmap.html", {"map": drawing, "you": drawing.resident})
    dots, opened, drawn = html.partition("<svg")
    return dots.strip(), ET.fromstring(opened + drawn)


def page(resident: tuple[int, int] | None = None, hubs: list[dotmap.Place] = HUBS) -> ET.Element:
    return template(resident, hubs)[1]


def test_template_draws_pins_by_access_rule_over_the_file() -> None:
    dots, svg = template()
    assert svg.get("viewBox") == "0 0 536 558"
    assert dots == '<img src="/borough-map.svg" alt="" width="536" height="558" loading="lazy">'
    assert [rect.get("fill") for rect in svg.iter("rect")] == ["#8a3b12"]
    assert [circle.get("fill") for circle in svg.iter("circle")] == ["#0b4f4a"] * 4
    numbers = [text.text for text in svg.iter("text") if text.get("class") == "hub-dotmap__number"]
    assert numbers == ["1", "2", "3", "4", "5"]


def test_template_pin_is_at_least_22_px_across_on_a_map_288_px_wide() -> None:
    svg = page()
    widths = [2 * float(circle.get("r")) for circle in svg.iter("circle")]
    widths += [float(rect.get("width")) for rect in svg.iter("rect")]
    assert min(widths) * 288 / 536 >= 22
    assert widths == [42] * 5


def test_template_tells_the_map_in_words() -> None:
    svg = page(resident=(536200, 181300))
    named = {element.get("id"): " ".join("".join(element.itertext()).split()) for element in svg.iter()}
    assert named[svg.get("aria-labelledby")] == "Map of the Residents’ Hubs in Tower Hamlets"
    assert named[svg.get("aria-describedby")] == (
        "Hub 1, Town Hall, Whitechapel, is in the west of the borough, by appointment only. "
        "Hub 2, Professional Development Centre, is in the north-west of the borough; walk in, no appointment"
        " needed. "
        "Hub 3, Idea Store Bow, is in the north of the borough; walk in, no appointment needed. "
        "Hub 4, Idea Store Chrisp Street, is in the east of the borough; walk in, no appointment needed. "
        "Hub 5, Cubitt Town Library, is in the south-east of the borough; walk in, no appointment needed. "
        "Your own place, the amber dot, is in the middle of the borough. "
        "Each dot is one postcode. The River Thames, the docks and Victoria Park show as gaps between the"
        " dots."
    )


def test_template_has_no_inline_style_and_points_moved_pins_to_their_spot() -> None:
    svg = page(resident=(534890, 181840))
    assert [element.tag for element in svg.iter() if "style" in element.attrib] == []
    pointers = [g for g in svg.iter("g") if "hub-dotmap__pointer" in g.get("class", "")]
    assert [(g.find("circle").get("cx"), g.find("circle").get("cy")) for g in pointers] == [("138", "242")]


def test_template_escapes_a_hub_name() -> None:
    hostile = dotmap.Place(1, "<script>alert(1)</script>", 536000, 181500, Access.WALK_IN)
    assert list(page(hubs=[hostile]).iter("script")) == []
