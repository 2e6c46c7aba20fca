"""What every public form asks whose sender wants an answer: how to answer, and in which language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enquiries.models import Enquiry
from enquiries.models.residents import Language

from .from_internet import FormFromInternet, Row, canonical_postcode, email_fault, phone_fault
from .typed_text import TypedLine, TypedText

ReplyBy = Enquiry.ReplyBy

CONTACT_NEEDED = {ReplyBy.EMAIL: "email", ReplyBy.PHONE: "phone", ReplyBy.POST: "address"}
"""The one contact that each way of answering needs; others are not kept, even if they were typed."""

REPLY_WAYS = [
    (ReplyBy.EMAIL, _("E-mail")),
    (ReplyBy.PHONE, _("Phone")),
    (ReplyBy.POST, _("Post")),
]


class AnsweredForm(FormFromInternet):
    """How to answer somebody, and that a person filled the form in; each form adds what it is about."""

    reply_by = forms.ChoiceField(
        label=_("How should we answer?"),
        choices=REPLY_WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we should answer.")},
    )
    email = TypedLine(
        label=_("Your e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"max_length": _("That is too long for an e-mail address.")},
    )
    phone = TypedLine(
        label=_("Your phone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"max_length": _("That is too long for a phone number.")},
    )
    address = TypedText(
        label=_("Your address"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        error_messages={"max_length": _("That is too long for an address. Make it 300 characters or fewer.")},
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
    UNSEEN: frozenset[str] = frozenset({"website", "stamp"})
    """Fields that are not shown for checking as they were typed."""

    def clean_postcode(self) -> str:
        """Return the postcode in its canonical shape, or "" where none was given."""
        return canonical_postcode(self.cleaned_data["postcode"])

    def clean(self) -> dict[str, Any]:
        """Check what depends on the way of answering, and that a person filled this in."""
        self._clean_contact(self.cleaned_data.get("reply_by"))
        self._clean_more()
        self.clean_sender()
        return self.cleaned_data

    def _clean_more(self) -> None:
        """Check what else one field says of another."""

    def _clean_contact(self, way: str | None) -> None:
        wanted = CONTACT_NEEDED.get(way)  # type: ignore[call-overload]
        for name in CONTACT_NEEDED.values():
            if name != wanted:
                self.errors.pop(name, None)
                self.cleaned_data[name] = ""
        if wanted and wanted not in self.errors:
            fault = _contact_fault(wanted, self.cleaned_data[wanted])
            if fault:
                self.add_error(wanted, fault)
        if wanted == "address" and not self.cleaned_data.get("postcode") and "postcode" not in self.errors:
            self.add_error("postcode", _("Enter the postcode of your address."))

    def reply_ways(self) -> Iterator[tuple[Any, Any]]:
        """Yield each way of answering as its radio button, with the field of the contact it needs or None."""
        for radio in self["reply_by"]:
            needed = CONTACT_NEEDED.get(radio.data["value"])
            yield radio, self[needed] if needed else None

    def chosen(self) -> dict[str, Any]:
        """Return, by field, how the answers of a valid form read that were chosen from a list."""
        return {
            name: dict(self.fields[name].choices)[self.cleaned_data[name]]  # type: ignore[attr-defined]
            for name in ("reply_by", "language")
        }

    def rows(self) -> Iterator[Row]:
        """Yield the answers of a valid form as they are shown for checking."""
        chosen = self.chosen()
        for name in self.fields:
            shown = chosen.get(name, "" if name in self.UNSEEN else self.cleaned_data[name])
            if shown:
                yield Row(str(self.fields[name].label), shown, f"id_{name}")


def _contact_fault(name: str, value: str) -> Any:
    """Return what is wrong with a contact, or None."""
    if name == "email":
        return email_fault(value)
    if name == "phone":
        return phone_fault(value)
    if not value:
        return _("Enter your address.")
    return None
