"""Make the roles, and give them what a new release adds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from hubportal.roles import load_roles


class Command(BaseCommand):
    """Safe to run at any time: each permission is given to a role once, by the first release that has it."""

    help = (
        "Make the roles that are missing and give each the permissions that are new since this was last run. "
        "What was taken from a role or given to it besides stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_roles()
        if not options["verbosity"]:
            return
        for name in loaded.made:
            self.stdout.write(f"Made the role {name}.")
        for name, permissions in loaded.given.items():
            self.stdout.write(f"{name} may now also: {', '.join(permissions)}.")
        if not (loaded.made or loaded.given):
            self.stdout.write("Nothing to do: every role has been given all there is.")
