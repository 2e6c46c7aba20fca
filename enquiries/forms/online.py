"""What residents type into the public pages: a question, a reference to look up, how it went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _

from enquiries.models import Feedback
from enquiries.references import tidied
from hubs.forms import TopicSelect
from hubs.models import Topic

from .answered import REPLY_WAYS, AnsweredForm, ReplyBy
from .from_internet import SAFE_WAYS, safety_facts
from .typed_text import TypedLine, TypedText

LONGEST_QUESTION = 5_000


class AskForm(AnsweredForm):
    """A question, how to answer it, and what is needed to look it up again.

    `needs_safety` says, once valid, that the topic is sensitive and nobody was asked yet how it is safe to
    reach them.
    """

    field_order = ["topic", "words", "name"]
    UNSEEN = AnsweredForm.UNSEEN | {"safe", "safety_asked"}

    topic = forms.ChoiceField(
        label=_("What is it about?"),
        widget=TopicSelect,
        error_messages={"required": _("Choose what your question is about.")},
    )
    words = TypedText(
        label=_("Your question"),
        help_text=_("Write as you would say it. Leave out bank details and passwords."),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Write your question."),
            "max_length": _("Your question is too long. Make it 5,000 characters or fewer."),
        },
    )
    name = TypedLine(
        label=_("Your name, if you want to give it"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": _("That is too long for a name. Make it 200 characters or fewer.")},
    )
    safe = forms.MultipleChoiceField(
        label=_("How is it safe for us to reach you?"),
        help_text=_("Tick all that are safe. We will use no other way."),
        choices=SAFE_WAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    contact_note = TypedLine(
        label=_("What else should we know to be safe?"),
        help_text=_("For example: only in the morning, do not leave a message."),
        required=False,
        max_length=200,
        error_messages={"max_length": _("That is too long. Make it 200 characters or fewer.")},
    )
    safety_asked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, topics: list[Topic], at: datetime, **options: Any) -> None:
        super().__init__(data, at=at, **options)
        self.topics = {topic.slug: topic for topic in topics}
        choices = [("", _("Choose a topic"))] + [(topic.slug, topic.name) for topic in topics]
        self.fields["topic"].choices = choices  # type: ignore[attr-defined]
        come_back = (ReplyBy.COME_BACK, _("I will come back or look here"))
        self.fields["reply_by"].choices = [*REPLY_WAYS, come_back]  # type: ignore[attr-defined]
        self.fields["postcode"].help_text = _(
            "You can look your question up later with its reference and your postcode. You may leave this "
            "out if you give us a phone number, or keep the private link that we show you at the end."
        )

    @property
    def topic_chosen(self) -> Topic | None:
        """The topic chosen, where it is one we have, even when something else is wrong."""
        return self.topics.get(str(self["topic"].value() or ""))

    @property
    def is_sensitive(self) -> bool:
        """Whether the topic chosen is one that other people must not see."""
        return self.topic_chosen is not None and self.topic_chosen.sensitive

    @property
    def needs_safety(self) -> bool:
        """Whether the page must first ask how it is safe to reach somebody."""
        return self.is_sensitive and not self.cleaned_data["safety_asked"]

    def _clean_more(self) -> None:
        if self.is_sensitive and self.cleaned_data.get("safety_asked"):
            self._clean_safety(self.cleaned_data.get("reply_by"))
        else:
            self.cleaned_data |= {"safe": [], "contact_note": ""}

    def _clean_safety(self, way: str | None) -> None:
        named = {ReplyBy.EMAIL: "email", ReplyBy.PHONE: "phone", ReplyBy.POST: "post"}.get(way)  # type: ignore[call-overload]
        if named and named not in self.cleaned_data.get("safe", []):
            fault = _("You have not ticked the way you want us to answer. Tick it, or choose another way.")
            self.add_error("safe", fault)

    def chosen(self) -> dict[str, Any]:
        """Return, by field, how the answers of a valid form read that were chosen from a list."""
        answers = self.cleaned_data
        chosen = super().chosen() | {"topic": conditional_escape(self.topics[answers["topic"]].name)}
        if answers["safety_asked"] and self.is_sensitive:
            ways = [label for way, label in SAFE_WAYS if way in answers["safe"]]
            chosen["safe"] = ", ".join(map(str, ways)) or _("None of these")
        return chosen

    def about_resident(self) -> dict[str, object]:
        """Return the facts of the resident in a valid form, as `actions.ask` takes them."""
        answers = self.cleaned_data
        about = {name: answers[name] for name in ("name", "email", "phone", "address", "postcode")}
        if not self.is_sensitive:
            return about
        return about | safety_facts(answers["safe"], answers["contact_note"])


class TrackForm(forms.Form):
    """A reference and a second fact that only the resident knows."""

    reference = TypedLine(
        label=_("Your reference"),
        help_text=_("9 letters and digits, for example K7M-3PQ-X9T."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter your reference.")},
    )
    second_fact = TypedLine(
        label=_("Your postcode or your phone number"),
        help_text=_("The one you gave us when you asked."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter your postcode or your phone number.")},
    )

    def clean_reference(self) -> str:
        """Return the reference as it is kept; "" where it can be none, which is looked up all the same."""
        return tidied(self.cleaned_data["reference"])


class FeedbackForm(forms.Form):
    """One question, and room for more."""

    answer = forms.ChoiceField(
        label=_("Did we sort it out?"),
        choices=[
            (Feedback.Answer.YES, _("Yes")),
            (Feedback.Answer.PARTLY, _("Partly")),
            (Feedback.Answer.NO, _("No")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes, partly or no.")},
    )
    comment = TypedText(
        label=_("What could we have done better?"),
        help_text=_("You do not have to answer this. Leave out names and numbers."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("That is too long. Make it 2,000 characters or fewer.")},
    )
