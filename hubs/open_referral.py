"""What the hubs offer as records of Open Referral UK 3.0.

That is the UK profile of the Human Services Data Specification (HSDS).

| record | is |
| --- | --- |
| organization | the council |
| service | a topic, as the hubs help with it |
| location | a hub |
| service_at_location | a topic at a hub: a topic offer |
| taxonomy term | a topic of ours, or a code of the Local Government Services List (LGSL) |

Records are in English. The profile has no field for other languages, so Bengali names stand in
`alternate_name`, which the international specification has and the profile leaves out.

Rows come from `hubs.offerings`; filters and paging are in `hubs.open_referral_query`.
Identifiers are made from slugs, so they are the same after every reload of the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from hubs.access import Access
from hubs.feeds import COUNCIL, COUNCIL_WEBSITE, address_of
from hubs.hours_ahead import differing_days, hours_text, reason_text, weekly_periods
from hubs.models import Hub, HubFacility, Topic
from hubs.models.postcodes import TOWER_HAMLETS
from hubs.offerings import Offering
from hubs.unconfirmed import address_warning, hours_warning

Record = dict[str, Any]

API_INFO: Record = {
    "version": "HSDS-UK-3.0",
    "profile": "https://docs.openreferraluk.org/en/latest/",
    "openapi_url": "https://openreferraluk.org/specifications/3.0/openapi.json",
}
"""What the start of the API says of itself, in the words the standard's own validator looks for."""

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NOT_ABOUT_ACCESS = frozenset({"public-computers", "wi-fi"})
"""Facilities that say nothing about whether a disabled person can use the building. Anything an administrator
adds is taken to be about that: one entry too many does less harm than one too few."""

_NAMESPACE = UUID("3a49018b-26ae-4c1a-b58e-1fe18f739f0e")
_LGSL = "Local Government Services List (LGSL)"
_TOPICS = "Residents’ Hub topics"
_AVAILABLE = {
    HubFacility.Available.YES: "yes",
    HubFacility.Available.NO: "no",
    HubFacility.Available.UNKNOWN: "not known, please ask",
}


# Bounded, though keys are slugs of ours; one answer asks for the same few hundred again and again.
@lru_cache(maxsize=4096)
def record_id(kind: str, *keys: str | int) -> str:
    """Return the identifier (a version 5 UUID) of a record by its kind and the slugs that name it."""
    return str(uuid5(_NAMESPACE, ":".join((kind, *map(str, keys)))))


def service_id(topic: Topic) -> str:
    """Return the identifier of a topic as a service."""
    return record_id("service", topic.slug)


def service_at_location_id(offering: Offering) -> str:
    """Return the identifier of a topic at a hub."""
    return record_id("service_at_location", offering.topic.slug, offering.listed.hub.slug)


def organization() -> Record:
    """Return the council, with nothing that is not known of it."""
    return {
        "id": record_id("organization", "council"),
        "name": COUNCIL,
        "description": "The local council. It runs the Residents’ Hubs, where residents get help in person.",
        "website": COUNCIL_WEBSITE,
    }


def service(topic: Topic) -> Record:
    """Return a topic as a service, as it stands in a list."""
    told = [*topic.urgent_en.splitlines(), *topic.help_en.splitlines()]
    lines = [topic.summary_en, *(line.strip() for line in told)]
    return _without_blanks(
        {
            "id": service_id(topic),
            "organization_id": record_id("organization", "council"),
            "name": topic.name_en,
            "alternate_name": topic.name_bn,
            "description": "\n".join(filter(None, lines)),
            "url": address_of("topic", topic.slug, language="en"),
            "status": "active",
            "organization": organization(),
        }
    )


