"""One way to read a UK postcode, however somebody typed it.

`normalise` turns `e143hg`, `E14-3HG.`, `ই১৪ ৩এইচজি` or `El4 3HG` into `E14 3HG`. Whether such a postcode
exists, and where, only the postcode table knows.

The grammar is that of BS 7666 and of Royal Mail's guide to its Postcode Address File: an outward code of
the form A9, A99, AA9, AA99, A9A or AA9A and an inward code of the form 9AA, in which C, I, K, M, O and V
are never used. The special code GIR 0AA is not read.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from enum import Enum
from itertools import product

LONGEST_TEXT = 100
"""Characters, once trimmed, beyond which a text is not looked into at all."""

_DIGIT = string.digits
_LETTER = string.ascii_uppercase
# Royal Mail uses only these letters at the end of A9A and of AA9A. It matters: with I, L and O left out,
# "E1O" can only be E10, and "E1W" stays what it is.
_THIRD = "ABCDEFGHJKPSTUW"
_FOURTH = "ABEHMNPRVWXY"
_INWARD_LETTER = "ABDEFGHJLNPQRSTUWXYZ"
_OUTWARD = (
    (_LETTER, _DIGIT),
    (_LETTER, _DIGIT, _DIGIT),
    (_LETTER, _LETTER, _DIGIT),
    (_LETTER, _LETTER, _DIGIT, _DIGIT),
    (_LETTER, _DIGIT, _THIRD),
    (_LETTER, _LETTER, _DIGIT, _FOURTH),
)
_INWARD = (_DIGIT, _INWARD_LETTER, _INWARD_LETTER)
_WHOLE = tuple(outward + _INWARD for outward in _OUTWARD)

# Royal Mail's 124 postcode areas. They decide only between two readings of the same text: "EL4 3HG" means
# E14 because there is no area EL, while "BL4 0AA" is left alone. A new area would still be accepted as typed.
_AREA_LIST = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN "
    "EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK "
    "ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA "
    "TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_AREAS = frozenset(_AREA_LIST.split())
_MISTAKEN_FOR = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "IL"}

_OUTWARD_PATTERN = "|".join("".join(f"[{allowed}]" for allowed in shape) for shape in _OUTWARD)
# Files of postcodes come in good order by the million; they need none of the work below.
_IN_GOOD_ORDER = re.compile(
    rf"(?=(?:{'|'.join(sorted(_AREAS))})\d)({_OUTWARD_PATTERN}) {{0,2}}(\d[{_INWARD_LETTER}]{{2}})", re.ASCII
)

# How Bengali spells the names of Latin letters. Long vowel signs are folded to short ones before the look-up.
_BENGALI_NAMES = {
    "A": "এ",
    "B": "বি",
    "C": "সি",
    "D": "ডি",
    "E": "ই",
    "F": "এফ",
    "G": "জি",
    "H": "এইচ",
    "I": "আই",
    "J": "জে",
    "K": "কে",
    "L": "এল",
    "M": "এম",
    "N": "এন",
    "O": "ও",
    "P": "পি",
    "Q": "কিউ",
    "R": "আর",
    "S": "এস",
    "T": "টি",
    "U": "ইউ",
    "V": "ভি",
    "W": "ডব্লিউ ডাব্লিউ ডবলিউ ডাবলিউ ডাবলু",
    "X": "এক্স",
    "Y": "ওয়াই",
    "Z": "জেড জেট",
    # Else the start of J W would be taken for Z, which is spelled with the same letters.
    "JW": "জেডব্লিউ জেডাব্লিউ জেডবলিউ জেডাবলিউ জেডাবলু",
}
# NFC takes য় and ড় apart, so after it there is one spelling of each to compare.
_LATIN = {
    unicodedata.normalize("NFC", spelling): letters
    for letters, spellings in _BENGALI_NAMES.items()
    for spelling in spellings.split()
}
# A name may not end in the middle of a syllable: এসি is A C, not S with a vowel sign left over.
_BENGALI_NAME = re.compile(
    f"(?:{'|'.join(sorted(_LATIN, key=len, reverse=True))})(?![\u0981-\u0983\u09bc\u09be-\u09cd\u09d7])"
)
_SHORT_VOWELS = str.maketrans({"ঈ": "ই", "ঊ": "উ", "ী": "ি", "ূ": "ু"})


class Reason(Enum):
    """Why a text is not a postcode; pages put it into words."""

    EMPTY = "empty"
    """Nothing visible was typed."""
    TOO_LONG = "too long"
    """More than `LONGEST_TEXT` characters."""
    OUTCODE_ONLY = "outcode only"
    """Only the first half, such as "E14": the whole postcode is needed."""
    SHAPE = "shape"
    """Anything else that cannot be a postcode."""


class NotAPostcode(ValueError):
    """A text that cannot be read as a postcode. It does not carry the text, so that no log does."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def normalise(text: str) -> str:
    """Return the postcode in `text` in canonical form: capitals, and one space before the last three.

    Case, spacing, punctuation, emoji and invisible characters do not matter. Digits of any script, full-width
    letters and the Bengali names of Latin letters are understood; O, I and L stand for 0 and 1, and the
    reverse, where the position leaves one sensible reading. Raises `NotAPostcode` with its `Reason` for
    everything else, and no other exception for any string.
    """
    if tidy := _IN_GOOD_ORDER.fullmatch(text):
        return f"{tidy[1]} {tidy[2]}"
    trimmed = text.strip()
    if len(trimmed) > LONGEST_TEXT:
        raise NotAPostcode(Reason.TOO_LONG)
    visible = "".join(c for c in trimmed if unicodedata.category(c) != "Cf")
    if not visible.strip():
        raise NotAPostcode(Reason.EMPTY)
    typed = _letters_and_digits(visible)
    # Letters alone are a word ("hello") and digits alone a number: look-alikes explain some of it, never all.
    if not typed.isalpha() and not typed.isdigit():
        if code := _best_reading(typed, _WHOLE):
            return f"{code[:-3]} {code[-3:]}"
        if _best_reading(typed, _OUTWARD):
            raise NotAPostcode(Reason.OUTCODE_ONLY)
    raise NotAPostcode(Reason.SHAPE)


