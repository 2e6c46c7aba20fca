"""Texts that hypothesis makes up, for every field of every form, and how they are dealt out to fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.amounts import FULL

MADE_UP = 10_000 if FULL else 1_000
TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.text("<>&\"'%{}\\\x00\r\n\t;=+-@:/#", max_size=20),
    st.integers(-(2**70), 2**70).map(str),
)


@cache
def made_up_texts() -> list[str]:
    """MADE_UP texts that hypothesis made up, the same in each run unless all are wanted."""
    found: dict[str, None] = {}

    @settings(
        max_examples=2 * MADE_UP,
        database=None,
        derandomize=not FULL,
        suppress_health_check=list(HealthCheck),
    )
    @given(text=TEXTS)
    def note(text: str) -> None:
        found[text] = None

    note()
    return list(found)[:MADE_UP]


def dealt(names: Sequence[str], texts: Sequence[str], *, on: int = 1) -> Iterator[list[tuple[str, str]]]:
    """Whole forms with another text in each field: `on` by one, until each field has had each text.

    `on` by as many as there are fields, until each text has been in the form once.
    """
    for first in range(0, len(texts), on):
        yield [(name, texts[(first + place) % len(texts)]) for place, name in enumerate(names)]
