"""The borough dot map: one dot a live postcode, so that the borough draws itself.

Nothing here asks a map service for anything. The dots are a static SVG file made from the postcodes we ship;
the River Thames, the docks and Victoria Park show because nobody has a postcode there. Pins and the
resident's own spot are drawn over the file by ``templates/hubs/_dotmap.html`` from ``draw()``.
Why it is made like this, with the sizes measured, stands in ``docs/adr/0003-dot-map.md``.

Coordinates come in as OSGB36 eastings and northings in metres and leave as whole viewBox units,
one unit being ``FRAME.metres_a_unit`` metres, x to the east and y to the south.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from hubs.access import Access

Metres = tuple[int, int]
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the National Grid: its north-west corner in metres, its size in viewBox units."""

    west: int
    north: int
    width: int
    height: int
    metres_a_unit: int

    def position(self, easting: int, northing: int) -> Spot | None:
        """Return where a point lies in viewBox units, or None when it is outside the window."""
        x = (easting - self.west) // self.metres_a_unit
        y = (self.north - northing) // self.metres_a_unit
        return (x, y) if 0 <= x < self.width and 0 <= y < self.height else None


# All borough postcodes and about 170 m around them. A phone draws the map 288 px wide, so 536 units to the
# width make one unit about half a pixel there and one pixel on a desktop.
FRAME = Frame(west=533_220, north=184_740, width=536, height=558, metres_a_unit=12)

# On the paper colour #f6f2e8 the borough has 3.2:1 (WCAG 1.4.11 asks 3:1); neighbours are background only.
BOROUGH_INK, BOROUGH_DOT = "#55938a", 3.2
NEIGHBOUR_INK, NEIGHBOUR_DOT = "#bdb197", 2.4

# The template draws pins 42 units across, 22.6 px on a map 288 px wide, plus a white ring of 4. A reach
# includes the ring; the square's goes to its rounded corner, so that no angle lets two pins touch.
REACH: dict[str, int] = {"circle": 25, "square": 31}
RESIDENT_REACH = 15
GAP = 2
LABEL_HALF_HEIGHT = 10


@dataclass(frozen=True, slots=True)
class Place:
    """A hub to pin: its number in the list beside the map, its name, metres, and its access rule."""

    number: int
    name: str
    easting: int
    northing: int
    access: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin as drawn, in viewBox units: its middle, and the true spot it points to when it had to move."""

    number: int
    name: str
    shape: Literal["circle", "square"]
    x: int
    y: int
    spot_x: int
    spot_y: int
    where: Promise

    @property
    def moved(self) -> bool:
        """Whether the pin stands beside its true spot and needs a line to it."""
        return (self.x, self.y) != (self.spot_x, self.spot_y)


@dataclass(frozen=True, slots=True)
class Resident:
    """The resident's own spot in viewBox units, and the part of the borough it lies in, in words."""

    x: int
    y: int
    where: Promise


@dataclass(frozen=True, slots=True)
class Label:
    """A place name in a gap between the dots: where its first line is centred, and its turn in degrees.

    ``covers`` are the spots it lies on, in either language. Straight text only: Bengali letters hang from
    one line, and a curved path breaks it.
    """

    text: Promise
    x: int
    y: int
    turn: int
    stacked: bool
    covers: tuple[Spot, ...]

    @property
    def lines(self) -> list[str]:
        """The name in the page's language, its first word on a line of its own where there is no width."""
        return str(self.text).split(" ", 1) if self.stacked else [str(self.text)]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the page draws over the file of dots."""

    width: int
    height: int
    pins: tuple[Pin, ...]
    resident: Resident | None
    labels: tuple[Label, ...]

    @property
    def shapes(self) -> set[str]:
        """The shapes of pin that are drawn: its key explains these and no other."""
        return {pin.shape for pin in self.pins}

    @property
    def stamp(self) -> str:
        """What the drawing without the resident's spot depends on, to keep it as part of a page."""
        pins = (f"{pin.number},{pin.name},{pin.shape},{pin.x},{pin.y}" for pin in self.pins)
        return ";".join([*pins, *(f"{label.x},{label.y}" for label in self.labels)])


LABELS = (
    Label(
        pgettext_lazy("place on the map", "River Thames"),
        x=487,
        y=392,
        turn=0,
        stacked=True,
        covers=((462, 386), (487, 386), (512, 386), (455, 408), (487, 408), (519, 408)),
    ),
    Label(
        pgettext_lazy("place on the map", "Victoria Park"),
        x=234,
        y=80,
        turn=-30,
        stacked=False,
        covers=((188, 101), (205, 91), (222, 81), (239, 72), (256, 62), (273, 52)),
    ),
)

