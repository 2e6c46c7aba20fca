"""From a postcode to an answer: where it is, and which hubs are nearest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from hubs.access import stricter
from hubs.directory import ListedHub, offers_now
from hubs.finder import Findings, Place, rank
from hubs.models import Postcode, Topic

NEAR_DEGREES = 0.005
"""Half the height of the box searched for the postcode nearest to a device: about 550 metres."""


class Whereabouts(Enum):
    """What is known of a postcode."""

    BOROUGH = "borough"
    OUTSIDE = "outside"
    NO_LONGER_USED = "no_longer_used"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """What the finder says to one resident."""

    code: str
    whereabouts: Whereabouts
    postcode: Postcode | None
    topic: Topic | None
    findings: Findings[ListedHub] | None
    """None when the place is not known, so that there is nothing to measure from."""


def answer_for(code: str, topic: Topic | None, listed: Sequence[ListedHub]) -> Answer:
    """Return the hubs in order of distance from postcode `code`, those that offer `topic` if one is given.

    One query. `listed` are the hubs already narrowed by `offering`.
    """
    postcode = Postcode.objects.filter(pk=code).first()
    if postcode is None:
        return Answer(code, Whereabouts.UNKNOWN, None, topic, None)
    if not postcode.in_use:
        whereabouts = Whereabouts.NO_LONGER_USED
    else:
        whereabouts = Whereabouts.BOROUGH if postcode.in_borough else Whereabouts.OUTSIDE
    findings = rank(Place(postcode.easting, postcode.northing), listed)
    return Answer(code, whereabouts, postcode, topic, findings)


def offering(listed: Sequence[ListedHub], topic: Topic | None, at: datetime) -> list[ListedHub]:
    """Return the hubs that help with `topic`, each with the rule that holds for it there.

    Without a topic all hubs come back as they are.
    """
    if topic is None:
        return list(listed)
    offers = offers_now(at, topic)
    return [
        replace(each, access=stricter(each.access, offers[each.hub.pk]))
        for each in listed
        if each.hub.pk in offers
    ]


def nearest_postcode(latitude: float, longitude: float) -> str | None:
    """Return the live postcode nearest to a device's position (ETRS89 degrees), None if none is near."""
    candidates = Postcode.objects.near(latitude, longitude, NEAR_DEGREES).values_list(
        "code", "latitude", "longitude"
    )
    narrowing = math.cos(math.radians(latitude))
    distances = [
        (math.hypot(lat - latitude, (lon - longitude) * narrowing), code)
        for code, lat, lon in candidates
        if lat is not None and lon is not None
    ]
    return min(distances)[1] if distances else None
