"""Tokens that are minted with a form, so that the same form makes one row however often it is sent.

A token is signed and bound to whoever the form was made for. Its `serial` counts the forms that were filled
in on one page while the server could not be reached: each is a thing of its own, with an id of its own.
"""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer

MOST_SERIALS = 500
"""More forms than anybody fills in on one page without the server."""

_SIGNER = Signer(salt="enquiries.form_tokens")


class ForeignToken(Exception):
    """The token was not minted here, or for somebody else, or its serial is out of range."""


def mint(owner: str) -> str:
    """Return a fresh token for `owner`, such as "visit:17" for a form of the member of staff with id 17."""
    return _SIGNER.sign(f"{uuid.uuid4().hex}.{owner}")


def read(token: str, owner: str, serial: int = 0) -> uuid.UUID:
    """Return the id that the form's row carries. Raises `ForeignToken`."""
    try:
        minted, _, minted_for = _SIGNER.unsign(token).partition(".")
        base = uuid.UUID(minted)
    except (BadSignature, ValueError) as error:
        raise ForeignToken from error
    if minted_for != owner or not 0 <= serial <= MOST_SERIALS:
        raise ForeignToken
    return uuid.uuid5(base, str(serial)) if serial else base
