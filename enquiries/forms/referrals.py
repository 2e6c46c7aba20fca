"""What staff type about a referral: what a service must know, and what the service does with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from enquiries.lookups import Lookups
from enquiries.models import Outcome, ServiceQuestion

from .desk_choices import RowField
from .enquiries import REASON_LENGTH, StepForm, lines

Group = Outcome.Group

STORY_LENGTH = 5000
ANSWER_LENGTH = 500


class ReferForm(StepForm):
    """The story, the service's questions, and the resident's consent."""

    story = lines(
        "The story, as the service will read it",
        STORY_LENGTH,
        rows=6,
        error_messages={"required": "Write what happened and what they need"},
    )
    consent = forms.BooleanField(
        label="I read these words to them, and they agreed",
        error_messages={"required": "Tick that they agreed. Without it nothing can be shared"},
    )

    def __init__(self, *args: Any, questions: Sequence[ServiceQuestion], **options: Any) -> None:
        super().__init__(*args, **options)
        self._questions = questions
        for each in questions:
            self.fields[self._name(each)] = lines(
                each.text_en if each.required else f"{each.text_en} (if known)",
                ANSWER_LENGTH,
                rows=2,
                required=each.required,
                error_messages={"required": f"The service cannot act without this: {each.text_en}"},
            )
        self.order_fields(["story", *map(self._name, questions), "consent", "seen"])

    def question_fields(self) -> list[forms.BoundField]:
        """The fields of the service's questions."""
        return [self[self._name(each)] for each in self._questions]

    def answers(self) -> dict[int, str]:
        """Return the answers by the id of the question. The form must be valid."""
        return {each.pk: self.cleaned_data[self._name(each)] for each in self._questions}

    def ask_for(self, questions: Sequence[int]) -> None:
        """Say which of the service's questions, by their ids, are still to be answered."""
        for each in self._questions:
            if each.pk in questions:
                self.add_error(self._name(each), f"The service cannot act without this: {each.text_en}")
        if not set(questions) <= {each.pk for each in self._questions}:
            self.add_error(None, "The service has a new question. Choose it again to see the question")

    @staticmethod
    def _name(question: ServiceQuestion) -> str:
        return f"question_{question.pk}"


class AcceptForm(StepForm):
    """Whether the service had what it needed: the told-once rate."""

    had_all = forms.TypedChoiceField(
        label="Did you have what you needed?",
        choices=[("yes", "Yes, nobody has to ask them again"), ("no", "No, I have to ask them something")],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you had what you needed"},
    )


class ReturnForm(StepForm):
    """Why a service gives a referral back to the desk."""

    reason = lines(
        "Why does it go back to the desk?",
        REASON_LENGTH,
        error_messages={"required": "Say why, so that the desk knows what to do next"},
    )


class FinishForm(StepForm):
    """How a referral ended, and the sentence that the resident reads."""

    def __init__(self, *args: Any, lookups: Lookups, **options: Any) -> None:
        super().__init__(*args, **options)
        # Those that are no desk's, which have no key, first; and nobody finishes by referring or by leaving.
        own = [each for each in lookups.outcomes if not each.key and each.group != Group.LEFT]
        more = [
            each for each in lookups.outcomes if each.key and each.group not in (Group.REFERRED, Group.LEFT)
        ]
        self.fields["outcome"] = RowField(
            [*own, *more],
            label="How did it end?",
            error_messages={"required": "Choose how it ended"},
        )
        self.fields["sentence"] = lines(
            "One plain sentence for the resident",
            REASON_LENGTH,
            error_messages={"required": "Write the sentence: it is all that the resident will read"},
        )
