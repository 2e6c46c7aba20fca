"""Dates as they stand in addresses: 2026-11-24."""

from __future__ import annotations

from datetime import date


class IsoDate:
    """A path converter; a date that does not exist is an address that does not exist."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Read a date. Raises ValueError, which Django answers with 404."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Write a date."""
        return value.isoformat()
