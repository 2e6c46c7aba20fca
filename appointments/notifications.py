"""What residents are told about their appointments, in their language, and which way it is safe to send it.

Messages say when and where, never whose appointment it is. Of a sensitive topic neither its name nor what to
bring for it: somebody else may be reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.prepared import Prepared
from appointments.models import Booking, Message, Slot, Wish
from enquiries import notifications
from enquiries.folding import phone_key
from enquiries.models import Resident
from enquiries.models.residents import Language
from hubs.models import Hub, Topic
from hubs.opening import LONDON
from hubs.wording import date_words, weekday_words

Kind = Message.Kind
COUNCIL_PHONE = "020 7364 5000"
LONGEST_TEXT = 459
"""Characters of the plain alphabet (GSM 03.38) in three parts of a text message.

Two hold what every message says; the third, what to bring. Not everybody can follow the link.
"""

_MOBILE = "07"
_HUBS = Prepared(Hub.objects.all())


@dataclass(frozen=True)
class Reach:
    """The way in which somebody is written to, and where to."""

    way: str
    to: str


@dataclass(frozen=True)
class About:
    """What a message is about: an appointment, or a time that is offered."""

    kind: str
    language: str
    reference: str
    slot: Slot
    hub: Hub
    topic: Topic
    link: str
    until: datetime | None = None
    """Until when an offered time is kept."""
    instead_of: Slot | None = None
    """The time that was taken away, where another is offered instead of it."""


def reach(resident: Resident) -> Reach | None:
    """Return how to write to a resident: by e-mail, else as a text message; None where neither is safe."""
    works = notifications.working_ways()
    if resident.email and resident.may_email and notifications.EMAIL in works:
        return Reach(notifications.EMAIL, resident.email)
    mobile = phone_key(resident.phone).startswith(_MOBILE)
    if mobile and resident.may_text and notifications.TEXT in works:
        return Reach(notifications.TEXT, resident.phone)
    return None


def about_booking(booking: Booking, kind: str, offered: Slot | None = None) -> About:
    """Return what a message about a booking says; `offered` is another time that is offered."""
    kept = booking.offers.live().filter(slot=offered).first() if offered else None
    return About(
        kind=kind,
        language=Language.written(booking.language),
        reference=booking.shown_reference,
        slot=offered or booking.slot,
        hub=_HUBS.one(booking.hub_id) or booking.hub,
        topic=booking.topic,
        link=_link(Language.written(booking.language), "appointment", booking.private_key),
        until=kept.expires_at if kept else None,
        instead_of=booking.slot if offered else None,
    )


def about_wish(wish: Wish, slot: Slot, until: datetime) -> About:
    """Return what a message says that offers a time to somebody on the waiting list."""
    return About(
        kind=Kind.OFFER,
        language=Language.written(wish.language),
        reference=wish.shown_reference,
        slot=slot,
        hub=wish.hub,
        topic=wish.topic,
        link=_link(Language.written(wish.language), "appointment-offer", wish.private_key),
        until=until,
    )


def send(to: Reach, about: About) -> None:
    """Send a message. Raises `enquiries.errors.NotDelivered`."""
    with translation.override(about.language):
        if to.way == notifications.EMAIL:
            notifications.send_email(to=to.to, subject=subject(), body=email_body(about))
        else:
            notifications.send_text(to=to.to, body=text_body(about))


def subject() -> str:
    """Return the subject of an e-mail, the same for everybody."""
    return _("Your appointment with the Residents’ Hubs")


def email_body(about: About) -> str:
    """Return a message as an e-mail in plain text, in the active language."""
    parts = [_first(about), _place(about.hub)]
    if bring := _to_bring(about):
        parts.append("\n".join([_("What to bring:"), *(f"- {line}" for line in bring)]))
    if about.kind == Kind.ANOTHER and about.until:
        parts.append(_("We keep it for you until %(until)s.") % {"until": when_words(about.until)})
    parts += [_what_now(about), _reference(about)]
    parts.append(_("Questions? Call %(phone)s and say your reference.") % {"phone": COUNCIL_PHONE})
    return _plain("\n\n".join(parts)) + "\n"


def text_body(about: About) -> str:
    """Return a message as a text message, in the active language; a reminder says what to bring, briefly."""
    parts = [_first(about), _reference(about), _what_now(about)]
    if about.kind == Kind.ANOTHER and about.until:
        parts[1:] = _within_two_days(about, about.until)
    if about.kind == Kind.REMINDER and (bring := _to_bring(about)):
        parts.insert(1, _bring_within(LONGEST_TEXT - len(" ".join(parts)) - 1, bring))
    return _plain(" ".join(parts)).replace("\u2019", "'")


def when_words(at: datetime) -> str:
    """Return a moment as every message says it, in the active language: 10:30 on Tuesday 24 November."""
    london = at.astimezone(LONDON)
    return _("%(time)s on %(date)s") % {"time": f"{london:%H:%M}", "date": date_words(london.date())}


def _first(about: About) -> str:
    words = {"when": when_words(about.slot.starts_at), "hub": about.hub.name.plain}
    if about.kind == Kind.CANCELLED:
        return _("Your appointment at %(hub)s at %(when)s is cancelled.") % words
    if about.kind == Kind.MOVED:
        return _("Your appointment at %(hub)s has moved. It is now at %(when)s.") % words
    if about.kind == Kind.REMINDER:
        return _("Reminder: your appointment at %(hub)s is at %(when)s.") % words
    if about.instead_of:
        words["booked"] = when_words(about.instead_of.starts_at)
        return _("Sorry, we cannot see you at %(booked)s. We can at %(hub)s at %(when)s.") % words
    if about.kind == Kind.GONE:
        return (
            _("Sorry, we cannot see you at %(when)s. Please do not come then. No other time is free now.")
            % words
        )
    if about.kind == Kind.STANDS:
        return _("We can see you after all. Your appointment at %(hub)s at %(when)s stands.") % words
    if about.kind == Kind.OFFER:
        return _("An appointment is free at %(hub)s at %(when)s.") % words
    return _("Your appointment is at %(hub)s at %(when)s.") % words


def _what_now(about: About) -> str:
    if about.kind == Kind.CANCELLED:
        return _("To book again: %(link)s") % {"link": _link(about.language, "appointments")}
    if about.kind == Kind.ANOTHER:
        return _("To take it or choose another: %(link)s") % {"link": about.link}
    if about.kind == Kind.GONE:
        return _("To choose another when one is free, or to wait for one: %(link)s") % {"link": about.link}
    if about.kind == Kind.OFFER and about.until:
        london = about.until.astimezone(LONDON)
        kept = {"time": f"{london:%H:%M}", "date": date_words(london.date()), "link": about.link}
        return _("We keep it for you until %(time)s on %(date)s. To take it: %(link)s") % kept
    return _("To change or cancel it: %(link)s") % {"link": about.link}


def _within_two_days(about: About, until: datetime) -> list[str]:
    """Return the end of a text message that offers another time: two dates leave little room for a third."""
    london = until.astimezone(LONDON)
    words = {"time": f"{london:%H:%M}", "day": weekday_words(london.weekday()), "link": about.link}
    return [
        _("Reference: %(reference)s.") % {"reference": about.reference},
        _("Take or change it by %(time)s on %(day)s: %(link)s") % words,
    ]


def _reference(about: About) -> str:
    return _("Your reference is %(reference)s.") % {"reference": about.reference}


def _to_bring(about: About) -> list[str]:
    if about.topic.sensitive or about.kind in (Kind.CANCELLED, Kind.GONE):
        return []
    return [line for line in about.topic.bring.plain.splitlines() if line.strip()]


def _bring_within(room: int, things: list[str]) -> str:
    """Return what to bring in so many characters: the first things of the list, and where the others are."""
    for count in range(len(things), 0, -1):
        words = _("Bring: %(things)s") % {"things": " ".join(things[:count])}
        if count < len(things):
            words += " " + _("The rest is at the link.")
        if len(words) <= room:
            return words
    return _("What to bring is at the link.")


def _place(hub: Hub) -> str:
    return f"{hub.name.plain}, {hub.street}, {hub.postcode}"


def _link(language: str, name: str, *args: str) -> str:
    with translation.override(language):
        return settings.SITE_URL + reverse(name, args=args)


def _plain(text: str) -> str:
    """Return text without no-break spaces: one of them makes a text message hold half as much."""
    return text.replace("\u00a0", " ")
