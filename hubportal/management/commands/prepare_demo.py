"""Bring a fresh or older copy of the demo up to date, in one process so that a restart is quick."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.models import Postcode

POSTCODES_SHIPPED = settings.BASE_DIR / "hubs" / "data" / "postcodes.csv.gz"


class Command(BaseCommand):
    """What `script/server` runs before it serves; safe to run again at any time."""

    help = "Migrate, load facts and postcodes, compile translations and load the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-history", action="store_true", help="no visits: for what needs only the facts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("prepare_demo is for the demo. For production see docs/settings.md.")
        call_command("compile_translations", verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_hubs", verbosity=0)
        call_command("load_desk", verbosity=0)
        if not Postcode.objects.exists():
            call_command("import_postcodes", str(POSTCODES_SHIPPED), verbosity=0)
        call_command("load_demo", no_history=options["no_history"])