# By thirds of the borough's own extent, rows from north to south.
WHERE = (
    (
        pgettext_lazy("place on the map", "in the north-west of the borough"),
        pgettext_lazy("place on the map", "in the north of the borough"),
        pgettext_lazy("place on the map", "in the north-east of the borough"),
    ),
    (
        pgettext_lazy("place on the map", "in the west of the borough"),
        pgettext_lazy("place on the map", "in the middle of the borough"),
        pgettext_lazy("place on the map", "in the east of the borough"),
    ),
    (
        pgettext_lazy("place on the map", "in the south-west of the borough"),
        pgettext_lazy("place on the map", "in the south of the borough"),
        pgettext_lazy("place on the map", "in the south-east of the borough"),
    ),
)


def position(easting: int, northing: int) -> Spot | None:
    """Return where a point lies on the map in viewBox units, or None when it is outside the frame."""
    return FRAME.position(easting, northing)


def render(borough: Iterable[Metres], neighbours: Iterable[Metres]) -> str:
    """Return the map's dots as one SVG document: a dot for each distinct spot, the neighbours fading out.

    Points outside the frame are left out, and a neighbour on a borough dot gives way to it. The same
    points in any order give the same text.
    """
    inside = _spots(borough)
    around = _spots(neighbours) - inside
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {FRAME.width} {FRAME.height}"'
        f' width="{FRAME.width}" height="{FRAME.height}" fill="none" stroke-linecap="round">'
        '<radialGradient id="fade" r=".56"><stop offset=".6" stop-color="#fff"/><stop offset="1"/>'
        '</radialGradient><mask id="edge"><path fill="url(#fade)" d="M0 0h'
        f'{FRAME.width}v{FRAME.height}H0z"/></mask>'
        f'<path id="neighbours" mask="url(#edge)" stroke="{NEIGHBOUR_INK}" stroke-width="{NEIGHBOUR_DOT}"'
        f' d="{_dots(around)}"/>'
        f'<path id="borough" stroke="{BOROUGH_INK}" stroke-width="{BOROUGH_DOT}" d="{_dots(inside)}"/>'
        "</svg>\n"
    )


def draw(places: Sequence[Place], resident: Metres | None = None) -> Drawing:
    """Return what the page draws over the dots: pins that never overlap, the resident, the place names.

    A pin stands on its hub unless another pin or the resident's spot is in the way; then it takes the
    nearest free place and points to its hub. Pins are placed in the order given. A hub or a resident
    outside the frame is not drawn. A place name gives way to whatever would cover it.
    """
    taken: list[tuple[Spot, int]] = []
    you = position(*resident) if resident else None
    if you:
        taken.append((you, RESIDENT_REACH))
    pins = []
    for place in places:
        spot = position(place.easting, place.northing)
        if spot is None:
            continue
        shape: Literal["circle", "square"] = "square" if place.access == Access.APPOINTMENT_ONLY else "circle"
        x, y = next((c for c in _places_near(spot, REACH[shape]) if _clear(c, REACH[shape], taken)), spot)
        taken.append(((x, y), REACH[shape]))
        pins.append(Pin(place.number, place.name, shape, x, y, *spot, where=_where(spot)))
    labels = tuple(
        label for label in LABELS if all(_clear(spot, LABEL_HALF_HEIGHT, taken) for spot in label.covers)
    )
    return Drawing(
        FRAME.width, FRAME.height, tuple(pins), Resident(*you, where=_where(you)) if you else None, labels
    )


def _spots(points: Iterable[Metres]) -> set[Spot]:
    return {spot for point in points if (spot := position(*point))}


def _dots(spots: Iterable[Spot]) -> str:
    """Write dots as zero-length strokes, column by column: the order that compressed best."""
    steps, x, y = [], 0, 0
    for next_x, next_y in sorted(spots):
        down = next_y - y
        steps.append(f"m{next_x - x}{'' if down < 0 else ' '}{down}h0")
        x, y = next_x, next_y
    return "".join(steps)


def _places_near(spot: Spot, reach: int) -> Iterator[Spot]:
    """Yield the spot itself, then places around it ever further out, all wholly inside the frame."""
    for distance in range(0, FRAME.width + FRAME.height, 4):
        for step in range(24):
            angle = math.tau * step / 24
            x = spot[0] + round(distance * math.cos(angle))
            y = spot[1] + round(distance * math.sin(angle))
            if reach <= x <= FRAME.width - reach and reach <= y <= FRAME.height - reach:
                yield x, y


def _clear(spot: Spot, reach: int, taken: Iterable[tuple[Spot, int]]) -> bool:
    return all(math.dist(spot, other) >= reach + other_reach + GAP for other, other_reach in taken)


def _where(spot: Spot) -> Promise:
    """Name the part of the borough a spot lies in, by thirds of the frame."""
    return WHERE[3 * spot[1] // FRAME.height][3 * spot[0] // FRAME.width]
