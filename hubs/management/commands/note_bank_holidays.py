"""Write the file of bank holidays from the `holidays` package; after each update of the package."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from hubs.bank_holidays import FILE, YEARS, note_bank_holidays


class Command(BaseCommand):
    help = "Write hubs/data/bank_holidays.csv from the installed release of the holidays package."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        note_bank_holidays()
        self.stdout.write(f"{FILE.name}: bank holidays from {YEARS[0]} to {YEARS[-1]}.")
