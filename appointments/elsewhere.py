"""Where somebody can go without an appointment, for pages that have no time to offer."""

from __future__ import annotations

from datetime import datetime

from hubs.directory import ListedHub, hubs_now
from hubs.finder import Found, rank
from hubs.finding import offering
from hubs.models import Hub, Topic


def walk_in_instead(hub: Hub, topic: Topic, at: datetime) -> Found[ListedHub] | None:
    """Return the walk-in hub nearest to `hub` that helps with `topic`, with its hours now; None if none does.

    No query while what is kept of the hubs is fresh.
    """
    others = [each for each in offering(hubs_now(at), topic, at) if each.walk_in and each.hub.pk != hub.pk]
    found = rank(hub, others)
    return found.nearest_walk_in_open_now or found.nearest_walk_in
