"""Pages that differ from each other in a few words only: written once with blanks, then filled in.

Whoever asks for their nearest hub gets the page that many others got, but for the postcode, the distances and
a dot on the map. Such a page is written once with a blank in place of each of those words, and kept as long
as anything made from public content (`hubs.kept`); the next one is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime

from django.utils.html import conditional_escape

from hubs.kept import kept

Words = Mapping[str, str]

MOST_PAGES = 64
"""Pages with blanks kept at once; each takes up to 40 kB."""

# Characters for private use: no text of ours has them, and what a resident types is put in last.
_OPEN, _CLOSE = "\ue000", "\ue001"
_BLANK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")


def filled(key: Hashable, at: datetime, words: Words, write: Callable[[Words], str]) -> str:
    """Return the page that `write(words)` would, from the one with blanks kept for `key` at the moment `at`.

    `write` may only set the words into the page, not look at them; everything else that the page depends on
    is in `key`, with a stamp (`hubs.kept.stamp`) that was taken before content was read. Words are escaped
    where they are not safe already.
    """
    pages: dict[Hashable, list[str]] = kept("pages with blanks", at, dict)
    page = pages.get(key)
    if page is None:
        page = _BLANK.split(write({name: f"{_OPEN}{name}{_CLOSE}" for name in words}))
        if len(pages) >= MOST_PAGES:
            pages.clear()
        pages[key] = page
    # Text and names of blanks in turn.
    whole = page.copy()
    whole[1::2] = [conditional_escape(words[name]) for name in page[1::2]]
    return "".join(whole)
