"""What residents take away: reference, what was agreed, who acts and by when, in their language.

A slip says no more than the resident's own page (`enquiries.tracking`): of a sensitive topic neither its name
nor a word of the story, and no message holds a name, nor its subject anything about the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from enquiries import notifications
from enquiries.folding import phone_key
from enquiries.models import Enquiry, Referral, Slip
from enquiries.models.residents import Language
from enquiries.tracking import Tracked, tracked
from enquiries.wording import stage_words
from hubs.wording import date_words

COUNCIL_PHONE = "020 7364 5000"
_MOBILE = "07"

Way = Slip.Way


@dataclass(frozen=True)
class SlipText:
    """A slip in one language, "en" or "bn"."""

    language: str
    enquiry: Tracked
    stage: str
    link: str
    """The resident's private link."""
    feedback_link: str
    look_up: str
    """Where the reference and a second fact open the same page, for paper; "" where we know no such fact."""

    phone: str


@dataclass(frozen=True)
class WayOut:
    """One way to give a slip: where to, and why not; `refused` is empty where nothing speaks against it."""

    way: str
    to: str
    refused: str


def language_of(enquiry: Enquiry) -> str:
    """Return the language, "en" or "bn", in which to write to whoever raised an enquiry."""
    return enquiry.resident.written_language if enquiry.resident else Language.written(enquiry.language)


def slip_for(enquiry: Enquiry, referrals: Sequence[Referral], language: str, today: date) -> SlipText:
    """Return an enquiry's slip on a London date; `referrals` are all of it, oldest first, with services."""
    with translation.override(language):
        shown = tracked(enquiry, referrals, today)
        return SlipText(
            language=language,
            enquiry=shown,
            stage=stage_words(shown.stage),
            link=settings.SITE_URL + reverse("track-link", args=[enquiry.private_key]),
            feedback_link=settings.SITE_URL + reverse("feedback", args=[enquiry.private_key]),
            look_up=settings.SITE_URL + reverse("track") if _has_second_fact(enquiry) else "",
            phone=COUNCIL_PHONE,
        )


def ways_out(enquiry: Enquiry) -> list[WayOut]:
    """Return every way to give a slip, with why it must not or cannot be used, in words for the officer."""
    return [WayOut(Way.PRINT, "", ""), _by_email(enquiry), _by_text(enquiry)]


def way_out(enquiry: Enquiry, way: str) -> WayOut:
    """Return one of the ways to give a slip."""
    return next(each for each in ways_out(enquiry) if each.way == way)


def subject() -> str:
    """Return the subject of an e-mail, the same for everybody."""
    return _("Your enquiry to the Residents’ Hubs")


def email_body(slip: SlipText) -> str:
    """Return a slip as an e-mail in plain text."""
    with translation.override(slip.language):
        shown = slip.enquiry
        parts = [_("Your reference is %(reference)s.") % {"reference": shown.reference}, slip.stage]
        parts += [_told(shown)] if shown.answers else []
        parts += [_acting(shown)] if shown.acting else []
        parts += [_due(shown.due_on)] if shown.due_on else []
        parts += [
            _("See how far it is: %(link)s") % {"link": slip.link},
            _("Tell us whether we sorted it out: %(link)s") % {"link": slip.feedback_link},
            _("Questions? Call %(phone)s and say your reference.") % {"phone": slip.phone},
        ]
        return _plain("\n\n".join(parts)) + "\n"


def text_body(slip: SlipText) -> str:
    """Return a slip as a text message: reference, by when, and the link."""
    with translation.override(slip.language):
        shown = slip.enquiry
        parts = [_("Residents’ Hubs: your reference is %(reference)s.") % {"reference": shown.reference}]
        parts += [_due(shown.due_on)] if shown.due_on else []
        parts.append(_("See how far it is: %(link)s") % {"link": slip.link})
        return _plain(" ".join(parts))


def _has_second_fact(enquiry: Enquiry) -> bool:
    return enquiry.resident is not None and bool(enquiry.resident.postcode or enquiry.resident.phone)


def _plain(text: str) -> str:
    """Return text without no-break spaces: one of them makes a text message hold half as much."""
    return text.replace("\u00a0", " ")


def _by_email(enquiry: Enquiry) -> WayOut:
    person = enquiry.resident
    if person is None:
        refused = "Nobody is named on this enquiry."
    elif not person.may_email:
        refused = "They asked us not to e-mail."
    elif not person.email:
        refused = "We have no e-mail address."
    else:
        refused = "" if notifications.EMAIL in notifications.working_ways() else "E-mail is not set up here."
    return WayOut(Way.EMAIL, "" if person is None or refused else person.email, refused)


def _by_text(enquiry: Enquiry) -> WayOut:
    person = enquiry.resident
    if person is None:
        refused = "Nobody is named on this enquiry."
    elif not person.may_text:
        refused = "They asked us not to send text messages."
    elif not person.phone:
        refused = "We have no phone number."
    elif not phone_key(person.phone).startswith(_MOBILE):
        refused = "Their phone is not a mobile phone."
    else:
        works = notifications.TEXT in notifications.working_ways()
        refused = "" if works else "Text messages are not set up here."
    return WayOut(Way.SMS, "" if person is None or refused else person.phone, refused)


def _told(shown: Tracked) -> str:
    said = [
        f"{each.service.plain}: {each.text}" if each.service else str(each.text) for each in shown.answers
    ]
    return "\n".join([_("What we told you:"), *said])


def _acting(shown: Tracked) -> str:
    return _("Who acts: %(names)s") % {"names": ", ".join(name.plain for name in shown.acting)}


def _due(on: date) -> str:
    return _("You will hear from us by %(date)s.") % {"date": date_words(on)}