def full_service(topic: Topic, offerings: Sequence[Offering], *, today: date) -> Record:
    """Return a topic with all that belongs to it; `offerings` are those of this topic."""
    own = service_id(topic)
    more = {
        "organization": _full_organization(),
        "schedules": [each for offering in offerings for each in _schedules(offering, today)],
        "service_at_locations": [
            {
                "id": service_at_location_id(offering),
                "service_id": own,
                "location_id": _location_id(offering.listed.hub),
                "description": _how_to_attend(offering),
                "location": _full_location(offering),
            }
            for offering in offerings
        ],
        "contacts": _contacts(own, topic.phone),
        "attributes": _attributes(own, topic),
    }
    return service(topic) | _without_blanks(more)


def service_at_location(offering: Offering) -> Record:
    """Return a topic at a hub, as it stands in a list."""
    return {
        "id": service_at_location_id(offering),
        "service_id": service_id(offering.topic),
        "location_id": _location_id(offering.listed.hub),
        "description": _how_to_attend(offering),
        "location": _location(offering.listed.hub),
        "service": service(offering.topic),
    }


def full_service_at_location(offering: Offering, *, today: date) -> Record:
    """Return a topic at a hub with all that belongs to it.

    The profile's API definition gives this answer the form of a service, its schema files that of a
    service_at_location. It has the required properties of both.
    """
    own = service_at_location_id(offering)
    more = {
        "name": f"{offering.topic.name_en}: {offering.listed.hub.name_en}",
        "status": "active",
        "url": address_of("hub", offering.listed.hub.slug, language="en"),
        "organization": _full_organization(),
        "location": _full_location(offering),
        "schedules": _schedules(offering, today),
        "contacts": _contacts(own, offering.listed.hub.phone),
        "attributes": _attributes(own, offering.topic),
    }
    return service_at_location(offering) | _without_blanks(more)


def taxonomies() -> list[Record]:
    """Return the two lists that terms are taken from."""
    return [
        {
            "id": record_id("taxonomy", "topics"),
            "name": _TOPICS,
            "description": "What residents come to the hubs about, as the hubs themselves name it.",
            "uri": address_of("topic-list", language="en"),
        },
        {
            "id": record_id("taxonomy", "lgsl"),
            "name": _LGSL,
            "description": "The numbered list of the services of councils, kept by LG Inform Plus (esd).",
            "uri": "http://id.esd.org.uk/list/services",
        },
    ]


def taxonomy_terms(topics: Iterable[Topic]) -> list[Record]:
    """Return every term that these topics carry, each once: their own first, then LGSL codes by number."""
    topics = list(topics)
    codes = sorted({code.lgsl for topic in topics for code in topic.codes.all()})
    return [_topic_term(topic) for topic in topics] + [_lgsl_term(code) for code in codes]


def terms_of(topic: Topic) -> list[Record]:
    """Return the terms of one topic: itself and its LGSL codes."""
    return [_topic_term(topic)] + [_lgsl_term(code.lgsl) for code in topic.codes.all()]


def _topic_term(topic: Topic) -> Record:
    return {
        "id": record_id("taxonomy_term", "topic", topic.slug),
        "name": topic.name_en,
        "description": topic.summary_en,
        "taxonomy": _TOPICS,
        "taxonomy_id": record_id("taxonomy", "topics"),
        "term_uri": address_of("topic", topic.slug, language="en"),
        "term": topic.name_en,
    }


def _lgsl_term(code: int) -> Record:
    return {
        "id": record_id("taxonomy_term", "lgsl", code),
        # The list's own names are not at hand, and a name made up here would be taken for them.
        "name": f"LGSL {code}",
        "description": f"Number {code} of the Local Government Services List.",
        "taxonomy": _LGSL,
        "taxonomy_id": record_id("taxonomy", "lgsl"),
        "term_uri": f"http://id.esd.org.uk/service/{code}",
        "term": f"LGSL {code}",
    }


def _attributes(link_id: str, topic: Topic) -> list[Record]:
    return [
        {
            "id": record_id("attribute", link_id, term["id"]),
            "link_id": link_id,
            "taxonomy_term_id": term["id"],
            "link_type": "service_type",
            "taxonomy_term": term,
        }
        for term in terms_of(topic)
    ]


