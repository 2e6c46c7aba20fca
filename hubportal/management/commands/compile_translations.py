"""`manage.py compile_translations`: make the files that Django reads translations from."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from hubportal import translations


class Command(BaseCommand):
    help = "Compile the .po files under locale/ that changed since they were last compiled. Needs no gettext."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for path in translations.compile_stale(Path(folder)):
                self.stdout.write(f"Compiled {path.relative_to(settings.BASE_DIR)}.")
