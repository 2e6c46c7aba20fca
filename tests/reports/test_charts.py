"""Charts: well-formed, in place, one name each, and the unfinished month told apart without colour."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import charts
from reports.charts import Point, bar, heat_level, line, round_up

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1e7)), max_size=30)
THREE = [Point("Sep", 50, "2026"), Point("Oct", 100), Point("Nov", 25, unfinished=True)]


def drawn(points, title="Visits fell") -> ElementTree.Element:
    return ElementTree.fromstring(line(points, title=title, chart_id="visits"))


def classes(root, tag) -> list[str]:
    return [each.get("class") for each in root.iter(tag)]


def labels(root) -> list[str]:
    """What is written in the frame."""
    return [each.text for each in root.iter("text") if each.get("class") != "hub-line__axis"]


@pytest.mark.parametrize(("highest", "top"), [(2431, "2,500"), (1e7, "10,000,000"), (None, "1")])
def test_the_axis_says_its_top_and_nought_outside_the_frame(highest, top):
    root = drawn([Point("Sep", highest), Point("Oct", None)])
    axis = [each for each in root.iter("text") if each.get("class") == "hub-line__axis"]

    assert [each.text for each in axis] == [top, "0"]
    assert {float(each.get("x")) < 0 for each in axis} == {True}


def test_a_line_stands_where_its_values_are():
    pieces = [each for each in drawn(THREE).iter("line") if "piece" in each.get("class")]

    ground = charts.HEIGHT - charts.BOTTOM
    assert [(each.get("x1"), each.get("x2")) for each in pieces] == [("1.5%", "50.0%"), ("50.0%", "98.5%")]
    assert float(pieces[0].get("y2")) == charts.TOP
    assert float(pieces[0].get("y1")) == (charts.TOP + ground) / 2


def test_the_month_that_is_not_over_is_dashed_hollow_and_says_so():
    root = drawn(THREE)

    assert [each for each in classes(root, "line") if "piece" in each] == [
        "hub-line__piece",
        "hub-line__piece hub-line__piece--unfinished",
    ]
    assert classes(root, "circle") == ["hub-line__dot"] * 2 + ["hub-line__dot hub-line__dot--unfinished"]
    assert labels(root) == ["2026", "100", "25 so far"]


def test_a_chart_is_one_picture_named_by_its_finding():
    root = drawn(THREE, title="Visits <fell> & rose")

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "visits"
    assert root.find("title").text == "Visits <fell> & rose"
    assert root.find("title").get("id") == "visits"


def test_a_gap_is_not_drawn_as_nothing():
    root = drawn([Point("Sep", 5), Point("Oct", None), Point("Nov", 7)])

    assert [each for each in classes(root, "line") if "piece" in each] == []
    assert len(classes(root, "circle")) == 2


@given(VALUES)
def test_every_chart_is_well_formed_and_inside_its_frame(values):
    root = drawn([Point(str(number), value) for number, value in enumerate(values)])

    spots = [(float(each.get("cx").rstrip("%")), float(each.get("cy"))) for each in root.iter("circle")]
    assert len(spots) == sum(value is not None for value in values)
    assert all(0 <= across <= 100 for across, _ in spots)
    assert all(charts.TOP <= down <= charts.HEIGHT - charts.BOTTOM for _, down in spots)
    assert not [each for each in root.iter() if each.get("style")]


def test_the_latest_label_stands_alone_where_the_highest_would_cover_it():
    points = [Point(str(number), number if number < 19 else 15) for number in range(20)]

    assert labels(drawn(points)) == ["15"]
    assert labels(drawn([Point("", 99), *points])) == ["99", "15"]


def test_a_bar_is_as_long_as_its_share():
    root = ElementTree.fromstring(bar(30, 120))

    assert root.find("rect").get("width") == "25.0"
    assert root.get("aria-hidden") == "true"


def test_a_bar_of_nothing_has_no_length():
    assert ElementTree.fromstring(bar(0, 0)).find("rect").get("width") == "0"


@pytest.mark.parametrize(
    ("value", "level"), [(None, 0), (0, 0), (1, 1), (19, 1), (20, 2), (50, 3), (99, 5), (100, 5)]
)
def test_the_more_the_deeper(value, level):
    assert heat_level(value, 100) == level


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (5e-324, 1), (0.3, 0.5), (1, 1), (7, 10), (10, 10), (11, 20), (2431, 2500), (2501, 5000)],
)
def test_a_scale_ends_at_a_round_number(value, top):
    assert round_up(value) == top
