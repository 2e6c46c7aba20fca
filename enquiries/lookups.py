"""The rows a desk chooses from, kept in memory: topics, outcomes, causes, hubs, and who needs an appointment.

Kept until the content version changes (asked at most once a second, as public pages do), the London day ends,
or a minute has passed. Look-up rows are retired and never deleted, so a row from here can always be referred
to. The rows are shared between requests: read them, never change them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from enquiries.models import Cause, Outcome
from hubs.access import Access, stricter
from hubs.kept import content_version
from hubs.models import Hub, Topic, TopicOffer

KEEP_SECONDS = 60.0


@dataclass(frozen=True)
class Lookups:
    """What can be chosen on one London day, each in its own order."""

    topics: tuple[Topic, ...]
    outcomes: tuple[Outcome, ...]
    causes: tuple[Cause, ...]
    hubs: tuple[Hub, ...]
    by_appointment: frozenset[tuple[int, int]]
    """Hub and topic, by their ids, where the topic needs an appointment whatever the hub itself says."""

    def access(self, hub: Hub, topic: Topic) -> Access:
        """Return the rule that holds for a topic at a hub: the stricter of the two."""
        offered = Access.APPOINTMENT_ONLY if (hub.pk, topic.pk) in self.by_appointment else Access.WALK_IN
        return stricter(hub.access, offered)

    def outcome_of(self, group: str) -> Outcome:
        """Return the first outcome of a group; raises `Outcome.DoesNotExist` where none is kept."""
        for each in self.outcomes:
            if each.group == group:
                return each
        raise Outcome.DoesNotExist(f"no outcome of the group {group}")


@dataclass(frozen=True)
class _Kept:
    lookups: Lookups
    version: int
    day: date
    read_at: float


_kept: _Kept | None = None


def lookups_at(today: date) -> Lookups:
    """Return what can be chosen on a London date: no statement, one a second, or six after a change."""
    global _kept
    now = time.monotonic()
    version = content_version()
    kept = _kept
    if kept is None or (kept.version, kept.day) != (version, today) or now - kept.read_at > KEEP_SECONDS:
        kept = _kept = _Kept(_read(today), version, today, now)
    return kept.lookups


def forget() -> None:
    """Forget everything, such as between two tests."""
    global _kept
    _kept = None


def _read(today: date) -> Lookups:
    still = Q(retired_on__isnull=True) | Q(retired_on__gt=today)
    return Lookups(
        topics=tuple(Topic.objects.current(today)),
        outcomes=tuple(Outcome.objects.filter(still)),
        causes=tuple(Cause.objects.filter(still)),
        hubs=tuple(Hub.objects.current(today)),
        by_appointment=frozenset(
            TopicOffer.objects.filter(access=Access.APPOINTMENT_ONLY).values_list("hub_id", "topic_id")
        ),
    )
