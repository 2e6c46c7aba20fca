"""What somebody who is signed in types to prove once more who they are."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from axes.utils import reset
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.forms.frame import without_frame

MOST_LETTERS = 200
_CODE_AUTOCOMPLETE = {"autocomplete": "one-time-code", "spellcheck": "false"}


def _password(label: str, required: str, *, autocomplete: str = "new-password") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=MOST_LETTERS,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={
            "required": required,
            "max_length": f"A password has at most {MOST_LETTERS} letters and signs",
        },
    )


class ProofForm(forms.Form):
    """The password of whoever is signed in. Wrong ones count as wrong ones at sign-in do."""

    password = _password("Your password", "Enter your password", autocomplete="current-password")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.helper = without_frame()

    def clean_password(self) -> str:
        """Return the password; it must be theirs."""
        password, name = self.cleaned_data["password"], self.request.user.get_username()
        user = authenticate(self.request, username=name, password=password)
        if user is None or user.pk != self.request.user.pk:
            raise ValidationError("That password is not right")
        reset(username=name, ip=get_client_ip_address(self.request))
        return password


class NewPasswordForm(ProofForm):
    """A new password, twice."""

    new = _password("New password", "Enter a new password")
    again = _password("The new password again", "Enter the new password again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "The password you have now"
        self.fields[
            "new"
        ].help_text = (
            "At least 12 letters or signs. Three words that do not belong together are good and easy to keep."
        )

    def clean_new(self) -> str:
        """Return the new password: long, uncommon, unlike the person's name, not the old one."""
        new, user = self.cleaned_data["new"], self.request.user
        validate_password(new, user)  # type: ignore[arg-type]
        if new == self.data.get("password"):
            raise ValidationError("Choose a password that you do not have now")
        return new

    def clean(self) -> dict[str, Any]:
        """Check that both are the same."""
        found = super().clean() or {}
        if "new" in found and "again" in found and found["new"] != found["again"]:
            self.add_error("again", "This is not the same as the new password")
        return found


class CodeForm(forms.Form):
    """A code from the phone, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="Six digits from the app on your phone, or one of your recovery codes",
        widget=forms.TextInput(attrs=_CODE_AUTOCOMPLETE),
        error_messages={"required": "Enter the code", "max_length": "A code is not that long"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = without_frame()

    def clean_code(self) -> str:
        """Return the code without the spaces that phones show in the middle."""
        return "".join(self.cleaned_data["code"].split())


class SetUpForm(ProofForm):
    """The password, and the first code that the phone shows."""

    code = forms.CharField(
        label="Code",
        max_length=10,
        help_text="Six digits, as the app shows them now",
        widget=forms.TextInput(attrs=_CODE_AUTOCOMPLETE | {"inputmode": "numeric"}),
        error_messages={"required": "Enter the code from the app", "max_length": "The code has six digits"},
    )

    def clean_code(self) -> str:
        """Return the code without the spaces that phones show in the middle."""
        return "".join(self.cleaned_data["code"].split())
