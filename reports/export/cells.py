"""What may stand in a cell of a spreadsheet. Pure.

Excel and LibreOffice take a cell that begins with `=`, `+`, `-`, `@` or a tab for a formula, also behind
blanks and invisible characters and in full-width form (OWASP ASVS 5.0, 1.2.10). People type such things: a
number beginning with +44, a list with dashes, or an attack.
"""

from __future__ import annotations

import re
import unicodedata

Cell = str | int | float | None
"""What a row of a file is made of; None is an empty cell."""

_FORMULA = frozenset("=+-@|%−")
_STEERING = frozenset("\t\r\n\0")
_NOT_IN_A_FILE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML, and so an .xlsx file, cannot hold; in a .csv file they help nobody."""


def plain_text(text: str) -> str:
    """Return text without the characters that a file cannot hold, its lines ended by a line feed alone."""
    return _NOT_IN_A_FILE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def never_a_formula(text: str) -> str:
    """Return text for a .csv cell, with an apostrophe before whatever a spreadsheet could run.

    The apostrophe shows in a text editor; a spreadsheet hides it when the cell is edited.
    """
    plain = plain_text(text)
    steers = any(each and each in _STEERING for each in (text[:1], plain[:1]))
    return f"'{plain}" if steers or _first_visible(plain) in _FORMULA else plain


def _first_visible(text: str) -> str:
    for each in text:
        # Blanks, controls and characters of no width: a spreadsheet may look past them.
        if not (each.isspace() or unicodedata.category(each) in ("Cc", "Cf", "Zs", "Mn")):
            return unicodedata.normalize("NFKC", each)[0]
    return ""
