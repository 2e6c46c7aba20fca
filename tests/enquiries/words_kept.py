"""What fields of the enquiries keep of the words that were typed into them."""

from __future__ import annotations

import unicodedata

from enquiries.folding import tidy

MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def lines_kept(text: str) -> str:
    """Return what a field of several lines keeps: NFC, line ends of one kind, nothing around it."""
    return tidy(text.replace("\r\n", "\n").replace("\r", "\n").strip())


def line_kept(text: str) -> str:
    """Return what a field of one line keeps: no line ends, no control characters, no marks of direction."""
    kept, ended = [], False
    for character in lines_kept(text):
        ends = unicodedata.category(character) == "Cc" or character in "\u2028\u2029"
        if character not in MARKS and not (ends and ended):
            kept.append(" " if ends else character)
        ended = ends if character not in MARKS else ended
    return "".join(kept).strip()
