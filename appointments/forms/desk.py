"""What staff type to book for somebody, at the desk or on the phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from appointments.models import Booking, Slot
from appointments.wording import clock_words, when_words
from enquiries import form_tokens
from enquiries.forms.desk_choices import RowField, Tile
from enquiries.forms.residents import ResidentForm
from enquiries.forms.typed_text import TypedLine, TypedText
from enquiries.models import Resident
from enquiries.models.residents import Language
from hubs.models import Hub, Topic
from hubs.wording import date_words

Channel = Booking.Channel

MOST_NEEDS = Booking._meta.get_field("needs").max_length


def from_day() -> forms.DateField:
    """Return a field for the London date from which on to look for a time; "from" is no name in Python."""
    return forms.DateField(
        label="From",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Choose a date"},
    )


class LookForm(forms.Form):
    """About what, where and from which day on to look for a time."""

    def __init__(self, data: Any = None, *, topics: Sequence[Topic], hubs: Sequence[Hub]) -> None:
        super().__init__(data)
        self.fields["topic"] = RowField(
            topics, empty="Choose a topic", label="Topic", error_messages={"required": "Choose a topic"}
        )
        self.fields["hub"] = RowField(hubs, empty="Choose a hub", label="Hub", required=False)
        if hubs:
            # The first is meant where none is chosen: then the box must say so.
            box = self.fields["hub"].widget
            box.choices = box.choices[1:]  # type: ignore[attr-defined]
        self.fields["from"] = from_day()


class SlotField(forms.ChoiceField):
    """A choice among slots that are at hand; gives the slot."""

    def __init__(self, slots: Sequence[Slot], **options: Any) -> None:
        self.slots = {str(slot.pk): slot for slot in slots}
        choices = [(pk, when_words(slot.starts_at)) for pk, slot in self.slots.items()]
        gone = {"required": "Choose a time", "invalid_choice": "This time is no longer free. Choose another"}
        super().__init__(choices=choices, error_messages=gone, **options)

    def clean(self, value: Any) -> Slot | None:
        """Return the slot."""
        return self.slots.get(super().clean(value))


class BookForSomebodyForm(ResidentForm):
    """A booking made for somebody: the time, what they need, and who they are unless a record was chosen."""

    def __init__(
        self,
        data: Any = None,
        *,
        slots: Sequence[Slot],
        owner: str,
        known: Resident | None = None,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        start: dict[str, Any] = {"token": form_tokens.mint(owner), "channel": Channel.PHONE}
        if typed is not None:
            # A box that is not ticked is not sent, and must not be ticked again.
            start |= dict.fromkeys(_TICKED, False) | dict(typed)
        if known is not None:
            start |= _told_before(known, start)
        super().__init__(data, initial=start)
        self._owner, self.known = owner, known
        self.fields["slot"] = SlotField(slots, label="Time", widget=forms.RadioSelect)
        self.fields["channel"] = forms.ChoiceField(
            label="How did they ask?",
            choices=[(Channel.PHONE, "By phone"), (Channel.DESK, "At the desk")],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose how they asked"},
        )
        self.fields["interpreter"] = forms.BooleanField(label="Needs an interpreter", required=False)
        self.fields["needs"] = TypedLine(label="Access needs", required=False, max_length=MOST_NEEDS)
        self.fields["words"] = TypedText(
            label="What it is about, in their words",
            required=False,
            max_length=2_000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["no_contact"] = forms.BooleanField(
            label="They have no phone, e-mail or postcode to give", required=False
        )
        self.fields["token"] = forms.CharField(widget=forms.HiddenInput, max_length=500)
        if known is not None:
            for name in _OF_WHO_IT_IS:
                del self.fields[name]
        # As on the page: a fault of the whole form leads to its first field.
        self.order_fields(["slot"])

    def days(self) -> list[tuple[str, list[Tile]]]:
        """Return the times as tiles under their days."""
        chosen = self["slot"].value()
        days: dict[str, list[Tile]] = {}
        for number, (pk, slot) in enumerate(self.fields["slot"].slots.items()):  # type: ignore[attr-defined]
            tile = Tile(f"id_slot_{number}", pk, clock_words(slot.starts_at), "", pk == chosen)
            days.setdefault(date_words(slot.service_day), []).append(tile)
        return list(days.items())

    def clean(self) -> dict[str, Any]:
        """Check that somebody is named, and that the form was made for this officer."""
        found = forms.Form.clean(self) or {} if self.known else super().clean()
        if not (self.known or self.errors or found["no_contact"] or any(found[each] for each in _CONTACTS)):
            self.add_error(
                "phone", "Enter a phone number, e-mail address or postcode, or tick that there is none"
            )
        try:
            found["token"] = form_tokens.read(found.get("token", ""), self._owner)
        except form_tokens.ForeignToken:
            self.add_error(None, "This page was open for too long. Nothing is booked yet: save again")
        return found

    def booking(self) -> dict[str, Any]:
        """Return what `actions.book` is told by a valid form."""
        told = {name: self.cleaned_data[name] for name in _OF_THE_BOOKING}
        if self.known is not None:
            return told | {"resident": self.known}
        about = {name: value for name, value in self.facts().items() if name in _OF_THE_RESIDENT}
        return told | about


def _told_before(known: Resident, typed: Mapping[str, Any]) -> dict[str, str]:
    """Return what a record says they need, where nothing else was typed: nobody tells it twice."""
    told: dict[str, str] = {}
    if typed.get("language", Language.ENGLISH) == Language.ENGLISH:
        told["language"] = known.language
    if not typed.get("needs"):
        # A record has room for more than a booking.
        told["needs"] = known.needs[:MOST_NEEDS]
    return told


_TICKED = ("may_phone", "may_text", "may_email", "may_post", "interpreter", "no_contact")
_CONTACTS = ("phone", "email", "postcode")
_OF_THE_BOOKING = ("token", "slot", "channel", "language", "interpreter", "needs", "words")
_OF_THE_RESIDENT = (
    *("name", "phone", "email", "postcode", "address"),
    *("may_phone", "may_text", "may_email", "may_post", "contact_note"),
)
_OF_WHO_IT_IS = (*_OF_THE_RESIDENT, "no_contact")


class FromDayForm(forms.Form):
    """From which day on to look for another time."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["from"] = from_day()


class MoveBookingForm(forms.Form):
    """The time to which staff move a booking."""

    def __init__(self, data: Any = None, *, slots: Sequence[Slot]) -> None:
        super().__init__(data)
        self.fields["slot"] = SlotField(slots, label="Move to")
        # None is chosen beforehand: who presses too soon must not move somebody to the soonest time.
        self.fields["slot"].choices = [("", "Choose a time"), *self.fields["slot"].choices]  # type: ignore[attr-defined]
