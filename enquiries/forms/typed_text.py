"""Text as residents type it, made fit to keep: any script, any paste, nothing that a database refuses."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from enquiries.folding import tidy

_SURROGATE = re.compile("[\ud800-\udfff]")
# Marks that turn the direction of what follows: in a name they could make a list of names read wrongly. The
# joiners U+200C and U+200D stay, since Bengali and emoji need them.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029]+")


class TypedText(forms.CharField):
    """Words of any length and number of lines: kept in NFC, lines ended one way, half characters replaced.

    A NUL is refused by the form, with words: PostgreSQL cannot keep one.
    """

    def to_python(self, value: Any) -> str:
        """Return the words as they are kept."""
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return tidy(_SURROGATE.sub("\ufffd", text))


class TypedLine(TypedText):
    """One line, such as a name: no line ends, no control characters, no marks that turn its direction."""

    def to_python(self, value: Any) -> str:
        """Return the line as it is kept."""
        return _CONTROL.sub(" ", _DIRECTION.sub("", super().to_python(value))).strip()


class TypedAt(forms.Field):
    """When a form was filled in, as a script of the page notes it; None for anything else than a moment."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment, which knows its time zone."""
        try:
            found = parse_datetime(value) if value else None
        except ValueError:
            found = None
        return found if found and timezone.is_aware(found) else None
