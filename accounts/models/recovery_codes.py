"""Codes for somebody whose phone is lost: each signs in once."""

from __future__ import annotations

import hashlib
import secrets

from django.db import models

from accounts.models.users import User

CODES_IN_A_SET = 8
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without those that look alike: 0 and O, 1, I and L, U and V."""
_GROUPS, _GROUP = 6, 4


def new_code() -> str:
    """Return a code such as "ABCD-EFGH-JKMN-PQRS-TVWX-2345": 117 bits, too many to guess or to search."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def digest_of(code: str) -> str:
    """Return what is kept of a code, however it was typed: small letters, with or without dashes.

    A plain hash is enough, since nobody can go through 2**117 codes.
    """
    tidied = "".join(each for each in code.upper() if each.isalnum())
    return hashlib.sha256(tidied.encode()).hexdigest()


class RecoveryCode(models.Model):
    """One code of somebody's current set; the code itself is kept nowhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"recovery code {self.pk}"
