"""The borough's dot map, drawn from the postcodes in the database."""

from __future__ import annotations

from collections.abc import Sequence

from hubs import dotmap
from hubs.directory import ListedHub
from hubs.models import Postcode
from hubs.models.postcodes import TOWER_HAMLETS


def borough_drawing() -> str:
    """Return the map of dots as SVG: every live postcode, those of the borough set apart. One query."""
    borough: list[dotmap.Metres] = []
    neighbours: list[dotmap.Metres] = []
    rows = Postcode.objects.live().values_list("easting", "northing", "local_authority")
    for easting, northing, authority in rows.iterator(chunk_size=5000):
        (borough if authority == TOWER_HAMLETS else neighbours).append((easting, northing))
    return dotmap.render(borough, neighbours)


def map_of(listed: Sequence[ListedHub], resident: Postcode | None = None) -> dotmap.Drawing:
    """Return the pins for these hubs, and the resident's own spot, to lay over the dots."""
    places = [
        dotmap.Place(
            number=each.hub.position,
            name=each.hub.name,
            easting=each.easting,
            northing=each.northing,
            access=each.access,
        )
        for each in listed
    ]
    return dotmap.draw(places, (resident.easting, resident.northing) if resident else None)
