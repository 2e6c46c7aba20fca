"""Answers that somebody was shown for checking, sealed: what is sent as it was shown needs no second look.

The page to check carries them beside the fields of the form, from which everything else on the way goes on.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core import signing
from django.db import router

from accounts.prepared import made_of
from appointments.models import Slot
from enquiries.stamps import Stamp

_SIGNER = signing.Signer(salt="appointments.checked")


@dataclass(frozen=True)
class Checked:
    """A valid form with the time that it is for."""

    stamp: Stamp
    topic: str
    """Its slug."""
    slot: Slot
    """Read back, it has what never changes of a slot; the rest is read when it is asked for."""
    facts: dict[str, Any]
    """What `actions.book` is told."""

    @classmethod
    def read(cls, text: str) -> Checked | None:
        """Return what was sealed as `text`, or None if we never sealed it."""
        if not text:
            return None
        try:
            (token, given), topic, (pk, hub, starts, day), facts = _SIGNER.unsign_object(text)
        except (signing.BadSignature, ValueError):
            return None
        place = {
            "id": pk,
            "hub_id": hub,
            "starts_at": datetime.fromisoformat(starts),
            "service_day": date.fromisoformat(day),
        }
        stamp = Stamp(uuid.UUID(token), datetime.fromtimestamp(given, tz=UTC))
        return cls(stamp, topic, made_of(Slot, router.db_for_write(Slot), place, {}), facts)

    def sealed(self) -> str:
        """Return all of it as it travels in the page."""
        stamp = (self.stamp.token.hex, int(self.stamp.given_at.timestamp()))
        slot = self.slot
        place = (slot.pk, slot.hub_id, slot.starts_at.isoformat(), slot.service_day.isoformat())
        return _SIGNER.sign_object((stamp, self.topic, place, self.facts), compress=True)
