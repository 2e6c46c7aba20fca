"""What staff type about an enquiry that is open already."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from enquiries.lookups import Lookups
from enquiries.models import Enquiry, Outcome, Slip

from .desk_choices import RowField
from .typed_text import TypedLine, TypedText

Group = Outcome.Group

NOTE_LENGTH = 2000
SENTENCE_LENGTH = 1000
REASON_LENGTH = 500


def lines(label: str, limit: int, rows: int = 3, **options: Any) -> TypedText:
    """Return a field for words of several lines that counts towards its limit."""
    return TypedText(label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **options)


class SearchForm(forms.Form):
    """What to look for; blank looks for nothing."""

    q = TypedLine(label="Search", required=False, max_length=200)


class StepForm(forms.Form):
    """One thing that is done to an enquiry. `seen` is the last event that the officer saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**53)

    def typed(self) -> list[tuple[str, str]]:
        """Return the words that were typed, with their labels, to show where they could not be saved."""
        words = [field for field in self if isinstance(field.field, forms.CharField)]
        return [(str(field.label), str(field.value())) for field in words if field.value()]


class NoteForm(StepForm):
    """A note for colleagues, which the resident never sees."""

    note = lines("Note for colleagues", NOTE_LENGTH, error_messages={"required": "Write the note"})


class AnswerForm(StepForm):
    """What was agreed or answered, and by when the resident hears more."""

    sentence = lines(
        "What was agreed or answered, for the resident",
        SENTENCE_LENGTH,
        error_messages={"required": "Write what was agreed or answered"},
    )
    due_on = forms.DateField(
        label="They hear more by",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a date like 2026-11-26"},
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self._today = today

    def clean_due_on(self) -> date | None:
        """Return the date; nobody can be promised to hear in the past or in more than a year."""
        due_on = self.cleaned_data["due_on"]
        if due_on and not 0 <= (due_on - self._today).days <= 366:
            raise forms.ValidationError("Choose a day from today to a year from now")
        return due_on


class CloseForm(StepForm):
    """How an enquiry ended, and why somebody had to come."""

    agreed = lines("What was agreed or answered, for the resident", SENTENCE_LENGTH, required=False)

    def __init__(self, *args: Any, lookups: Lookups, **options: Any) -> None:
        super().__init__(*args, **options)
        # Those of the desk have a key. Only a service can end what was referred, on the referral.
        outcomes = [
            each for each in lookups.outcomes if each.key and each.group not in (Group.REFERRED, Group.LEFT)
        ]
        self.fields["outcome"] = RowField(
            outcomes,
            label="How did it end?",
            error_messages={"required": "Choose how it ended"},
        )
        self.fields["cause"] = RowField(
            lookups.causes, empty="Not asked", label="Why did they have to come?", required=False
        )
        self.order_fields(["outcome", "cause", "agreed", "seen"])

    def clean(self) -> dict[str, Any]:
        """Check that whoever could not be helped is told why."""
        found = super().clean() or {}
        outcome = found.get("outcome")
        if outcome and outcome.group == Group.COULD_NOT_HELP and not found.get("agreed"):
            self.add_error("agreed", "Say why the hub could not help")
        return found


class ReopenForm(StepForm):
    """Why a closed enquiry is opened again."""

    note = lines(
        "Why is it opened again?",
        NOTE_LENGTH,
        rows=2,
        error_messages={"required": "Say why it is opened again"},
    )


class TopicForm(StepForm):
    """The topic that an enquiry is really about."""

    def __init__(self, *args: Any, lookups: Lookups, enquiry: Enquiry, **options: Any) -> None:
        super().__init__(*args, **options)
        others = [each for each in lookups.topics if each.pk != enquiry.topic_id]
        self.fields["topic"] = RowField(
            others,
            empty="Choose",
            label="It is really about",
            error_messages={"required": "Choose the topic"},
        )


class NameForm(StepForm):
    """The resident whom an anonymous enquiry belongs to, out of those whom the officer may see."""

    def __init__(self, *args: Any, residents: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["resident"] = forms.ModelChoiceField(
            residents,
            widget=forms.HiddenInput,
            error_messages={"invalid_choice": "That record is not there any more. Find the resident again."},
        )


class SlipForm(forms.Form):
    """How to give a slip, and in which language."""

    way = forms.ChoiceField(
        choices=Slip.Way.choices, error_messages={"required": "Choose how to give the slip"}
    )
    language = forms.ChoiceField(choices=[("en", "English"), ("bn", "Bengali")])
