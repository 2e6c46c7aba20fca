"""Backups that only the holder of a key can read: by `age` for a recipient of age's, else by gpg."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from hubportal.backups.notes import BackupFault

_AGE_RECIPIENTS = ("age1", "ssh-ed25519 ", "ssh-rsa ")


def suffix_for(recipient: str) -> str:
    """Return the ending of a file that is encrypted for `recipient`, "" for nobody in particular."""
    if not recipient:
        return ""
    return ".age" if recipient.startswith(_AGE_RECIPIENTS) else ".gpg"


def seal(plain: Path, sealed: Path, recipient: str) -> None:
    """Write `plain` to `sealed`, encrypted for `recipient`. Raises `BackupFault`."""
    if suffix_for(recipient) == ".age":
        _run("age", "--encrypt", "--recipient", recipient, "--output", sealed, plain)
    else:
        # The council gave this recipient: nobody is there to be asked whether to trust the key.
        # A key that is not here must not be looked for on the internet.
        trusting = ("--batch", "--yes", "--trust-model", "always", "--no-auto-key-locate")
        _run("gpg", *trusting, "--recipient", recipient, "--output", sealed, "--encrypt", plain)


def unseal(sealed: Path, plain: Path, identity: str) -> None:
    """Write `sealed` to `plain`, decrypted: by age with the key file `identity`, by gpg with its own keys."""
    if sealed.suffix == ".age":
        if not identity:
            raise BackupFault("an age backup needs the file with its key: --identity FILE")
        _run("age", "--decrypt", "--identity", identity, "--output", plain, sealed)
    else:
        _run("gpg", "--batch", "--yes", "--output", plain, "--decrypt", sealed)


def _run(program: str, *words: str | Path) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupFault(f"{program} is not installed")
    ended = subprocess.run(  # noqa: S603 - fixed words and paths, no shell
        [found, *map(str, words)], capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise BackupFault(f"{program}: {ended.stderr.strip()[-500:]}")