def outcode(code: str) -> str:
    """Return the first half of a canonical postcode: "E14" of "E14 3HG"."""
    return code.partition(" ")[0]


def _letters_and_digits(text: str) -> str:
    """Return what `text` says in A-Z and 0-9, leaving out spaces, punctuation and symbols.

    Raises `NotAPostcode` at anything that says something else: other letters, stray marks, fractions and
    superscripts (² is no decimal digit), control characters, unpaired surrogates.
    """
    folded = unicodedata.normalize("NFC", text).translate(_SHORT_VOWELS)
    spelled_out = _BENGALI_NAME.sub(lambda name: _LATIN[name[0]], folded)
    kept = []
    for c in spelled_out:
        if latin := _latin(c):
            kept.append(latin)
        elif not c.isspace() and unicodedata.category(c)[0] not in "PSZ":
            raise NotAPostcode(Reason.SHAPE)
    return "".join(kept)


def _latin(c: str) -> str:
    """Return the Latin capital or the digit that one character stands for, or nothing."""
    if (value := unicodedata.decimal(c, None)) is not None:
        return str(value)
    compatible = unicodedata.normalize("NFKC", c)
    if len(compatible) == 1 and compatible.isascii() and compatible.isalpha():
        return compatible.upper()
    return ""


def _best_reading(typed: str, shapes: tuple[tuple[str, ...], ...]) -> str | None:
    """Return the reading of `typed` that fits a shape, in an area that exists, with the fewest changes.

    A text that fits as it stands is kept even where its area is unknown, if nothing better is found.
    """
    ranked = []
    for reading in _readings(typed, shapes):
        changes = sum(a != b for a, b in zip(typed, reading, strict=True))
        area = reading[0] if reading[1] in _DIGIT else reading[:2]
        if area in _AREAS or changes == 0:
            ranked.append((area not in _AREAS, changes, reading))
    return min(ranked)[2] if ranked else None


def _readings(typed: str, shapes: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Yield every way to fit `typed` into a shape, taking look-alikes for each other."""
    for shape in shapes:
        if len(shape) == len(typed):
            places = (
                [c for c in typed_c + _MISTAKEN_FOR.get(typed_c, "") if c in allowed]
                for typed_c, allowed in zip(typed, shape, strict=True)
            )
            yield from map("".join, product(*places))
