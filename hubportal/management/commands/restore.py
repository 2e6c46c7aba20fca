"""Put a backup in the place of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from hubportal.backups import making
from hubportal.backups.notes import BackupFault

MOST_SHOWN = 12


class Command(BaseCommand):
    """Check first, say what would change, and overwrite only with --yes."""

    help = (
        "Check a backup and put it in the place of the database. Where there is one already, this says how "
        "the two differ and stops, unless --yes is given. The old database is kept under the name printed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="the file that `backup` wrote")
        parser.add_argument("--yes", action="store_true", help="replace the database that is there")
        parser.add_argument("--identity", default="", help="the file with the key, for age")

    def handle(self, *args: Any, **options: Any) -> None:
        database = making.database_of(settings.DATABASES["default"])
        try:
            ready, note = making.checked(database, options["backup"], identity=options["identity"])
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        try:
            now = database.counts()
            self.stdout.write(f"{options['backup'].name}: good, made {note.made_at}, {note.rows} rows.")
            if now is not None and not options["yes"]:
                raise CommandError(_refusal(making.lost_by(note, now)))
            connections.close_all()
            old = database.put_in_place(ready, timezone.now())
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        finally:
            ready.unlink(missing_ok=True)
        kept = f" The old database is kept as {old}." if now is not None else ""
        self.stdout.write(f"Restored.{kept} Now run: manage.py migrate")


def _refusal(changes: list[str]) -> str:
    told = [f"  {change}" for change in changes[:MOST_SHOWN]]
    if len(changes) > MOST_SHOWN:
        told.append(f"  and {len(changes) - MOST_SHOWN} more tables")
    reason = "There is a database already, and nothing was changed. "
    differ = (
        "It has as many rows in every table."
        if not changes
        else "Its tables differ:\n" + "\n".join(told) + "\n"
    )
    return f"{reason}{differ} To put the backup in its place, add --yes."
