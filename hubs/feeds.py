"""The hubs for machines: GeoJSON for maps, and JSON-LD for search engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from hubs.directory import ListedHub
from hubs.hours_ahead import differing_days, reason_text, week_texts, weekly_periods
from hubs.models import HubFacility
from hubs.opening import Day, Period
from hubs.unconfirmed import address_warning, hours_warning

COUNCIL = "London Borough of Tower Hamlets"
COUNCIL_WEBSITE = "https://www.towerhamlets.gov.uk/"
ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right 2025. "
    "Contains Royal Mail data © Royal Mail copyright and database right 2025. "
    "Contains National Statistics data © Crown copyright and database right 2025. "
    "Licensed under the Open Government Licence v3.0."
)
"""What the licences of Code-Point Open and the ONS Postcode Directory ask to be printed with their data."""
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"

Known = HubFacility.Available
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def address_of(name: str, *args: str, language: str | None = None) -> str:
    """Return the full address of a page, in `language` or else in the active one."""
    with translation.override(language or get_language() or "en"):
        return settings.SITE_URL + reverse(name, args=args)


def geojson(listed: Iterable[ListedHub], facilities: Mapping[int, Sequence[HubFacility]]) -> dict[str, Any]:
    """Return the hubs as a GeoJSON FeatureCollection (RFC 7946), in both languages.

    Facts that hold all day only: whether a hub is open now is for the reader's own clock.
    """
    return {
        "type": "FeatureCollection",
        "attribution": ATTRIBUTION,
        "licence": LICENCE,
        "features": [_feature(each, facilities.get(each.hub.pk, ())) for each in listed],
    }


def _feature(listed: ListedHub, facilities: Sequence[HubFacility]) -> dict[str, Any]:
    hub = listed.hub
    return {
        "type": "Feature",
        "id": hub.slug,
        "geometry": {"type": "Point", "coordinates": [hub.longitude, hub.latitude]},
        "properties": {
            "number": hub.position,
            "name_en": hub.name_en,
            "name_bn": hub.name_bn or None,
            "area_en": hub.area_en or None,
            "area_bn": hub.area_bn or None,
            "street": hub.street,
            "postcode": hub.postcode,
            "address_confirmed": hub.address_confirmed,
            "location_basis": hub.location_basis,
            "access": hub.access,
            "phone": hub.phone,
            "hours": week_texts(listed.schedule),
            "hours_checked_on": hub.hours_checked_on and hub.hours_checked_on.isoformat(),
            "facilities": {row.facility.slug: row.available for row in facilities},
            "url_en": address_of("hub", hub.slug, language="en"),
            "url_bn": address_of("hub", hub.slug, language="bn"),
            "hours_calendar": address_of("hub-hours", hub.slug, language="en"),
        },
    }


def hub_json_ld(listed: ListedHub, facilities: Iterable[HubFacility], *, today: date) -> dict[str, Any]:
    """Return a hub as a schema.org GovernmentOffice, in the active language, for `{% json_ld %}`.

    schema.org has no mark for hours nobody has confirmed, so each set of them carries the warning as its
    description. `publicAccess` is left out where an appointment is needed: "false" would say that the public
    may not come at all.
    """
    hub = listed.hub
    page = address_of("hub", hub.slug)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentOffice",
        "@id": f"{address_of('hub', hub.slug, language='en')}#hub",
        "name": hub.name.plain,
        "url": page,
        "mainEntityOfPage": {"@type": "WebPage", "@id": page, "inLanguage": get_language() or "en"},
        "parentOrganization": {
            "@type": "GovernmentOrganization",
            "name": COUNCIL,
            "url": COUNCIL_WEBSITE,
        },
        "telephone": hub.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": hub.street,
            "addressLocality": "London",
            "postalCode": hub.postcode,
            "addressCountry": "GB",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": hub.latitude, "longitude": hub.longitude},
        "additionalProperty": {
            "@type": "PropertyValue",
            "propertyID": "access",
            "value": hub.access,
            "name": str(listed.access.label),
        },
        "openingHoursSpecification": _usual_hours(listed),
        "specialOpeningHoursSpecification": _special_hours(listed, today),
        "amenityFeature": [_amenity(row) for row in facilities if row.available != Known.UNKNOWN],
    }
    if listed.walk_in:
        data["publicAccess"] = True
    if others := {hub.name_en, hub.name_bn} - {hub.name.plain, ""}:
        data["alternateName"] = others.pop()
    if warning := address_warning(hub):
        data["address"]["description"] = warning
    if hub.about:
        data["description"] = hub.about.plain
    return data


def _usual_hours(listed: ListedHub) -> list[dict[str, Any]]:
    warning = hours_warning(listed.hub)
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [f"https://schema.org/{_WEEKDAYS[day]}" for day in weekly.weekdays],
            **_times(weekly.period),
        }
        | ({"description": warning} if warning else {})
        for weekly in weekly_periods(listed.schedule)
    ]


def _special_hours(listed: ListedHub, today: date) -> list[dict[str, Any]]:
    return [
        _special_day(day, times)
        for day in differing_days(listed.schedule, today)
        # Opening and closing at the same minute is how search engines write a closed day.
        for times in [_times(period) for period in day.periods] or [{"opens": "00:00", "closes": "00:00"}]
    ]


def _special_day(day: Day, times: dict[str, str]) -> dict[str, Any]:
    on = day.on.isoformat()
    reason = reason_text(day)
    said = {"@type": "OpeningHoursSpecification", "validFrom": on, "validThrough": on, **times}
    return said | ({"description": reason} if reason else {})


def _times(period: Period) -> dict[str, str]:
    closes = "23:59" if period.to_midnight else f"{period.closes:%H:%M}"
    return {"opens": f"{period.opens:%H:%M}", "closes": closes}


def _amenity(row: HubFacility) -> dict[str, Any]:
    return {
        "@type": "LocationFeatureSpecification",
        "name": row.facility.name.plain,
        "value": row.available == Known.YES,
    }
