"""The fields of the desk's form, in the order in which the page asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from enquiries.forms.desk_choices import DeskChoices, RowField
from enquiries.lookups import Lookups
from enquiries.models import Visit
from enquiries.models.residents import Language
from hubs.models import Hub

from .typed_text import TypedAt, TypedLine, TypedText

Kind = Visit.Kind

MORE_TOPICS = (2, 3, 4)
"""A visit has one topic and up to three more."""

WAYS_OUT = (Kind.BOOKED, Kind.SIGNPOSTED, Kind.URGENT)
"""What a desk can do for somebody who came without the appointment that is needed."""

KIND_WORDS = {
    Kind.WALK_IN: "Nothing: no appointment is needed",
    Kind.BOOKED: "Book an appointment for them by phone",
    Kind.SIGNPOSTED: "Send them to a walk-in hub",
    Kind.URGENT: "Urgent: see them today",
}


@dataclass(frozen=True)
class DeskFields:
    """The fields at a hub. They are the same for everybody there, so they are made once: read only."""

    by_name: dict[str, forms.Field]
    left_empty: dict[str, Any]
    """What each field that may be left empty then gives."""


_made: tuple[Lookups | None, dict[tuple[int, str], DeskFields]] = (None, {})


def fields_for(desk: DeskChoices) -> DeskFields:
    """Return the fields at a hub."""
    global _made
    if _made[0] is not desk.lookups:
        _made = (desk.lookups, {})
    made, here = _made[1], (desk.hub.pk, desk.hub.access)
    if here not in made:
        fields = _decisions(desk) | _hidden() | _optional(desk)
        empty = {name: field.clean("") for name, field in fields.items() if not field.required}
        made[here] = DeskFields(fields, empty)
    return made[here]


def refusal(hub: Hub) -> str:
    """Say that nobody can walk in about this here, and what can be done instead."""
    return (
        f"{hub.name_en} takes this by appointment only: "
        "give an appointment, signpost, or say why it is urgent"
    )


def _decisions(desk: DeskChoices) -> dict[str, forms.Field]:
    kinds = (Kind.WALK_IN, *WAYS_OUT) if desk.hub.walk_in else WAYS_OUT
    return {
        "topic": RowField(
            desk.topics, label="What is it about?", error_messages={"required": "Choose what it is about"}
        ),
        "kind": forms.ChoiceField(
            label="What can be done?",
            choices=[(kind.value, KIND_WORDS[kind]) for kind in kinds],
            widget=forms.RadioSelect,
            required=False,
            error_messages={"invalid_choice": refusal(desk.hub)},
        ),
        "signposted_to": RowField(desk.walk_in_hubs, label="To which hub?", required=False),
        "urgent_reason": _text("Why it cannot wait, such as homeless tonight", 300),
        "outcome": RowField(desk.outcomes, label="What happened?", required=False),
    }


def _hidden() -> dict[str, forms.Field]:
    return {
        "token": forms.CharField(widget=forms.HiddenInput, max_length=500, required=False),
        "serial": forms.IntegerField(widget=forms.HiddenInput, required=False),
        "typed_at": TypedAt(widget=forms.HiddenInput, required=False),
        "resident": forms.IntegerField(widget=forms.HiddenInput, required=False),
    }


def _optional(desk: DeskChoices) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "words": TypedText(
            label="Their words: what happened, what they need",
            max_length=5000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
        "agreed": _text("What was agreed, or why the hub could not help", 1000),
        "cause": RowField(
            desk.lookups.causes, empty="Not asked", label="Why did they have to come?", required=False
        ),
        "language": forms.ChoiceField(
            label="Language", choices=[("", "Not asked"), *Language.choices], required=False
        ),
        "needs": _text("Access needs, such as an interpreter or a chair", 300),
        "on_behalf_of": _text("Here for somebody else: whom?", 100),
    }
    for number in MORE_TOPICS:
        fields |= {
            f"also_topic_{number}": RowField(desk.topics, empty="None", label="Also about", required=False),
            f"also_outcome_{number}": RowField(
                desk.outcomes, empty="Choose", label="What happened?", required=False
            ),
            f"also_words_{number}": _text("Their words", 5000),
        }
    fields["arrived_time"] = forms.TimeField(
        label="Time they came", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    fields["arrived_on"] = forms.DateField(
        label="Day, if not today",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    return fields


def _text(label: str, limit: int) -> TypedLine:
    return TypedLine(label=label, max_length=limit, required=False)
