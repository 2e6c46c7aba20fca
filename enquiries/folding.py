"""Text as it is searched: the same whichever way it was typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_MOST_CHARACTERS = 10_000
"""More than all scripts of the borough have; somebody may send every character there is."""


class EachCharacter(dict[int, str]):
    """A table for `str.translate` that asks `becomes` once for each character that it meets."""

    def __init__(self, becomes: Callable[[str], str]) -> None:
        super().__init__()
        self._becomes = becomes

    def __missing__(self, code: int) -> str:
        found = self._becomes(chr(code))
        if len(self) < _MOST_CHARACTERS:
            self[code] = found
        return found


def tidy(text: str) -> str:
    """Return typed text as it is kept: NFC, so that a Bengali word has one spelling."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Return text for comparing: NFKC, case folded, accents off Latin letters, Western digits.

    Marks of other scripts stay: in Bengali they are vowels.
    """
    if text.isascii():
        # All that the rest would come to, in a fraction of the time.
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def _plain(character: str) -> str:
    if "\u0300" <= character <= "\u036f":
        return ""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


_PLAIN = EachCharacter(_plain)


def phone_key(text: str) -> str:
    """Return a phone number's digits for comparing, with +44 and 0044 read as 0."""
    if not text:
        return ""
    digits = "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None)
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + 9:
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    return digits
