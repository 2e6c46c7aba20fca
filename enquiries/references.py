"""References that residents read out over the phone: nine characters, none of which looks like another."""

from __future__ import annotations

import secrets

ALPHABET = "23456789CDFGHJKMNPQRTVWXYZ"
"""26 characters: no vowels (no words by accident), no 0 O, 1 I L, 5 S or 8 B pairs left to confuse."""

LENGTH = 9
"""26 to the 9th is 5.4 million million: of 100,000 live references a guess hits 1.8 in 100 million."""

_MISREAD = str.maketrans({"B": "8", "S": "5"})


def new_reference() -> str:
    """Return a fresh reference from the system's source of secrets; the database keeps it unique."""
    number, characters = secrets.randbelow(len(ALPHABET) ** LENGTH), []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)


def grouped(reference: str) -> str:
    """Return a reference as it is printed: `K7M-3PQ-X9T`."""
    return "-".join(reference[start : start + 3] for start in range(0, len(reference), 3))


def tidied(typed: str) -> str:
    """Return what somebody typed in the shape references are kept in; "" when it can be none.

    Case, spaces and dashes do not matter, and B and S are read as the 8 and 5 they were.
    """
    text = "".join(c for c in typed.upper()[:100] if c.isalnum()).translate(_MISREAD)
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else ""
