"""What somebody types who complains about how their information was used, and what staff note."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .answered import AnsweredForm
from .enquiries import lines
from .typed_text import TypedLine, TypedText

LONGEST_COMPLAINT = 5_000
LONGEST_ANSWER = 2_000


class ComplaintForm(AnsweredForm):
    """What went wrong, who complains, and how to answer."""

    field_order = ["words", "name"]

    words = TypedText(
        label=_("What went wrong?"),
        help_text=_(
            "For example: we told somebody about you, we keep what is wrong, or you did not get your copy."
        ),
        max_length=LONGEST_COMPLAINT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Write what went wrong."),
            "max_length": _("Your complaint is too long. Make it 5,000 characters or fewer."),
        },
    )
    name = TypedLine(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": _("Enter your name."),
            "max_length": _("That is too long for a name. Make it 200 characters or fewer."),
        },
    )

    def typed(self) -> dict[str, str]:
        """Return what a valid form holds, as `actions.receive_complaint` takes it."""
        return {name: text for name, text in self.cleaned_data.items() if name not in self.UNSEEN}


class ComplaintAnswerForm(forms.Form):
    """What somebody was told."""

    answer = lines(
        "What they were told, in short",
        LONGEST_ANSWER,
        error_messages={"required": "Write what they were told"},
    )
