"""Switch off staff accounts that nobody uses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import actions


class Command(BaseCommand):
    """Safe to run at any time and twice. Meant for every night; sign-in refuses dormant accounts anyway."""

    help = (
        "Switch off accounts that were not used for STAFF_DORMANT_DAYS days. Nothing is deleted: an "
        "administrator can switch each on again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say which they are")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        dry = options["dry_run"]
        accounts = actions.dormant_accounts(at) if dry else actions.switch_off_dormant(at=at)
        if options["verbosity"]:
            done = "Would be switched off" if dry else "Switched off"
            self.stdout.write(f"{done}, not used for {settings.STAFF_DORMANT_DAYS} days: {len(accounts)}.")
            for user in accounts:
                self.stdout.write(f"  {user.username}, last used {timezone.localdate(user.last_used_at)}")
