"""Write a backup of the whole database while the portal runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubportal.backups import making
from hubportal.backups.notes import BackupFault


class Command(BaseCommand):
    """Run it by a timer, every hour; docs/operations.md."""

    help = (
        "Write a checked backup of the database to BACKUP_DIR, encrypted when BACKUP_RECIPIENT is set, and "
        "remove those older than BACKUP_KEEP_DAYS. The portal may run meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=None, help="another folder than BACKUP_DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = making.make(
                making.database_of(settings.DATABASES["default"]),
                options["to"] or Path(settings.BACKUP_DIR),
                at=timezone.now(),
                recipient=settings.BACKUP_RECIPIENT,
                keep=timedelta(days=settings.BACKUP_KEEP_DAYS),
            )
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        size = made.path.stat().st_size / 1e6
        self.stdout.write(
            f"{made.path}: {made.note.rows} rows in {len(made.note.tables)} tables, {size:.1f} MB"
        )
        if made.rotated:
            self.stdout.write(f"Removed {len(made.rotated)} older than {settings.BACKUP_KEEP_DAYS} days.")
