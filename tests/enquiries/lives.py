"""A resident whose every field holds a word of its own, and how to look for such words."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, TextField

from enquiries import actions
from enquiries.actions.desk import Raised
from enquiries.models import Enquiry, Feedback, Resident

CANARY = "zqxvkj"
"""Begins every word that only the resident's own story holds; nothing else in the portal contains it.

Six letters, because three come up by chance in one of 1,500 random keys of a session.
"""

PHONE, POSTCODE = "07700 900555", "E14 3HG"


def word(name: str) -> str:
    """Return the word that stands for one fact: "zqxvkjname"."""
    return f"{CANARY}{name}"


def live(*, at: datetime, people, hubs, topics, outcomes, service, name: str = "name") -> Resident:
    """Let somebody come, be referred, answered and asked, with every text field filled; all is closed after.

    The enquiries: one at a visit, referred and finished; one returned by the service and closed at the desk.
    """
    desk, officer = people["desk"], people["officer"]
    resident = actions.add_resident(
        by=desk,
        at=at,
        name=word(name),
        phone=PHONE,
        email=f"{word('email')}@example.org",
        address=word("address"),
        postcode=POSTCODE,
        language="bn",
        needs=word("needs"),
        contact_note=word("contact"),
        may_phone=False,
    )
    visit = {
        "kind": "urgent",
        "urgent_reason": word("urgent"),
        "on_behalf_of": word("behalf"),
        "needs": word("visitneeds"),
        "language": "bn",
        "resident": resident,
        "token": uuid.uuid4(),
        "hub": hubs["bow"],
        "by": desk,
        "at": at,
    }
    raised = [Raised(topics["housing"], words=word("words")), Raised(topics["benefits"], words=word("more"))]
    first, second = actions.log_visit(raised=raised, **visit).enquiries
    later: Any = {"by": officer, "at": at + timedelta(hours=1)}
    referral = _refer(first, service, desk, at)
    actions.accept(referral=referral, had_all=True, **later)
    actions.finish(referral=referral, outcome=outcomes["resolved"], sentence=word("sentence"), **later)
    actions.return_to_desk(referral=_refer(second, service, desk, at), reason=word("returned"), **later)
    actions.add_note(enquiry=second, note=word("note"), by=desk, at=at)
    actions.answer(enquiry=second, sentence=word("answered"), by=desk, at=at)
    actions.close(enquiry=second, outcome=outcomes["resolved"], agreed=word("agreed"), by=desk, at=at)
    actions.reopen(enquiry=second, note=word("reopened"), by=desk, at=at)
    actions.close(enquiry=second, outcome=outcomes["resolved"], by=desk, at=at)
    actions.give_slip(enquiry=first, way="print", language="en", by=desk, at=at)
    actions.give_feedback(enquiry=first, answer=Feedback.Answer.YES, comment=word("comment"), at=at)
    actions.note_view(resident=resident, page="resident", by=desk, at=at)
    return resident


def _refer(enquiry: Enquiry, service, by, at: datetime):
    answers = {each.pk: word("answer") for each in service.questions.all()}
    consent = "I agree that you share this with Housing."
    return actions.refer(
        enquiry=enquiry, service=service, answers=answers, consent_wording=consent, by=by, at=at
    )


def traces(*words: str) -> dict[str, set[str]]:
    """Return where in the database any of these words stands, by column; all canaries where none is given."""
    found: dict[str, set[str]] = {}
    looked_for = [each.casefold() for each in words or (CANARY,)]
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if not isinstance(field, CharField | TextField | JSONField):
                continue
            for value in model._base_manager.values_list(field.name, flat=True):
                if any(each in str(value).casefold() for each in looked_for):
                    found.setdefault(f"{model._meta.label}.{field.name}", set()).add(str(value))
    return found
