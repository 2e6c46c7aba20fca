"""Seal the secrets of phones with the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import actions


class Command(BaseCommand):
    """Safe to run at any time and twice. Meant for after a new key: docs/security.md."""

    help = (
        "Seal the secret of each phone that is a second step with the first of SECOND_STEP_KEYS. Fails where "
        "no key opens one: its key must come back, or its owner sets the second step up again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = actions.seal_phones()
        if options["verbosity"]:
            self.stdout.write(f"Sealed with the newest key: {sealed.anew}.")
        if sealed.lost:
            raise CommandError(f"No key in SECOND_STEP_KEYS opens {sealed.lost}.")
