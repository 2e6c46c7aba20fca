"""What forms that come from the internet have in common: a stamp, a trap for programs, answers to check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enquiries.folding import phone_key
from enquiries.stamps import Stamp
from enquiries.tracking import FEWEST_DIGITS
from hubs import postcodes
from hubs.forms import NOT_A_POSTCODE

MOST_DIGITS = 15
"""Digits in the longest phone number there is (ITU-T E.164)."""

SAFE_WAYS = [("phone", _("Phone")), ("text", _("Text message")), ("email", _("E-mail")), ("post", _("Post"))]
"""In which ways it can be safe to reach somebody; one that is not ticked is never used."""

_NOT_A_PERSON = _("A box that people do not see was filled in. Nothing is sent yet. Check it, then continue.")
_OPEN_TOO_LONG = _("This page was open for a long time. Nothing is sent yet. Check it, then continue.")
_TOO_QUICK = _("That was very quick. Nothing is sent yet. Check what you typed, then continue.")


@dataclass(frozen=True)
class Row:
    """One answer as it is shown for checking, and the id of the field to change it in."""

    label: str
    value: object
    field: str


class FieldsInCommon(dict[str, forms.Field]):
    """The fields of a form of which none is ever changed: every such form has the same ones.

    Django copies each field, with its widget and its choices, for every form that is made, which costs more
    than to check all that was typed.
    """

    def __deepcopy__(self, memo: Any) -> dict[str, forms.Field]:
        """Return another dictionary of the same fields."""
        return dict(self)

    @cached_property
    def left_out(self) -> dict[str, Any]:
        """What each field that may be left empty says where nothing at all was sent for it."""
        return {
            name: field.clean(field.widget.value_from_datadict({}, {}, name))
            for name, field in self.items()
            if not field.required
        }


class FormFromInternet(forms.Form):
    """A form that anybody may send: its stamp says which form it is, and programs fill in its hidden box.

    What was typed travels on in hidden fields from page to page, so that nothing needs a session.
    """

    website = forms.CharField(required=False)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, at: datetime, **options: Any) -> None:
        # No page writes a colon after a label, and Django would look up its translation for each form.
        super().__init__(data, label_suffix="", **options)
        # Last, for an error of the whole form leads to the first field that people see.
        self.order_fields([name for name in self.fields if name not in ("website", "stamp")])
        self._at = at
        asked = str((self.data if self.is_bound else self.initial).get("stamp") or "")
        ours = Stamp.read(asked)
        self.next_stamp = ours or Stamp.fresh(at)
        """The stamp to send along with the next page."""
        self._stamp_is_ours = ours is not None

    def _clean_fields(self) -> None:
        """Check what was sent. Pages carry only what was filled in, and most of a form never is: what a field
        says to nothing at all is known, and found out once for all forms.
        """
        common = self.base_fields
        every = self.fields
        if isinstance(common, FieldsInCommon):
            for name, value in common.left_out.items():
                if name not in self.data:
                    self.cleaned_data[name] = list(value) if isinstance(value, list) else value
        self.fields = {name: field for name, field in every.items() if name not in self.cleaned_data}
        try:
            super()._clean_fields()
        finally:
            self.fields = every

    def clean_sender(self) -> None:
        """Note as an error of the whole form that no person can have filled it in, or that it lay too long.

        The last thing checked, and only where nothing else is wrong: the stamp is then that of a new page.
        """
        if self.errors:
            return
        if self.cleaned_data.get("website"):
            self.add_error(None, _NOT_A_PERSON)
        elif not self._stamp_is_ours or self.next_stamp.is_too_old(self._at):
            self.next_stamp = self.next_stamp.renewed(self._at)
            self.add_error(None, _OPEN_TOO_LONG)
        elif self.next_stamp.is_too_young(self._at):
            self.add_error(None, _TOO_QUICK)

    def carried(self) -> Iterator[tuple[str, str]]:
        """Yield what a valid form sends along to the next page: names and values of hidden fields."""
        for name in self.fields:
            value = self.cleaned_data[name]
            for each in value if isinstance(value, list) else [value]:
                if each and name not in ("stamp", "website"):
                    yield name, "on" if each is True else str(each)
        yield "stamp", self.next_stamp.signed()


def canonical_postcode(typed: str) -> str:
    """Return a postcode in its canonical shape, "" where none was given. Raises `ValidationError`."""
    try:
        return postcodes.normalise(typed)
    except postcodes.NotAPostcode as unreadable:
        if unreadable.reason is postcodes.Reason.EMPTY:
            return ""
        raise ValidationError(NOT_A_POSTCODE[unreadable.reason], code="postcode") from unreadable


def safety_facts(ways: Iterable[str], note: str) -> dict[str, object]:
    """Return how it is safe to reach a resident as facts of their record; only the ways ticked are."""
    ticked = set(ways)
    return {f"may_{way}": way in ticked for way, _label in SAFE_WAYS} | {"contact_note": note}


def is_mailable(address: str) -> bool:
    """Whether mail can be sent to an address: it looks like one, and its domain can be asked for."""
    try:
        validate_email(address)
        punycode(address.rpartition("@")[2])
    except (ValidationError, UnicodeError):
        return False
    return True


def email_fault(typed: str) -> Any:
    """Return what is wrong with an e-mail address, or None."""
    return None if is_mailable(typed) else _("Enter an e-mail address like name@example.com.")


def phone_fault(typed: str) -> Any:
    """Return what is wrong with a phone number, or None."""
    if not FEWEST_DIGITS <= len(phone_key(typed)) <= MOST_DIGITS:
        return _("Enter a phone number like 07700 900123.")
    return None
