"""What a resident sees of an enquiry: never notes, names of staff or how to reach anybody.

Of a sensitive enquiry only how far it is. Somebody else may be looking: who knows where a person lives and
finds a slip could open the page.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from enquiries.folding import phone_key
from enquiries.londontime import service_day
from enquiries.models import Enquiry, Referral, Resident
from hubs import postcodes
from hubs.bilingual import LocalText

FEWEST_DIGITS = 7
"""A text with fewer digits is no phone number: the 143 of "E14 3HG" must not pass for one."""


class Stage(StrEnum):
    """How far an enquiry is, as pages put it into words."""

    WAITING = "waiting"
    """Asked, and nobody has answered yet."""
    IN_HAND = "in_hand"
    """Something was agreed or answered, and it goes on."""
    WITH_SERVICE = "with_service"
    """A council service is to act."""
    CLOSED = "closed"


@dataclass(frozen=True)
class Answer:
    """One sentence to the resident, and the service that gave it; None for a hub."""

    text: LocalText
    service: LocalText | None = None


@dataclass(frozen=True)
class Tracked:
    """An enquiry as its resident may see it."""

    reference: str
    stage: Stage
    opened_on: date
    due_on: date | None
    closed_on: date | None
    is_late: bool
    hides_words: bool
    topic: LocalText | None = None
    acting: tuple[LocalText, ...] = ()
    """Who is to act next: services, else the hub; empty where closed, sensitive, or asked at no hub."""
    answers: tuple[Answer, ...] = ()

    @property
    def is_with_hubs(self) -> bool:
        """Whether it was asked of no hub in particular and is with none of the services: any hub acts."""
        return not (self.acting or self.hides_words or self.stage == Stage.CLOSED)


def tracked(enquiry: Enquiry, referrals: Sequence[Referral], today: date) -> Tracked:
    """Return what a resident may see of an enquiry on a London date; `referrals` are all, oldest first."""
    live = [each for each in referrals if each.status in Referral.LIVE]
    closed = not enquiry.is_live
    hidden = enquiry.topic.sensitive
    return Tracked(
        reference=enquiry.shown_reference,
        stage=_stage(enquiry, live),
        opened_on=service_day(enquiry.opened_at),
        due_on=None if closed else enquiry.due_on,
        closed_on=service_day(enquiry.closed_at) if enquiry.closed_at else None,
        is_late=enquiry.is_overdue(today),
        hides_words=hidden,
        topic=None if hidden else enquiry.topic.name,
        acting=() if hidden or closed else _acting(enquiry, live),
        answers=() if hidden else _answers(enquiry, referrals),
    )


def second_fact_fits(resident: Resident | None, typed: str) -> bool:
    """Whether `typed` is the postcode or the phone number of a resident.

    Takes as long where there is no resident, or where the facts differ in the first letter, as where they
    differ in the last.
    """
    postcode, phone = _postcode(typed), _phone(typed)
    kept_postcode = _postcode(resident.postcode if resident else "")
    kept_phone = _phone(resident.phone if resident else "")
    by_postcode = _same(postcode, kept_postcode) & (postcode != "")
    by_phone = _same(phone, kept_phone) & (phone != "")
    return by_postcode | by_phone


def _stage(enquiry: Enquiry, live: Sequence[Referral]) -> Stage:
    if not enquiry.is_live:
        return Stage.CLOSED
    if live:
        return Stage.WITH_SERVICE
    return Stage.IN_HAND if enquiry.agreed else Stage.WAITING


def _acting(enquiry: Enquiry, live: Sequence[Referral]) -> tuple[LocalText, ...]:
    if live:
        return tuple(each.service.name for each in live)
    return (enquiry.hub.name,) if enquiry.hub else ()


def _answers(enquiry: Enquiry, referrals: Sequence[Referral]) -> tuple[Answer, ...]:
    told = [
        Answer(_in_its_language(each.sentence), each.service.name)
        for each in referrals
        if each.status == Referral.Status.FINISHED
    ]
    # The last service to finish leaves its sentence on the enquiry too.
    if enquiry.agreed and enquiry.agreed not in {answer.text.plain for answer in told}:
        told.insert(0, Answer(_in_its_language(enquiry.agreed)))
    return tuple(told)


def _in_its_language(text: str) -> LocalText:
    return LocalText(text, "bn" if any(_is_bengali(c) for c in text) else "en")


def _is_bengali(character: str) -> bool:
    return unicodedata.name(character, "").startswith("BENGALI")


def _postcode(text: str) -> str:
    try:
        return postcodes.normalise(text)
    except postcodes.NotAPostcode:
        return ""


def _phone(text: str) -> str:
    key = phone_key(text)
    return key if len(key) >= FEWEST_DIGITS else ""


def _same(one: str, other: str) -> bool:
    # Hashed first, so that the comparison is over the same length whatever was typed.
    return hmac.compare_digest(hashlib.sha256(one.encode()).digest(), hashlib.sha256(other.encode()).digest())
