"""What residents type to book, look up, move or wait for an appointment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from enquiries.forms.from_internet import (
    SAFE_WAYS,
    FieldsInCommon,
    FormFromInternet,
    Row,
    canonical_postcode,
    email_fault,
    phone_fault,
    safety_facts,
)
from enquiries.forms.online import TrackForm
from enquiries.forms.typed_text import TypedLine, TypedText
from enquiries.models.residents import Language
from hubs.models import Topic

_CONTACTS = ("phone", "email", "postcode")
_LONGEST_ID = 15
"""Digits: no slot will have a longer id, and every database takes it."""

SWITCHES = ("switch", "switch-checked")
"""What the button of the other language sends as `step`; the second where the whole form was valid."""


def sent_here(post: Any) -> Any:
    """Return what was sent to a page, as it counts in that page's language.

    Of somebody who comes from the same page in the other language, that language as the one to use with them
    was most likely never chosen: it follows. Any other stays.
    """
    here = get_language()
    pages = {code for code, _name in settings.LANGUAGES}
    if post.get("step") not in SWITCHES or post.get("language") not in pages - {here}:
        return post
    followed = post.copy()
    followed["language"] = here
    return followed


class ContactForm(FormFromInternet):
    """Who comes, and how they can be reached: a name and any one of phone, e-mail and postcode."""

    name = TypedLine(
        label=_("Your name"),
        help_text=_("So that we can call you when it is your turn."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": _("Enter your name."),
            "max_length": _("That is too long for a name. Make it 200 characters or fewer."),
        },
    )
    phone = TypedLine(
        label=_("Your phone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"max_length": _("That is too long for a phone number.")},
    )
    email = TypedLine(
        label=_("Your e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"max_length": _("That is too long for an e-mail address.")},
    )
    postcode = forms.CharField(
        label=_("Your postcode"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=_("Which language should we use with you?"),
        choices=Language.choices,
        error_messages={"required": _("Choose a language.")},
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

    def __init__(self, data: Any = None, *, topic: Topic, **options: Any) -> None:
        super().__init__(data, **options)
        self.topic = topic

    def clean_phone(self) -> str:
        """Return the number as typed; it must have as many digits as a phone number."""
        return self._sound("phone", phone_fault)

    def clean_email(self) -> str:
        """Return the address; it must look like one."""
        return self._sound("email", email_fault)

    def clean_postcode(self) -> str:
        """Return the postcode in its canonical shape, or "" where none was given."""
        return canonical_postcode(self.cleaned_data["postcode"])

    def clean(self) -> dict[str, Any]:
        """Check that somebody can be reached, and that a person filled this in."""
        if not any(self.cleaned_data.get(each) or each in self.errors for each in _CONTACTS):
            self.add_error("phone", self.unreachable())
        if not self.topic.sensitive:
            self.cleaned_data |= {"safe": [], "contact_note": ""}
        self.clean_sender()
        return self.cleaned_data

    def unreachable(self) -> Any:
        """Say what is missing where no way to reach somebody was given."""
        return _("Enter a phone number, an e-mail address or your postcode. One is enough.")

    def about_resident(self) -> dict[str, object]:
        """Return the facts of the resident in a valid form, as the actions take them."""
        answers = self.cleaned_data
        about = {name: answers[name] for name in ("name", *_CONTACTS)}
        if self.topic.sensitive:
            about |= safety_facts(answers["safe"], answers["contact_note"])
        return about

    @classmethod
    def typed(cls, post: Any) -> dict[str, Any]:
        """Return what was typed so far, right or wrong, for a form to start with."""
        typed: dict[str, Any] = {name: post[name] for name in cls.base_fields if name in post}
        if "safe" in post:
            typed["safe"] = post.getlist("safe")
        return {"language": get_language()} | typed | {"website": ""}

    @classmethod
    def carried_as_typed(cls, post: Any) -> list[tuple[str, str]]:
        """Return the same as names and values of hidden fields, for a page between two of the form's."""
        return [(name, each) for name in cls.base_fields for each in post.getlist(name) if each]

    def _sound(self, name: str, fault_in: Any) -> str:
        typed = self.cleaned_data[name]
        fault = fault_in(typed) if typed else None
        if fault:
            raise forms.ValidationError(fault)
        return typed


