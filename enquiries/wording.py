"""How an enquiry's way is told to its resident, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from enquiries.models import Enquiry
from enquiries.tracking import Stage

_STAGES = {
    Stage.WAITING: gettext_noop("We have it. Nobody has answered it yet."),
    Stage.IN_HAND: gettext_noop("We have answered, and we are still working on it."),
    Stage.WITH_SERVICE: gettext_noop("We have passed on your whole story. You need not tell it again."),
    Stage.CLOSED: gettext_noop("This is finished."),
}
_REPLIES = {
    Enquiry.ReplyBy.EMAIL: gettext_noop("We will write to the e-mail address that you gave us."),
    Enquiry.ReplyBy.PHONE: gettext_noop("We will call the phone number that you gave us."),
    Enquiry.ReplyBy.POST: gettext_noop("We will send a letter to the address that you gave us."),
    Enquiry.ReplyBy.COME_BACK: gettext_noop("Come back to a hub with your reference, or look here."),
}


def stage_words(stage: Stage) -> str:
    """Say how far an enquiry is: "This is finished."."""
    return gettext(_STAGES[stage])


def reply_words(reply_by: str) -> str:
    """Say how an online question will be answered; `reply_by` is one of `Enquiry.ReplyBy`."""
    return gettext(_REPLIES[Enquiry.ReplyBy(reply_by)])