def _full_organization() -> Record:
    own = organization()
    identifier = {
        "id": record_id("organization_identifier", TOWER_HAMLETS),
        "organization_id": own["id"],
        "identifier_type": "ONS code of the local authority",
        "identifier": TOWER_HAMLETS,
    }
    return own | {"organization_identifiers": [identifier]}


def _location_id(hub: Hub) -> str:
    return record_id("location", hub.slug)


def _location(hub: Hub) -> Record:
    return _without_blanks(
        {
            "id": _location_id(hub),
            "location_type": "physical",
            "name": hub.name_en,
            "alternate_name": hub.name_bn,
            "description": "\n".join(filter(None, [hub.about_en, address_warning(hub)])),
            "latitude": hub.latitude,
            "longitude": hub.longitude,
        }
    )


def _full_location(offering: Offering) -> Record:
    hub = offering.listed.hub
    own = _location_id(hub)
    address = {
        "id": record_id("address", hub.slug),
        "location_id": own,
        "address_1": hub.street,
        "city": "London",
        "state_province": "Greater London",
        "postal_code": hub.postcode,
        "country": "GB",
        "address_type": "physical",
    }
    more = {
        "addresses": [address],
        "accessibility": [
            {
                "id": record_id("accessibility", hub.slug, row.facility.slug),
                "location_id": own,
                "description": f"{row.facility.name_en}: {_AVAILABLE[HubFacility.Available(row.available)]}",
            }
            | ({"details": row.note_en} if row.note_en else {})
            for row in offering.facilities
            if _says_something_about_access(row)
        ],
    }
    return _location(hub) | _without_blanks(more)


def _says_something_about_access(row: HubFacility) -> bool:
    known = row.available != HubFacility.Available.UNKNOWN
    return row.facility.slug not in NOT_ABOUT_ACCESS and (known or bool(row.note_en))


def _schedules(offering: Offering, today: date) -> list[Record]:
    """Return the usual week as schedules; `notes` say which dates of the coming year differ.

    The standard asks for times with an offset from UTC. London has two offsets a year and a weekly rule
    holds in both, so times are London wall time without one, and the description says so.
    """
    hub = offering.listed.hub
    own = service_at_location_id(offering)
    said = " ".join(filter(None, ["Times are London time.", hours_warning(hub)]))
    notes = _exceptions(offering, today)
    return [
        {
            "id": record_id("schedule", own, f"{each.period.opens:%H%M}", f"{each.period.closes:%H%M}"),
            "service_id": service_id(offering.topic),
            "service_at_location_id": own,
            "freq": "WEEKLY",
            "byday": ",".join(WEEKDAY_CODES[day] for day in each.weekdays),
            "opens_at": f"{each.period.opens:%H:%M}",
            "closes_at": f"{each.period.closes:%H:%M}",
            "description": said,
            "attending_type": _how_to_attend(offering),
            "schedule_link": address_of("hub", hub.slug, language="en"),
        }
        | ({"notes": notes} if notes else {})
        for each in weekly_periods(offering.listed.schedule)
    ]


def _exceptions(offering: Offering, today: date) -> str:
    lines = []
    for day in differing_days(offering.listed.schedule, today):
        reason = reason_text(day)
        line = f"{day.on.isoformat()}: {hours_text(day)}"
        lines.append(f"{line} ({reason})" if reason else line)
    return "\n".join(lines)


def _how_to_attend(offering: Offering) -> str:
    if offering.access == Access.APPOINTMENT_ONLY:
        return f"In person, by appointment only. Call {offering.listed.hub.phone} to book."
    return "In person. No appointment needed."


def _contacts(link_id: str, phone: str) -> list[Record]:
    if not phone:
        return []
    own = record_id("contact", link_id)
    return [
        {
            "id": own,
            "name": COUNCIL,
            "phones": [{"id": record_id("phone", link_id), "contact_id": own, "number": phone}],
        }
    ]


def _without_blanks(record: Record) -> Record:
    """Leave out what has no value: the standard wants no empty text, no null and no empty list."""
    return {name: value for name, value in record.items() if value not in ("", [])}
