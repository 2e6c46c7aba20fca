"""What is asked of a report: months, hub, topic and channel; and why rows about people are taken out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from enquiries.models import Enquiry
from hubs.models import Hub, Topic

from .models import ExportLog
from .months import Month
from .rows import NO_HUB


class AskForm(forms.Form):
    """The months and the scope of a report, in an address."""

    first = forms.ChoiceField(label="From")
    last = forms.ChoiceField(label="To", required=False)
    hub = forms.ChoiceField(label="Hub", required=False)
    topic = forms.ChoiceField(label="Topic", required=False)
    channel = forms.ChoiceField(
        label="Channel", required=False, choices=[("", "All channels"), *Enquiry.Channel.choices]
    )

    def __init__(
        self,
        *args: Any,
        months: Iterable[Month],
        hubs: Iterable[Hub],
        topics: Iterable[Topic],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        for name in ("first", "last"):
            self._offer(name, [(str(each), each.words) for each in months])
        named = [(each.slug, each.name_en) for each in hubs]
        self._offer("hub", [("", "All hubs"), *named, (NO_HUB, "Online, no hub")])
        self._offer("topic", [("", "All topics"), *((each.slug, each.name_en) for each in topics)])

    def months(self) -> tuple[Month, Month]:
        """Return the first and the last month, however they were chosen. The form must be valid."""
        first = Month.parse(self.cleaned_data["first"])
        last = Month.parse(self.cleaned_data["last"] or self.cleaned_data["first"])
        return min(first, last), max(first, last)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]


class ExportForm(forms.Form):
    """Whether rows leave with columns about people, why, and as what kind of file."""

    personal = forms.TypedChoiceField(
        label="What goes into the file?",
        choices=[
            ("no", "No names, contacts or stories"),
            ("yes", "Also reference, name, phone, e-mail, postcode and story"),
        ],
        coerce=lambda answer: answer == "yes",
        initial="no",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what goes into the file"},
    )
    format = forms.ChoiceField(
        label="Which kind of file?",
        choices=[("csv", "CSV, for any number of rows"), ("xlsx", "Excel")],
        initial="csv",
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Why do you need names and stories?",
        help_text="Only if you chose them. It is kept with your name, the time and the number of rows.",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_format(self) -> str:
        """Return the kind of file; CSV where none was chosen."""
        return self.cleaned_data["format"] or ExportLog.Format.CSV


class SignOffForm(forms.Form):
    """What readers of a signed-off month should know."""

    note = forms.CharField(
        label="Note for readers (optional)",
        help_text="For example: Bow was closed for a week.",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
