"""Load the demo: staff accounts for every role, and a history of visits from March 2023 to today."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubportal import demo


class Command(BaseCommand):
    """Refused outside the demo: it puts one password on many accounts, and --fresh deletes every visit."""

    help = (
        "Make the demo's staff accounts and history. The password is DEMO_PASSWORD, else made up once and "
        "printed. Run on a later day, it adds the days since. All but the totals of 2023 is made up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-history", action="store_true", help="only the accounts")
        parser.add_argument(
            "--fresh",
            action="store_true",
            help="first delete every visit, enquiry and resident, also those typed in, and begin anew",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="with --fresh: say what would be deleted and do nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("load_demo puts one password on many accounts, so it runs only in the demo.")
        if options["dry_run"]:
            self.stdout.write(f"Would be deleted: {_in_words(demo.rows_to_forget())}. Nothing was changed.")
            return
        password = demo.demo_password(settings.VAR_DIR)
        sign_ins = demo.load_accounts(password=password)
        if options["fresh"]:
            self.stdout.write(f"Deleted: {_in_words(demo.forget_history())}.")
        if not options["no_history"]:
            self._history()
        loaded = demo.load_appointments(at=timezone.now(), bookings=not options["no_history"])
        if loaded.bookings:
            self.stdout.write(f"Appointments: {loaded.bookings} booked at hubs that need one.")
        self.stdout.write(f"Demo sign-ins, all with the password {password}")
        width = max(len(each.username) for each in sign_ins)
        for each in sign_ins:
            self.stdout.write(f"  {each.username:<{width}}  {each.role}")

    def _history(self) -> None:
        at = timezone.now()
        try:
            loaded = demo.load_history(at=at)
        except demo.NotReady as missing:
            raise CommandError(str(missing)) from missing
        if loaded.visits:
            self.stdout.write(
                f"History: {loaded.visits:,} visits added, from {loaded.first_day:%-d %B %Y} to today"
                f"{f', {loaded.steps:,} steps taken since' if loaded.steps else ''}."
            )
        demo.load_past_appointments(at=at)
        demo.sign_months_off(at=at)
        call_command("refresh_busy_hours", verbosity=0)


def _in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing"
