"""What tests of signing in share: the cast's password, signing in, and codes from a phone."""

from __future__ import annotations

import time

from django.test import Client
from django_otp.oath import TOTP

from accounts import actions
from accounts.models import Phone, User
from tests.conftest import MONDAY_NOON

PASSWORD = "correct horse battery"
ANOTHER = "quiet orange ladder"


def sign_in(client: Client, username: str = "desk", password: str = PASSWORD, **extra):
    """Post the sign-in form."""
    return client.post("/staff/sign-in/", {"username": username, "password": password}, **extra)


def code_of(user: User, *, confirmed: bool = True, later: int = 0) -> str:
    """Return what the person's phone shows now, or so many seconds later."""
    phone = Phone.objects.get(user=user, confirmed=confirmed)
    totp = TOTP(phone.bin_key)
    totp.time = time.time() + later
    return f"{totp.token():06}"


def with_phone(user: User) -> list[str]:
    """Set up a second step; return its recovery codes. The phone's code of this half minute is used up."""
    actions.begin_second_step(user=user)
    codes = actions.finish_second_step(user=user, code=code_of(user, confirmed=False), at=MONDAY_NOON)
    assert codes is not None
    return codes
