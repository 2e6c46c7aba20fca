"""`manage.py messages`: keep the Bengali catalogue in step with the words in the code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hubportal import translations

CATALOGUE = Path("locale", "bn", "LC_MESSAGES", "django.po")
MOST_PROBLEMS_SHOWN = 30


class Command(BaseCommand):
    help = (
        "Bring the Bengali .po in step with the words in templates and Python. Translations are kept, "
        "likely ones offered as fuzzy drafts, unused ones dropped."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Change nothing; fail if anything is missing, draft or wrong.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / CATALOGUE
        try:
            messages = translations.find_messages(settings.BASE_DIR)
        except translations.BabelMissing as missing:
            raise CommandError(
                "Finding the words needs Babel: pip install -r requirements-dev.txt. (Compiling does not.)"
            ) from missing
        catalogue = translations.read(path)
        if not options["check"]:
            catalogue = translations.merge(catalogue, messages)
            translations.write(catalogue, path)
        problems = translations.check(catalogue, messages)
        if options["check"] and problems:
            more = len(problems) - MOST_PROBLEMS_SHOWN
            shown = problems[:MOST_PROBLEMS_SHOWN] + ([f"… and {more} more"] if more > 0 else [])
            raise CommandError("\n".join([f"{CATALOGUE} needs work (docs/translating.md):", *shown]))
        self.stdout.write(f"{CATALOGUE}: {len(messages)} messages, {len(problems)} to look at.")
