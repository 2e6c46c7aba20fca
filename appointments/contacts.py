"""Under which keyed hashes somebody's appointments ahead are counted, so that their number can be limited."""

from __future__ import annotations

import hmac

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


def _hashed(kind: str, value: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{kind} {value}".encode(), "sha256").hex()[:_LENGTH]
