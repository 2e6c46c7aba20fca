"""What staff type about a resident."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from enquiries.folding import phone_key
from enquiries.models import Resident
from enquiries.models.residents import Language
from hubs import postcodes
from hubs.forms import NOT_A_POSTCODE

from .enquiries import StepForm
from .from_internet import is_mailable
from .typed_text import TypedLine

FEWEST_DIGITS, MOST_DIGITS = 7, 15

_NO_FACTS = ("seen", "somebody_else")
_TYPED = ("name", "phone", "email", "address", "postcode")


class ResidentForm(StepForm):
    """A resident's record: small, and any one fact is enough."""

    name = TypedLine(label="Name", required=False, max_length=200)
    phone = TypedLine(label="Phone", required=False, max_length=40)
    email = TypedLine(label="E-mail", required=False, max_length=254)
    postcode = TypedLine(label="Postcode", required=False, max_length=20)
    address = TypedLine(label="Address, for letters", required=False, max_length=300)
    language = forms.ChoiceField(label="Language", choices=Language.choices, initial=Language.ENGLISH)
    needs = TypedLine(label="Access needs, such as an interpreter", required=False, max_length=500)
    may_phone = forms.BooleanField(label="Safe to phone", required=False, initial=True)
    may_text = forms.BooleanField(label="Safe to send a text message", required=False, initial=True)
    may_email = forms.BooleanField(label="Safe to e-mail", required=False, initial=True)
    may_post = forms.BooleanField(label="Safe to send a letter", required=False, initial=True)
    contact_note = TypedLine(
        label="How else to be safe, such as not before 14:00", required=False, max_length=200
    )
    somebody_else = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_phone(self) -> str:
        """Return the number as typed; it must have as many digits as a phone number."""
        phone = self.cleaned_data["phone"]
        if phone and not FEWEST_DIGITS <= len(phone_key(phone)) <= MOST_DIGITS:
            raise ValidationError("Enter a phone number like 07700 900123")
        return phone

    def clean_email(self) -> str:
        """Return the address; it must look like one."""
        email = self.cleaned_data["email"]
        if email and not is_mailable(email):
            raise ValidationError("Enter an e-mail address like name@example.com")
        return email

    def clean_postcode(self) -> str:
        """Return the postcode in its canonical shape."""
        try:
            return postcodes.normalise(self.cleaned_data["postcode"])
        except postcodes.NotAPostcode as unreadable:
            if unreadable.reason is postcodes.Reason.EMPTY:
                return ""
            raise ValidationError(NOT_A_POSTCODE[unreadable.reason]) from unreadable

    def clean(self) -> dict[str, Any]:
        """Check that there is something to know the resident by."""
        found = super().clean() or {}
        if not self.errors and not any(found.get(name) for name in _TYPED):
            self.add_error("name", "Enter a name or a way to reach them")
        return found

    def facts(self) -> dict[str, Any]:
        """Return what `actions.add_resident` and `change_resident` take. The form must be valid."""
        return {name: value for name, value in self.cleaned_data.items() if name not in _NO_FACTS}

    def says_somebody_else(self, known: Iterable[Resident]) -> bool:
        """Tell whether the officer saw each of `known` and said that this is another person."""
        said = set(self.cleaned_data["somebody_else"].split())
        return all(f"{resident.pk}" in said for resident in known)

    @classmethod
    def of(cls, resident: Resident) -> dict[str, Any]:
        """Return a record's facts as the form starts with them."""
        names = [name for name in cls.base_fields if name not in _NO_FACTS]
        return {name: getattr(resident, name) for name in names}


class MergeForm(forms.Form):
    """The other record of the same person."""

    def __init__(self, *args: Any, residents: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["other"] = forms.ModelChoiceField(
            residents,
            widget=forms.HiddenInput,
            error_messages={
                "invalid_choice": "That record is not there any more",
                "required": "Choose a record",
            },
        )


class RecordViewsForm(forms.Form):
    """Whose looks at records to show; both may be left out."""

    who = TypedLine(label="Sign-in name", required=False, max_length=150)
    resident = forms.IntegerField(
        label="Record number", required=False, min_value=1, max_value=2**53, widget=forms.TextInput
    )
