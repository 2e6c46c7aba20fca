"""What the secret of a phone looks like in the database: sealed, for one account alone.

A backup or a copy of the database opens nobody's second step without `SECOND_STEP_KEYS`, which stand in the
environment only. AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a fresh nonce each time; the account's
number is authenticated with it, so that a sealed secret moved to another account does not open there.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import unhexlify
from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.errors import SecretLost

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK = "g1:"
"""What a sealed secret begins with: no digit of a plain one."""
_NONCE_BYTES = 12


def seal(secret: bytes, account: int) -> str:
    """Return the secret sealed with the first of `SECOND_STEP_KEYS`: 67 letters for 20 bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    return _MARK + urlsafe_b64encode(nonce + _cipher(0).encrypt(nonce, secret, _bound_to(account))).decode()


def unseal(kept: str, account: int) -> bytes:
    """Return the secret, sealed with any of the keys, or plain as hexadecimal digits before there were keys.

    Raises `SecretLost` where no key opens it.
    """
    return _opened(kept, account)[0]


def sealed_anew(kept: str, account: int) -> str:
    """Return what was kept, or the same secret sealed with the first key where it is not yet.

    Raises `SecretLost` where no key opens it.
    """
    secret, opened_by = _opened(kept, account)
    return kept if opened_by == 0 else seal(secret, account)


def _opened(kept: str, account: int) -> tuple[bytes, int | None]:
    """Return the secret and the place of the key that opened it, None for one that is not sealed."""
    # Its library takes memory in each worker: only where somebody proves a second time who they are.
    from cryptography.exceptions import InvalidTag

    with suppress(ValueError):
        if kept and not kept.startswith(_MARK):
            return unhexlify(kept), None
        sealed = urlsafe_b64decode(kept.removeprefix(_MARK))
        for place in range(len(settings.SECOND_STEP_KEYS)):
            with suppress(InvalidTag):
                nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
                return _cipher(place).decrypt(nonce, rest, _bound_to(account)), place
    raise SecretLost


def _cipher(place: int) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = settings.SECOND_STEP_KEYS[place]
    return AESGCM(salted_hmac("accounts.phone_secrets", "AES-256-GCM", key, algorithm="sha256").digest())


def _bound_to(account: int) -> bytes:
    return f"second step of account {account}".encode()
