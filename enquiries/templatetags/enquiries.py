"""How staff pages show days and moments: short, in English, London time. Long lists call these row by row."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from hubs.opening import LONDON

register = template.Library()

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.filter
def day_words(day: date | None) -> str:
    """Return a date as 26 Nov 2026; "" for none."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


@register.filter
def moment_words(at: datetime | None) -> str:
    """Return a moment as 26 Nov 2026, 09:05; "" for none."""
    if at is None:
        return ""
    local = at.astimezone(LONDON)
    return f"{day_words(local.date())}, {local:%H:%M}"
