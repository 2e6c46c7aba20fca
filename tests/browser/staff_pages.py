"""Which staff pages the browser visits. One that is missing here fails `test_staff_pages.py`."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver

from tests.browser.frozen_appointments import BOOKING, DAY
from tests.browser.frozen_site import REFERENCE

EXAMPLES = {
    "staff-home": [""],
    "log-visit": ["visits/log/", "visits/log/?hub=town-hall"],
    "waiting-list": ["visits/waiting/"],
    "leave-visit": ["visits/2/left/"],
    "waiting-display": ["display/bow/"],
    "enquiries": ["enquiries/", "enquiries/?show=overdue"],
    "enquiry": [f"enquiries/{REFERENCE}/"],
    "refer": [f"enquiries/{REFERENCE}/refer/", f"enquiries/{REFERENCE}/refer/?service=housing-options"],
    "slip": [f"enquiries/{REFERENCE}/slip/", f"enquiries/{REFERENCE}/slip/?language=bn"],
    "referrals": ["referrals/"],
    "referral": ["referrals/1/"],
    "residents": ["residents/"],
    "add-resident": ["residents/add/"],
    "resident": ["residents/2/", "residents/5/"],
    "change-resident": ["residents/2/change/"],
    "copy-resident": ["residents/2/copy/"],
    "erase-resident": ["residents/2/erase/", "residents/4/erase/"],
    "merge-residents": ["residents/2/merge/?other=3"],
    "record-views": ["record-views/"],
    "complaints": ["complaints/"],
    "complaint": [f"complaints/{REFERENCE}/"],
    "appointment-list": ["appointments/?hub=town-hall", f"appointments/?hub=town-hall&day={DAY}"],
    "find-appointment": ["appointments/find/"],
    "book-appointment": [
        "appointments/book/",
        "appointments/book/?topic=1",
        "appointments/book/?topic=1&resident=5",
    ],
    "appointment-waiting": ["appointments/waiting/?hub=town-hall"],
    "booking": [f"appointments/{BOOKING}/"],
    "booking-slip": [f"appointments/{BOOKING}/slip/", f"appointments/{BOOKING}/slip/?language=bn"],
    "cancel-booking": [f"appointments/{BOOKING}/cancel/"],
    "appointment-plans": ["appointments/plans/"],
    "add-appointment-plan": ["appointments/plans/add/"],
    "change-appointment-plan": ["appointments/plans/1/"],
    "close-appointment-day": ["appointments/plans/close/"],
    "report-month": ["reports/2026-11/"],
    "report-range": ["reports/2026-10/2026-11/"],
    "report-rows": ["reports/2026-11/2026-11/rows/?measure=visits"],
    "sign-off": ["reports/2026-10/sign-off/", "reports/2026-11/sign-off/"],
    "staff-account": ["account/"],
    "staff-password": ["account/password/"],
    "staff-sessions": ["account/sessions/"],
    "staff-set-up-second-step": ["account/second-step/"],
    "staff-people": ["people/"],
}
"""Addresses below /staff/ by the name in the URL conf, as a manager at Bow sees them."""

NO_PAGES = {
    "staff-sign-in",  # visited with the public pages
    "staff-sign-out",
    "waiting-rows",
    "waiting-summary",
    "waiting-display-numbers",
    "call-next",
    "call-visit",
    "hold-visit",
    "return-visit",
    "finish-visit",
    *(f"{step}-booking" for step in ("arrive", "late", "miss", "finish", "move")),
    "take-back-arrival",
    "take-back-late",
    "take-another-time",
    "leave-appointment-waiting",
    "take-appointment-offer",
    "decline-appointment-offer",
    "reopen-appointment-day",
    "offer-other-appointments",
    "reports",
    "report-export",
    "report-figures-csv",
    "report-figures-xlsx",
    "amendments",
    # Only for somebody who has a second step, a directory, or a locked screen: tests of their own.
    "staff-second-step",
    "staff-directory",
    "staff-directory-back",
    "staff-remove-second-step",
    "staff-recovery-codes",
    "staff-lock",
    "staff-locked",
    "staff-change-account",
}
"""Addresses that are visited elsewhere, answer with a piece of a page, or take only what a form sends."""

PATHS = [f"/staff/{path}" for paths in EXAMPLES.values() for path in paths]


def names_for_staff() -> set[str]:
    """The name of every address below /staff/."""
    return {name for route, name in _routes(get_resolver().url_patterns, "") if route.startswith("staff/")}


def _routes(patterns: list, before: str) -> Iterator[tuple[str, str]]:
    for each in patterns:
        if isinstance(each.pattern, LocalePrefixPattern):
            continue
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield route, each.name or route
