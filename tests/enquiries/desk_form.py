"""The desk's form as tests post it: where, and what it answers when something is amiss."""

from __future__ import annotations

LOG = "/staff/visits/log/"
JSON = {"Accept": "application/json"}


def errors(response) -> dict[str, list[str]]:
    """What a page says is wrong, by field."""
    return {name: list(found) for name, found in response.context["form"].errors.items()}
