"""Load the reviewed file of facts: hubs, topics, services."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from hubs.actions import load_facts
from hubs.errors import ImportRefused
from hubs.fact_rows import FactsLoaded
from hubs.facts import SHIPPED, read_facts


class Command(BaseCommand):
    """Safe to run at any time: what is there already is left as it is, unless told otherwise."""

    help = (
        "Load hubs, topics and services that are not in the database yet, and say where the database differs "
        "from the file. What administrators have edited is kept, unless --overwrite is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="default: %(default)s")
        parser.add_argument(
            "--overwrite", action="store_true", help="set what differs back to the file; edits are lost"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                loaded = load_facts(read_facts(options["file"]), overwrite=options["overwrite"])
                transaction.set_rollback(options["dry_run"])
        except ImportRefused as refused:
            raise CommandError("Nothing was changed.\n" + "\n".join(refused.problems)) from refused
        if options["verbosity"]:
            self._report(loaded, **options)

    def _report(self, loaded: FactsLoaded, *, overwrite: bool, dry_run: bool, **_: Any) -> None:
        if loaded.differences:
            kept = (
                "These differ from the file and are set back:" if overwrite else "These differ and are kept:"
            )
            self.stdout.write("\n".join([kept, *(f"  {each}" for each in loaded.differences)]))
            if not overwrite:
                self.stdout.write("To set them back to the file: load_hubs --overwrite")
        for words, counts in (
            ("Made", loaded.made),
            ("Set back", loaded.set_back),
            ("Removed", loaded.removed),
        ):
            if counts:
                self.stdout.write(f"{words}: {_in_words(counts)}.")
        if not loaded.changed:
            self.stdout.write("Nothing to do: every hub, topic and service of the file is there.")
        elif dry_run:
            self.stdout.write("This was a dry run: nothing was changed.")
        for hits in loaded.hits:
            self.stderr.write(hits.warning if dry_run else hits.told)


def _in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{count} × {kind}" for kind, count in counts.items())
