"""The grade of an answer's headers by the published rules of Mozilla's HTTP Observatory.

Every answer starts with 100 points; 100 and more are an A+, and bonuses count from 90 on. Its rules about
redirects and foreign scripts look at a whole site and are tested apart.
https://github.com/mozilla/http-observatory/blob/main/httpobs/docs/scoring.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie

A_PLUS = 100
SIX_MONTHS = 15_768_000
QUIET_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def grade(headers: Mapping[str, str], cookies: SimpleCookie | None = None) -> int:
    """Return the points of an answer with these headers and cookies."""
    policy = directives(headers.get("Content-Security-Policy", ""))
    found = [
        _policy(policy),
        _transport(headers.get("Strict-Transport-Security", "")),
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        _frames(policy, headers.get("X-Frame-Options", "")),
        5 if headers.get("Referrer-Policy") in QUIET_REFERRERS else -5,
        10 if headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site") else 0,
        _cookies(cookies) if cookies else 0,
    ]
    penalised = 100 + sum(points for points in found if points < 0)
    return penalised + sum(points for points in found if points > 0) if penalised >= 90 else max(penalised, 0)


def directives(policy: str) -> dict[str, set[str]]:
    """Return a Content Security Policy as its directives, each with what it allows."""
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name: set(allowed) for name, *allowed in parts}


def _policy(policy: dict[str, set[str]]) -> int:
    if not policy:
        return -25
    scripts = policy.get("script-src", policy.get("default-src", {"*"}))
    styles = policy.get("style-src", policy.get("default-src", {"*"}))
    everywhere = {"*", "http:", "https:", "data:"}
    if scripts & ({"'unsafe-inline'", "'unsafe-eval'"} | everywhere):
        return -20
    if "'unsafe-inline'" in styles:
        return 0
    return 10 if policy.get("default-src") == {"'none'"} else 5


def _transport(header: str) -> int:
    age = re.search(r"max-age=(\d+)", header)
    if age is None:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS else -10


def _frames(policy: dict[str, set[str]], header: str) -> int:
    if policy.get("frame-ancestors") in ({"'none'"}, {"'self'"}):
        return 5
    return 0 if header in ("DENY", "SAMEORIGIN") else -20


def _cookies(cookies: SimpleCookie) -> int:
    if not all(each["secure"] for each in cookies.values()):
        return -40
    guarded = all(each["httponly"] and each["samesite"] in ("Lax", "Strict") for each in cookies.values())
    return 5 if guarded else 0