class BookForm(ContactForm):
    """The details of a booking. The time itself is not typed: the page holds it."""

    interpreter = forms.BooleanField(label=_("I need an interpreter"), required=False)
    needs = TypedLine(
        label=_("Is there anything you need to come in or to talk with us?"),
        help_text=_("For example: a step-free way in, a hearing loop, a quiet room. You may leave this out."),
        required=False,
        max_length=300,
        error_messages={"max_length": _("That is too long. Make it 300 characters or fewer.")},
    )
    words = TypedText(
        label=_("What would you like to talk about?"),
        help_text=_("A few words help us to prepare. You may leave this out. Leave out bank details."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("That is too long. Make it 2,000 characters or fewer.")},
    )

    field_order = (
        *("name", "phone", "email", "postcode", "safe", "contact_note"),
        *("language", "interpreter", "needs", "words"),
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing is typed yet: the questions then look the same to everybody in one language."""
        typed = {name: value for name, value in self.initial.items() if name != "stamp" and value}
        return not self.is_bound and typed == {"language": get_language()}

    def rows(self) -> Iterator[Row]:
        """Yield the answers of a valid form as they are shown for checking."""
        answers = self.cleaned_data
        chosen: dict[str, Any] = {"language": dict(Language.choices)[answers["language"]]}
        if answers["interpreter"]:
            chosen["interpreter"] = _("Yes, please")
        if self.topic.sensitive:
            ways = [label for way, label in SAFE_WAYS if way in answers["safe"]]
            chosen["safe"] = ", ".join(map(str, ways)) or _("None of these")
        for name in self.fields:
            shown = chosen.get(name, "" if name in ("website", "stamp", "safe") else answers[name])
            if shown:
                yield Row(str(self.fields[name].label), shown, f"id_{name}")

    def facts(self) -> dict[str, Any]:
        """Return what `actions.book` is told by a valid form, with the facts of the resident."""
        answers = self.cleaned_data
        told = {name: answers[name] for name in ("language", "interpreter", "needs", "words")}
        return told | self.about_resident()


BookForm.base_fields = FieldsInCommon(BookForm.base_fields)


class WishForm(ContactForm):
    """Somebody who waits for a time to become free; they must be reachable quickly."""

    weeks = forms.ChoiceField(
        label=_("How far ahead may it be?"),
        choices=[
            ("1", _("In the next week")),
            ("2", _("In the next 2 weeks")),
            ("4", _("In the next 4 weeks")),
            ("8", _("In the next 8 weeks")),
        ],
        initial="4",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how far ahead it may be.")},
    )
    interpreter = BookForm.base_fields["interpreter"]
    needs = BookForm.base_fields["needs"]

    field_order = (
        *("name", "phone", "email", "safe", "contact_note"),
        *("weeks", "language", "interpreter", "needs"),
    )

    def clean(self) -> dict[str, Any]:
        """Check as for a booking, and that we can call or write at once."""
        if not any(self.cleaned_data.get(each) or each in self.errors for each in ("phone", "email")):
            self.add_error("phone", self.unreachable())
        return super().clean()

    def unreachable(self) -> Any:
        """Say what is missing: a postcode cannot be told that a time is free."""
        return _("Enter a phone number or an e-mail address, so that we can tell you.")

    def wish(self, today: date) -> dict[str, Any]:
        """Return what `actions.join_waiting_list` is told by a valid form on the London date `today`."""
        answers = self.cleaned_data
        until = today + timedelta(weeks=int(answers["weeks"]))
        told = {"token": self.next_stamp.token, "from_on": today, "to_on": until}
        told |= {name: answers[name] for name in ("language", "interpreter", "needs")}
        return told | self.about_resident()


@dataclass(frozen=True)
class ChosenTime:
    """What a button of the page of times sends: what it is about, and the slot by its id."""

    topic: str
    slot: int

    @classmethod
    def read(cls, post: Any) -> ChosenTime | None:
        """Return what was chosen, or None where that is not the id of any slot there can be."""
        typed = post.get("slot", "")
        if not (typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_ID):
            return None
        return cls(post.get("topic", ""), int(typed))


class MoveForm(forms.Form):
    """The time to which an appointment is moved, one of those on the page."""

    slot = forms.ChoiceField(
        label=_("Which time suits you?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a time."),
            "invalid_choice": _("This time is no longer free. Choose another."),
        },
    )

    def __init__(self, data: Any = None, *, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["slot"].choices = choices  # type: ignore[attr-defined]


class ManageForm(TrackForm):
    """The reference of an appointment and a second fact that only its resident knows."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["second_fact"].help_text = _("The one you gave us when you booked.")
