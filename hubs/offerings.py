"""What is offered where: each current topic at each current hub, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from hubs.access import Access, stricter
from hubs.directory import ListedHub, listed_hubs
from hubs.models import HubFacility, Topic, TopicOffer


@dataclass(frozen=True)
class Offering:
    """That one hub helps with one topic."""

    topic: Topic
    listed: ListedHub
    access: Access
    """The rule that holds for this topic at this hub: the stricter of the two."""
    facilities: Sequence[HubFacility]
    """What is known of the building, the unknown included."""

    @property
    def easting(self) -> int:
        """OSGB36 metres."""
        return self.listed.easting

    @property
    def northing(self) -> int:
        """OSGB36 metres."""
        return self.listed.northing


def current_offerings(at: datetime) -> list[Offering]:
    """Return everything offered at the moment `at`, by topic and then by hub.

    Three queries beyond those of `listed_hubs`, however many hubs and topics there are.
    """
    listed = {each.hub.pk: each for each in listed_hubs(at)}
    facilities = facilities_by_hub(list(listed.values()))
    offers = (
        TopicOffer.objects.filter(hub__in=listed, topic__in=Topic.objects.current(timezone.localdate(at)))
        .select_related("topic")
        .prefetch_related("topic__codes")
        .order_by("topic__position", "topic__slug", "hub__position")
    )
    return [
        Offering(
            topic=offer.topic,
            listed=listed[offer.hub_id],
            access=stricter(listed[offer.hub_id].access, offer.access),
            facilities=facilities[offer.hub_id],
        )
        for offer in offers
    ]


def facilities_by_hub(listed: Sequence[ListedHub]) -> dict[int, list[HubFacility]]:
    """Return each hub's facilities by the hub's key. One query."""
    found: dict[int, list[HubFacility]] = defaultdict(list)
    for row in HubFacility.objects.filter(hub__in=[each.hub for each in listed]).select_related("facility"):
        found[row.hub_id].append(row)
    return found
