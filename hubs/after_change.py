"""What has to follow at once when opening hours change, or which hubs there are.

Apps above this one add what they do when they are loaded, so that nothing here needs to know them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Hits:
    """What was promised to people and cannot be kept, now that the hours are others."""

    each: Mapping[str, str]
    """Each promise in words that name nobody, by an id without spaces."""
    warning: str
    """A sentence for whoever is about to save the change."""
    told: str
    """A sentence for whoever has saved it: how many are hit, and who can do what about it."""


Follower = Callable[[], "Hits | None"]

_FOLLOWERS: list[Follower] = []


def add_follower(follow: Follower) -> None:
    """Let a function be called after each change of hours, in the transaction of the change.

    It acts as of the present moment and returns what the change hits, None for nothing. What it raises undoes
    the change.
    """
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


def follow_hours() -> list[Hits]:
    """Call every function that was added; return what they say is hit."""
    return [hits for hits in [follow() for follow in _FOLLOWERS] if hits is not None]
