"""Enquiries by the million, made up: each word as common as words are in real text, a name in each."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from enquiries.references import ALPHABET, LENGTH

WORDS, NAMES = 30_000, 4_000
WORDS_IN_ONE = 12
RARE_WORDS, ROWS_WITH_A_RARE_WORD = 40, 5
COMMONEST, COMMON = 10, 60
"""Words of these ranks count as common: beyond the first few, which no search would tell apart."""
SEED = 2023

_SYLLABLES = [first + second for first in "bcdfghklmnprstvw" for second in "aeiou"]


@dataclass(frozen=True)
class MadeUp:
    """One enquiry: its reference and what the full-text index reads of it."""

    reference: str
    search_text: str


def made_up_enquiries(count: int) -> Iterator[MadeUp]:
    """Yield `count` different enquiries, the oldest first, the same in every run.

    The rare words stand in a few rows of the older half each: a search that walks from the newest row
    backwards has the longest way to them.
    """
    draw = random.Random(SEED)
    words, names = vocabulary(), surnames()
    word_weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    name_weights = list(itertools.accumulate(1 / rank for rank in range(10, NAMES + 10)))
    rare: dict[int, list[str]] = {}
    for word in rare_words():
        for place in draw.sample(range(max(1, count // 2)), min(ROWS_WITH_A_RARE_WORD, max(1, count // 2))):
            rare.setdefault(place, []).append(word)
    for number in range(count):
        said = draw.choices(words, cum_weights=word_weights, k=WORDS_IN_ONE)
        name = draw.choices(names, cum_weights=name_weights)[0]
        reference = made_up_reference(number)
        text = " ".join(dict.fromkeys([reference.lower(), name, *said, *rare.get(number, ())]))
        yield MadeUp(reference, text)


def made_up_reference(number: int) -> str:
    """Return the reference of the enquiry with this number."""
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(reversed(letters))


def vocabulary() -> list[str]:
    """Return the words, the commonest first."""
    return [f"{_spelt(rank)}a" for rank in range(WORDS)]


def surnames() -> list[str]:
    """Return the names, the commonest first."""
    return [f"{_spelt(rank)}son" for rank in range(NAMES)]


def rare_words() -> list[str]:
    """Return words that only a few rows hold."""
    return [f"{_spelt(rank)}rare" for rank in range(RARE_WORDS)]


def _spelt(number: int) -> str:
    first, rest = divmod(number, len(_SYLLABLES))
    return _SYLLABLES[rest] + (_spelt(first - 1) if first else "")
