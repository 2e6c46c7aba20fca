"""The signed stamp in an online form: which form it is, and when it was handed out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

TOO_YOUNG = timedelta(seconds=3)
"""Nobody reads and fills in a form more quickly than this; programs do."""

TOO_OLD = timedelta(hours=24)
"""A form that lay open longer than this is handed out afresh, with everything typed still in it."""

_SIGNER = signing.Signer(salt="enquiries.online-form")


@dataclass(frozen=True)
class Stamp:
    """One form handed out: `token` makes it one enquiry however often it is sent."""

    token: uuid.UUID
    given_at: datetime

    @classmethod
    def fresh(cls, at: datetime) -> Stamp:
        """Return the stamp of a new form."""
        return cls(uuid.uuid4(), at)

    @classmethod
    def read(cls, text: str) -> Stamp | None:
        """Return the stamp that was signed as `text`, or None if we never signed it."""
        try:
            token, seconds = _SIGNER.unsign_object(text)
        except (signing.BadSignature, ValueError):
            return None
        return cls(uuid.UUID(token), datetime.fromtimestamp(seconds, tz=UTC))

    def signed(self) -> str:
        """Return the stamp as it travels in the form."""
        return _SIGNER.sign_object([self.token.hex, int(self.given_at.timestamp())])

    def renewed(self, at: datetime) -> Stamp:
        """Return the same form handed out again: it still makes one enquiry."""
        return Stamp(self.token, at)

    def another(self) -> Stamp:
        """Return the stamp of another form that is as old as this one: it makes a thing of its own."""
        return Stamp(uuid.uuid4(), self.given_at)

    def is_too_young(self, at: datetime) -> bool:
        """Whether the form came back sooner than a person can fill it in."""
        return at - self.given_at < TOO_YOUNG

    def is_too_old(self, at: datetime) -> bool:
        """Whether the form lay open for too long."""
        return at - self.given_at > TOO_OLD
