"""A secret for a phone: as the path of an SVG, so that a template can draw it, and in letters."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import segno

_QUIET = 4
"""Empty squares around it, as the standard wants."""


@dataclass(frozen=True)
class Picture:
    """`size` squares wide and high, the dark ones as an SVG path in those units."""

    size: int
    path: str


def picture_of(text: str) -> Picture:
    """Return the QR code of a text."""
    code = segno.make(text, error="m", micro=False)
    steps = []
    for y, row in enumerate(code.matrix, start=_QUIET):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                steps.append(f"M{x + _QUIET} {y}h{length}v1h-{length}z")
            x += length or 1
    return Picture(len(code.matrix) + 2 * _QUIET, "".join(steps))


def in_groups(secret: bytes) -> str:
    """Return a secret as authenticator apps take it, in groups of four letters."""
    letters = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))
