"""Text as it is searched: the same whichever way it was typed."""

from __future__ import annotations

import unicodedata


def tidy(text: str) -> str:
    """Return typed text as it is kept: NFC, so that a Bengali word has one spelling."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Return text for comparing: NFKC, case folded, accents off Latin letters, Western digits.

    Marks of other scripts stay: in Bengali they are vowels.
    """
    if text.isascii():
        # All that the rest would come to, in a hundredth of the time.
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = [c for c in decomposed if not ("\u0300" <= c <= "\u036f")]
    digits = [
        str(unicodedata.decimal(c, None)) if unicodedata.decimal(c, None) is not None else c for c in kept
    ]
    return " ".join(unicodedata.normalize("NFKC", "".join(digits)).split())


def phone_key(text: str) -> str:
    """Return a phone number's digits for comparing, with +44 and 0044 read as 0."""
    digits = "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None)
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + 9:
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    return digits
