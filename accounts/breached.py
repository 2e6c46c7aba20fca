"""Passwords that became known elsewhere, looked up in a file on this machine: no service is asked."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError

_LETTERS_OF_A_HASH = 40
_AFTER_ALL = b"~"


class NeverBreached:
    """Refuse a password whose SHA-1 stands in the file that `BREACHED_PASSWORDS` names; without one, none.

    SHA-1 because that is how the lists are made: it is compared and never kept.
    """

    def validate(self, password: str, user: object = None) -> None:
        if settings.BREACHED_PASSWORDS and _is_in(Path(settings.BREACHED_PASSWORDS), password):
            raise ValidationError("This password is known to people who try passwords. Choose another one.")

    def get_help_text(self) -> str:
        """Say the rule, for the console."""
        return "Your password can’t be one that is known from other places."


def _is_in(path: Path, password: str) -> bool:
    """Whether the sorted file has a line with the password's hash: some forty reads, whatever its size."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        place = bisect_left(range(path.stat().st_size), wanted, key=lambda place: _hash_from(file, place))
        return _hash_from(file, place) == wanted


def _hash_from(file: BinaryIO, place: int) -> bytes:
    """Return the hash of the first line that begins at or after `place`, or what sorts after all of them."""
    file.seek(max(0, place - 1))
    if place:
        file.readline()
    return file.readline()[:_LETTERS_OF_A_HASH] or _AFTER_ALL
