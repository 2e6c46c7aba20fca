"""How old somebody has to be to read a text easily: the Flesch-Kincaid grade, plus five years.

J. P. Kincaid and others, 1975: 0.39 × words a sentence + 11.8 × syllables a word - 15.59. The package that
does this (textstat) fetches a dictionary from the internet when it starts; counting groups of vowels is close
enough to compare pages by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

YEARS_BEFORE_SCHOOL = 5

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_SENTENCE_ENDS = re.compile(r"[.!?:;]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^dtaeiouy]ed|[^laeiouy]e)$")


def syllables(word: str) -> int:
    """Return how many syllables an English word probably has, at least 1."""
    plain = re.sub("[^a-z]", "", word.lower())
    silent = 1 if _SILENT.search(plain) and len(_VOWELS.findall(plain)) > 1 else 0
    return max(1, len(_VOWELS.findall(plain)) - silent)


def reading_age(blocks: Iterable[str]) -> float | None:
    """Return the age in years for the blocks of a page, such as paragraphs; None where there are no words.

    A block without a full stop, such as a heading, is a sentence of its own.
    """
    sentences = [
        words for block in blocks for part in _SENTENCE_ENDS.split(block) if (words := _WORD.findall(part))
    ]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return None
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return max(grade, 0.0) + YEARS_BEFORE_SCHOOL
