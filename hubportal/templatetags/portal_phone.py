"""Telephone numbers as links."""

from __future__ import annotations

from django import template

register = template.Library()

COUNTRY = "+44"


@register.filter
def dialled(number: str) -> str:
    """Return a British number as it is dialled from anywhere: "020 7364 5000" is "+442073645000"."""
    digits = "".join(character for character in str(number) if character.isascii() and character.isdigit())
    return COUNTRY + digits.removeprefix("0")
