"""The phone that shows codes for the second step of signing in."""

from __future__ import annotations

import logging
from typing import Any

from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.errors import SecretLost
from accounts.phone_secrets import sealed_anew, unseal

_log = logging.getLogger("accounts.security")


class Phone(TOTPDevice):
    """django-otp's device, whose secret is sealed in the database (`accounts.phone_secrets`)."""

    class Meta:
        proxy = True
        default_permissions = ()

    @property
    def bin_key(self) -> bytes:
        """The secret itself. Raises `SecretLost`."""
        return unseal(self.key, self.user_id)

    @property
    def can_be_opened(self) -> bool:
        """Whether there is a key for its secret; where not, that is logged."""
        try:
            return bool(self.bin_key)
        except SecretLost:
            _log.error("account=%s no key in SECOND_STEP_KEYS opens the phone's secret", self.user_id)
            return False

    def verify_token(self, token: str) -> bool:
        """Return whether it shows this code now; never, where there is no key for its secret."""
        return self.can_be_opened and super().verify_token(token)

    def save(self, *args: Any, **options: Any) -> None:
        """Save, with a secret that was plain or sealed with an older key sealed with the newest."""
        self.key: str = sealed_anew(self.key, self.user_id)
        super().save(*args, **options)
