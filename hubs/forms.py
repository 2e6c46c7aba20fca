"""What residents type into the public pages."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from hubs import postcodes
from hubs.bilingual import LocalText
from hubs.models import Topic

NOT_A_POSTCODE = {
    postcodes.Reason.EMPTY: _("Enter your postcode."),
    postcodes.Reason.TOO_LONG: _("That is too long for a postcode. Enter one like E14 3HG."),
    postcodes.Reason.OUTCODE_ONLY: _("Enter your whole postcode, like E14 3HG."),
    postcodes.Reason.SHAPE: _("That is not a postcode. Enter one like E14 3HG."),
}
"""What is wrong with a text that is no postcode, in words for the person who typed it."""


class TopicSelect(forms.Select):
    """A list to choose from whose options say so where they are not in the page's language (WCAG 3.1.2)."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return one option; the markup a `LocalText` brings for the same end has no place inside it."""
        if not isinstance(label, LocalText):
            return super().create_option(name, value, label, *args, **kwargs)
        option = super().create_option(name, value, label.plain, *args, **kwargs)
        if label.is_foreign:
            option["attrs"]["lang"] = label.lang
        return option


class FinderForm(forms.Form):
    """A postcode, and a topic if the resident knows what it is about."""

    postcode = forms.CharField(
        label=_("Your postcode"),
        help_text=_("For example, E14 3HG. We do not keep it."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false", "size": 10}),
    )
    topic = forms.ChoiceField(label=_("What is it about?"), required=False)

    def __init__(self, data: Any = None, *, topics: list[Topic]) -> None:
        self.topic_asked: str = data.get("topic", "") if data else ""
        # Somebody who has only chosen a topic was not asked for a postcode yet: nothing is wrong so far.
        asked = data if data and "postcode" in data else None
        super().__init__(asked, initial={"topic": self.topic_asked})
        self.topics = {topic.slug: topic for topic in topics}
        # Names keep their language: templates/hubs/_finder.html writes the options out with it.
        choices = [("", _("Anything"))] + [(topic.slug, topic.name) for topic in topics]
        self.fields["topic"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("postcode", "topic")

    def clean_postcode(self) -> str:
        """Return the postcode in its one canonical shape, "E14 3HG"."""
        try:
            return postcodes.normalise(self.cleaned_data["postcode"])
        except postcodes.NotAPostcode as unreadable:
            raise forms.ValidationError(NOT_A_POSTCODE[unreadable.reason], code="postcode") from unreadable

    @property
    def topic_chosen(self) -> Topic | None:
        """The topic asked for, where it is one we have, even when the postcode is wrong."""
        return self.topics.get(self.topic_asked)


class LocationForm(forms.Form):
    """Where a resident's device says it is, in degrees."""

    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)
    topic = forms.SlugField(required=False, max_length=40)
