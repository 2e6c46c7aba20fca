"""Who counts as one person: by which contacts, and under which keyed hashes appointments are counted."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from django.db.models import Q

from enquiries.folding import folded, phone_key

_LENGTH = 32


def contact_keys(*, name: str, phone: str, email: str, postcode: str, secret: str) -> dict[str, str]:
    """Return the hashes under which somebody's appointments ahead are counted, in their own order.

    One for the e-mail address and one for the phone number; without either, one for name and postcode. With
    each stands what it is of: "email", "phone" or "person".
    """
    known = [("email", folded(email)), ("phone", phone_key(phone))]
    given = [(kind, value) for kind, value in known if value]
    if not given:
        given = [("person", f"{folded(name)} {folded(postcode)}")]
    return dict(sorted((_hashed(kind, value, secret), kind) for kind, value in given))


def reached_by(*, phone: str, email: str) -> Q:
    """Return the condition that a row's resident has this phone number or this e-mail address.

    Without either no row has.
    """
    same = Q(pk__in=[])
    if digits := phone_key(phone):
        same |= Q(resident__phone_key=digits)
    if email:
        same |= Q(resident__email__iexact=email)
    return same


def is_among(name: str, names: Iterable[str]) -> bool:
    """Return whether a name is among others, however each is typed."""
    return folded(name) in map(folded, names)


def _hashed(kind: str, value: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{kind} {value}".encode(), "sha256").hex()[:_LENGTH]
