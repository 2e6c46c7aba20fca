"""A date asked for in three boxes: day, month, year.

A calendar pop-up is hard to use with a screen reader and on old phones, and people know the dates they are
asked for by heart. Any digits that Python reads as digits count, Bengali ones among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PARTS = ("day", "month", "year")


class DateParts(forms.MultiWidget):
    """Three text boxes; `names` and order are those of `PARTS`."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric"}
        super().__init__({part: forms.TextInput(attrs=dict(box)) for part in PARTS}, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        """Split a date into its boxes."""
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        """The first box, where the link of an error lands unless a later box is at fault."""
        return f"{id_}_0" if id_ else id_


class DateField(forms.MultiValueField):
    """A calendar date from three boxes.

    A mistake raises ValidationError with `params["parts"]`, the boxes that are at fault, so that the page can
    mark them and the error summary can lead to the first. `earliest` and `latest`, both included, bound it.
    """

    widget = DateParts
    default_error_messages = {
        "required": _("Enter the date."),
        "missing": _("Enter the day, the month and the year."),
        "not_numbers": _("Write the date in numbers, like 27 3 2026."),
        "no_such_date": _("There is no such date. Check the day and the month."),
        "short_year": _("Write the year with four digits, like 2026."),
        "too_early": _("The date is too early."),
        "too_late": _("The date is too late."),
    }

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        boxes = tuple(forms.CharField(required=False, max_length=10) for _part in PARTS)
        super().__init__(fields=boxes, require_all_fields=False, **kwargs)

    def clean(self, value: Sequence[str | None] | None) -> date | None:
        """Return the date, or None where nothing was entered and nothing is required."""
        texts = [str(text or "").strip() for text in (value or [None] * len(PARTS))]
        if not any(texts):
            if self.required:
                raise self._mistake("required", PARTS)
            return None
        if missing := [part for part, text in zip(PARTS, texts, strict=True) if not text]:
            raise self._mistake("missing", missing)
        return self._within_bounds(self._date(texts))

    def _date(self, texts: Sequence[str]) -> date:
        if wrong := [part for part, text in zip(PARTS, texts, strict=True) if not text.isdecimal()]:
            raise self._mistake("not_numbers", wrong)
        if len(texts[PARTS.index("year")]) != 4:
            raise self._mistake("short_year", ["year"])
        try:
            day, month, year = (int(text) for text in texts)
            return date(year, month, day)
        except ValueError as impossible:
            raise self._mistake("no_such_date", ["day", "month"]) from impossible

    def _within_bounds(self, found: date) -> date:
        if self.earliest and found < self.earliest:
            raise self._mistake("too_early", PARTS)
        if self.latest and found > self.latest:
            raise self._mistake("too_late", PARTS)
        return found

    def _mistake(self, code: str, parts: Sequence[str]) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"parts": tuple(parts)})
