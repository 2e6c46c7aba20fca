"""Finding enquiries and residents by words, over millions of rows.

Both databases index the same words: `words_of` splits them, here and not in the database, whose own ideas of
a word break Bengali ones at their vowel signs. The column `search_text` holds them with one space between,
and migration 0003 keeps an index of it: FTS5 on SQLite, a `tsvector` with a GIN index on PostgreSQL.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db import connections
from django.db.models import F, QuerySet

from enquiries.folding import EachCharacter, folded, phone_key
from enquiries.references import tidied

LONGEST_WORD = 64
"""Characters; what is longer is a paste that nobody searches by, and PostgreSQL refuses words of 2 KB."""

MOST_WORDS = 12
"""Words of a search that are looked for; more would only make it slow."""

PROBED_ROWS = 20_000
"""How many of the newest rows PostgreSQL looks at to see whether a word is common."""

ENOUGH = 25

Rows = TypeVar("Rows", bound=QuerySet[Any])


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: folded, letters, marks and digits of any script."""
    return [word[:LONGEST_WORD] for word in folded(text).translate(_LETTERS).split()]


def indexed(*texts: str) -> str:
    """Return texts as the column `search_text` holds them, each word once."""
    return " ".join(dict.fromkeys(word for text in texts for word in words_of(text)))


def indexed_phone(phone: str) -> str:
    """Return the words that find a phone number: all its digits, and the last six and four of them."""
    key = phone_key(phone)
    return indexed(key, key[-6:], key[-4:]) if key else ""


def indexed_postcode(postcode: str) -> str:
    """Return the words that find a postcode with and without its space."""
    return indexed(postcode, postcode.replace(" ", ""))


@dataclass(frozen=True)
class Asked:
    """What somebody searched for: rows that have all words of one of the ways to read it."""

    ways: tuple[tuple[str, ...], ...]
    beginnings_from: int | None = None
    """From how many letters on a word may go on, so that "lea" finds "leak"; None: whole words only."""

    @classmethod
    def read(cls, text: str, *, beginnings_from: int | None = None) -> Asked:
        """Return what was typed, read as words, and as a reference or a phone number where it can be one."""
        words = tuple(dict.fromkeys(words_of(text)))[:MOST_WORDS]
        reference = tuple(words_of(tidied(text)))
        # Somebody may type a number in groups; a text with letters in it is none.
        phone = phone_key(text) if all(word.isdigit() for word in words) else ""
        digits = (phone,) if phone else ()
        return cls(tuple(dict.fromkeys(way for way in (words, reference, digits) if way)), beginnings_from)

    def fts5(self) -> str:
        """Return the question in SQLite's words. Nothing in it can be more than a word."""
        return self._joined(" OR ", " AND ", '"{}"', '"{}"*')

    def tsquery(self) -> str:
        """Return the question in PostgreSQL's words."""
        return self._joined(" | ", " & ", "'{}'", "'{}':*")

    def _joined(self, either: str, both: str, whole: str, beginning: str) -> str:
        def shown(word: str) -> str:
            goes_on = self.beginnings_from is not None and len(word) >= self.beginnings_from
            return (beginning if goes_on else whole).format(word)

        return either.join(f"({both.join(shown(word) for word in way)})" for way in self.ways)


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # joiners inside a Bengali word, soft hyphens, marks of direction
        return ""
    return character if category[0] in "LMN" else " "


_LETTERS = EachCharacter(_kept)


def found(rows: Rows, asked: Asked) -> Rows:
    """Return those of `rows` that were asked for, the newest first. Not for use inside another query.

    On PostgreSQL one statement more looks at the newest rows first, and says which way is quicker: it cannot
    tell by itself how rare a word is, and would walk five million rows to find one.
    """
    if not asked.ways:
        return rows.none()
    if connections[rows.db].vendor == "postgresql":
        return _by_tsvector(rows, asked)
    return _by_fts5(rows, asked)


def _by_fts5(rows: Rows, asked: Asked) -> Rows:
    table = rows.model._meta.db_table
    index = f"{table}_words"
    # The plus keeps SQLite from asking the index once for each row instead of the other way round.
    matching = rows.extra(  # nosec B610  # noqa: S610 - names of tables are ours, the words are a parameter
        tables=[index],
        where=[f"{index} MATCH %s", f"{table}.id = +{index}.rowid"],
        params=[asked.fts5()],
        order_by=[f"-{index}.rowid"],
    )
    return cast(Rows, matching)


def _by_tsvector(rows: Rows, asked: Asked) -> Rows:
    table = rows.model._meta.db_table
    where = f"{table}.search_words @@ %s::tsquery"
    matching = rows.extra(where=[where], params=[asked.tsquery()])  # noqa: S610  # nosec B610
    newest = rows.model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    probe = matching.filter(pk__gt=newest - PROBED_ROWS).order_by("-pk").values_list("pk", flat=True)
    if len(probe[:ENOUGH]) == ENOUGH:
        return cast(Rows, matching.order_by("-pk"))
    # A sum is in no index: PostgreSQL has to take the index of words and sort what it finds.
    return cast(Rows, matching.order_by((F("pk") + 0).desc()))
