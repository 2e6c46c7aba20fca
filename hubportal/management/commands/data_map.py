"""`manage.py data_map`: write the data map of docs/privacy.md from the classified fields."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hubportal.privacy_page import with_map
from hubs.data_map import all_records

PAGE = settings.BASE_DIR / "docs" / "privacy.md"


class Command(BaseCommand):
    help = "Write the data map of docs/privacy.md anew from every app's personal.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if it is behind")

    def handle(self, *args: Any, **options: Any) -> None:
        records = all_records()
        page = PAGE.read_text(encoding="utf-8")
        fresh = with_map(page, records.values())
        if options["check"]:
            if fresh != page:
                raise CommandError("docs/privacy.md is behind the code: run manage.py data_map.")
            return
        PAGE.write_text(fresh, encoding="utf-8")
        self.stdout.write(f"docs/privacy.md: {len(records)} models.")
