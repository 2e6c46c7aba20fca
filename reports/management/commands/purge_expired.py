"""Empty what is past the periods that the council has decided: people are forgotten, figures stay."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from enquiries import retention
from reports.counting import Signed


class Command(BaseCommand):
    """Safe to run again, and to stop half-way: what was not done is done the next time."""

    help = (
        "Empty the personal fields of people, visits and enquiries that are past their period, and delete "
        "old record views and complaints. Rows and counts stay; only months that were signed off are "
        "touched, and nothing without a period that the council has decided. See first with --dry-run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        months = Signed.read().months
        found = retention.expired(at=at, months=list(months))
        self.stdout.write(f"Months signed off: {len(months)}. What is counted in any other stays as it is.")
        if options["dry_run"]:
            self._say("Would be done", found.counts())
            self._say("Stays all the same", found.held_back)
            self.stdout.write("Nothing was changed.")
            return
        done = retention.anonymise(found, at=at)
        self._say("Done", done)
        self._say("Stayed all the same", found.held_back)
        if done:
            retention.sweep()

    def _say(self, what: str, counts: Counter[str]) -> None:
        self.stdout.write(f"{what}: {'nothing' if not counts else ''}".rstrip())
        for name, number in sorted(counts.items()):
            self.stdout.write(f"  {number:,} {name}")
