"""What staff type to sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm

from accounts.forms.frame import without_frame


class SignInForm(AuthenticationForm):
    """Sign-in name and password."""

    error_messages = {
        "invalid_login": "That sign-in name and password do not match. Check both and try again.",
        "inactive": "That sign-in name and password do not match. Check both and try again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Sign-in name"
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        self.helper = without_frame()

    def clean(self) -> dict[str, Any]:
        """Refuse a name longer than any can be: noted as a failed try, PostgreSQL would not take it."""
        if len(self.cleaned_data.get("username", "")) > (self.username_field.max_length or 0):
            raise self.get_invalid_login_error()
        return super().clean()
