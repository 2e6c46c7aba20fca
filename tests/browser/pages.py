"""Which pages the browser visits. A public page that is missing here fails `test_pages.py`."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import LocalePrefixPattern, URLPattern, get_resolver

from tests.browser.frozen_appointments import BOOKING_KEY, DAY, WISH_KEY
from tests.browser.frozen_site import COMPLAINT_TOKEN, PRIVATE_KEY

ANSWERED = "/find/?postcode=E14+3HG"
MISTAKEN = "/find/?postcode=hello"

EXAMPLES = {
    "home": ["/"],
    "find": [
        "/find/",
        ANSWERED,
        MISTAKEN,
        "/find/?postcode=E1+6AN&topic=housing",
        "/find/?postcode=E1+1BJ&topic=domestic-abuse",
    ],
    "find-too-far": ["/find/too-far/"],
    "hub-list": ["/hubs/"],
    "hub": ["/hubs/town-hall/", "/hubs/bethnal-green/", "/hubs/cubitt-town/"],
    "topic-list": ["/topics/"],
    "topic": ["/topics/housing/", "/topics/domestic-abuse/"],
    "ask": ["/ask/", "/ask/?topic=domestic-abuse"],
    "ask-sent": [f"/ask/sent/{PRIVATE_KEY}/"],
    "track": ["/track/"],
    "track-link": [f"/track/{PRIVATE_KEY}/"],
    "feedback": [f"/feedback/{PRIVATE_KEY}/"],
    "appointments": ["/appointments/"],
    "appointment-days": ["/appointments/housing/", "/appointments/domestic-abuse/"],
    "appointment-times": [f"/appointments/housing/{DAY}/", "/appointments/housing/2026-11-25/"],
    "appointment-wish": ["/appointments/housing/waiting/"],
    "appointment-look-up": ["/appointments/manage/"],
    "appointment-booked": [f"/appointments/booked/{BOOKING_KEY}/"],
    "appointment": [f"/appointments/b/{BOOKING_KEY}/"],
    "appointment-move": [f"/appointments/b/{BOOKING_KEY}/move/"],
    "appointment-move-day": [f"/appointments/b/{BOOKING_KEY}/move/{DAY}/"],
    "appointment-cancel": [f"/appointments/b/{BOOKING_KEY}/cancel/"],
    "appointment-offer": [f"/appointments/offer/{WISH_KEY}/"],
    "accessibility": ["/accessibility/"],
    "privacy": ["/privacy/"],
    "cookies": ["/cookies/"],
    "data-protection-complaint": ["/data-protection-complaint/"],
    "complaint-sent": [f"/data-protection-complaint/sent/{COMPLAINT_TOKEN}/"],
}
"""English addresses by the name in the URL conf: one of each page, and of each face it can have."""

NO_PAGES = {"find-near-me", "hub-hours", "appointment-calendar"}
NO_PAGES |= {"appointment-details", "appointment-check"}
"""Addresses in both languages that answer with something else than a page, or only to a form sent there."""

IN_ENGLISH = [path for paths in EXAMPLES.values() for path in paths]
IN_BENGALI = [f"/bn{path}" for path in IN_ENGLISH]
OTHERS = ["/staff/sign-in/", "/nowhere/"]
"""Pages that exist once: sign-in in English, errors in both languages together."""
EVERY_PAGE = [*IN_ENGLISH, *IN_BENGALI, *OTHERS]


def names_in_both_languages() -> set[str]:
    """The name of every address that exists in English and in Bengali."""
    in_both = (each for each in get_resolver().url_patterns if isinstance(each.pattern, LocalePrefixPattern))
    return {name for resolver in in_both for name in _names(resolver.url_patterns)}


def _names(patterns: list) -> Iterator[str]:
    for each in patterns:
        yield from [each.name] if isinstance(each, URLPattern) else _names(each.url_patterns)
