"""Charts as SVG, made on the server: no script, no style of their own. Pure.

Letters keep their size on every screen: places across are given in per cent of the width, and only the line
itself is stretched. Colours, dashes and sizes of letters are in the style sheet. The figures stand in a table
beside every chart, so a chart is one picture to a screen reader, named by its finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT, TOP, BOTTOM = 170, 26, 26
"""Pixels: of a line chart, above its highest line for a label, and below for the years."""

_EDGE = 1.5
"""Per cent of the width left free at both sides, so that the dots at the ends are whole."""

_LABEL_WIDTH = 8
"""Per cent of the width that half a label may cover."""

HEAT_LEVELS = 5
_NICE = (1, 2, 2.5, 5, 10)
_LEAST = 1e-9
"""Less than this is drawn as nothing: no power of ten would be left below the smallest numbers there are."""


@dataclass(frozen=True)
class Point:
    """A value of one month. `tick` is written below it, such as the year at each January; None is a gap."""

    name: str
    value: float | None
    tick: str = ""
    unfinished: bool = False


def line(points: Sequence[Point], *, title: str, chart_id: str) -> SafeString:
    """Draw values over time, from nothing at the bottom up; a month that is not over is dashed and hollow.

    `title` says the finding. The highest value and the latest are written at their dots.
    """
    known = [each.value for each in points if each.value is not None]
    top = round_up(max(known, default=0))
    spots = [_spot(place, point, len(points), top) for place, point in enumerate(points)]
    return format_html(
        '<svg class="hub-line" role="img" aria-labelledby="{0}" width="100%" height="{1}">'
        '<title id="{0}">{2}</title>{3}{4}{5}</svg>',
        chart_id,
        HEIGHT,
        title,
        _scale(points, top),
        _stroke(points, spots),
        _dots(points, spots),
    )


def bar(value: float, most: float) -> SafeString:
    """Draw one value as a bar in its row of a table, `most` being the longest.

    The number stands beside it in the row, so the bar is hidden from a screen reader.
    """
    return format_html(
        '<svg class="hub-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="hub-bar__value" y="1" width="{}" height="8"/></svg>',
        round(100 * value / most, 2) if most > 0 else 0,
    )


def heat_level(value: float | None, most: float) -> int:
    """Return how deep the colour of a cell is, 0 for nothing to `HEAT_LEVELS` for the most."""
    if not value or most <= 0:
        return 0
    return min(HEAT_LEVELS, 1 + int(value / most * HEAT_LEVELS))


def round_up(value: float) -> float:
    """Return the next number at or above `value` that reads well on a scale: 1, 2, 2.5 or 5 and noughts."""
    if value < _LEAST:
        return 1
    size = 1.0
    while size * 10 <= value:
        size *= 10
    while size > value:
        size /= 10
    return next(size * each for each in _NICE if size * each >= value)


def _spot(place: int, point: Point, number: int, top: float) -> tuple[float, float]:
    across = 50.0 if number == 1 else _EDGE + (100 - 2 * _EDGE) * place / (number - 1)
    plot = HEIGHT - TOP - BOTTOM
    return round(across, 2), round(TOP + plot * (1 - (point.value or 0) / top), 1)


def _scale(points: Sequence[Point], top: float) -> SafeString:
    ground = HEIGHT - BOTTOM
    levels = format_html_join(
        "",
        '<line class="hub-line__level" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
        [[TOP], [(TOP + ground) / 2], [ground]],
    )
    ticks = format_html_join(
        "",
        '<line class="hub-line__tick" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
        '<text class="hub-line__year" x="{0}%" y="{3}">{4}</text>',
        [
            (_spot(place, point, len(points), top)[0], ground, ground + 5, HEIGHT - 4, point.tick)
            for place, point in enumerate(points)
            if point.tick
        ],
    )
    # In the margin left of the frame, where no line and no other label comes.
    axis = format_html_join(
        "",
        '<text class="hub-line__axis" x="-6" y="{}">{}</text>',
        [(TOP + 5, f"{top:,.10g}"), (ground + 5, 0)],
    )
    return levels + axis + ticks


def _stroke(points: Sequence[Point], spots: Sequence[tuple[float, float]]) -> SafeString:
    pieces = []
    for (before, start), (point, end) in zip(
        zip(points, spots, strict=True), list(zip(points, spots, strict=True))[1:], strict=False
    ):
        if before.value is not None and point.value is not None:
            kind = " hub-line__piece--unfinished" if point.unfinished else ""
            pieces.append((kind, start[0], start[1], end[0], end[1]))
    return format_html_join("", '<line class="hub-line__piece{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>', pieces)


def _dots(points: Sequence[Point], spots: Sequence[tuple[float, float]]) -> SafeString:
    seen = [(point, spot) for point, spot in zip(points, spots, strict=True) if point.value is not None]
    dots = format_html_join(
        "",
        '<circle class="hub-line__dot{}" cx="{}%" cy="{}" r="{}"/>',
        [
            (" hub-line__dot--unfinished", *spot, 4) if point.unfinished else ("", *spot, 2.5)
            for point, spot in seen
        ],
    )
    if not seen:
        return dots
    highest = max(seen, key=lambda each: each[0].value or 0)
    # The latest matters more: where both would stand on each other, it stands alone.
    apart = seen[-1][1][0] - highest[1][0] > 2 * _LABEL_WIDTH
    labelled = [highest, seen[-1]] if apart else [seen[-1]]
    return dots + format_html_join(
        "",
        '<text class="hub-line__label hub-line__label--{}" x="{}%" y="{}">{}</text>',
        [(_anchor(spot[0]), spot[0], _above(spot, spots), _label(point)) for point, spot in labelled],
    )


def _above(spot: tuple[float, float], spots: Sequence[tuple[float, float]]) -> float:
    """Return where a label stands: above its dot, and above the dots beside it that it would cover."""
    beside = [down for across, down in spots if abs(across - spot[0]) < _LABEL_WIDTH]
    return round(min(spot[1], *beside) - 9, 1)


def _label(point: Point) -> str:
    words = f"{point.value or 0:,.0f}"
    return f"{words} so far" if point.unfinished else words


def _anchor(across: float) -> str:
    return "start" if across < 20 else "end" if across > 80 else "middle"
