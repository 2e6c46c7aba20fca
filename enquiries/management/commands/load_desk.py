"""Load the rows a desk starts with: outcomes, causes, services' terms and questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from enquiries.actions.starting_rows import SHIPPED, load_desk
from hubs.errors import ImportRefused


class Command(BaseCommand):
    """Safe to run at any time: it makes what is missing and changes nothing."""

    help = (
        "Make the outcomes, causes, services' terms and questions that are not in the database yet. "
        "What administrators have edited is kept. Needs the services: load_hubs first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load_desk(options["file"])
        except ImportRefused as refused:
            raise CommandError("\n".join(["Nothing was changed.", *refused.problems])) from refused
        if options["verbosity"]:
            counts = ", ".join(f"{count} × {kind}" for kind, count in made.items())
            self.stdout.write(
                f"Made: {counts}." if made else "Nothing to do: every row of the file is there."
            )
