"""A secret key for a machine that has been given none."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def local_secret(folder: Path) -> str:
    """Return the secret key kept in `folder`, made on first use and readable by its owner alone.

    It is kept so that every worker process signs alike and a restart signs nobody out. Production never
    comes here: it must be given its own key.
    """
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Written aside and linked, so that a process starting at the same time never reads half a key.
        with tempfile.NamedTemporaryFile("w", dir=folder) as new:
            new.write(secrets.token_urlsafe(50))
            new.flush()
            with contextlib.suppress(FileExistsError):
                os.link(new.name, path)
    return path.read_text(encoding="ascii")
