"""What has to be done about appointments when time passes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments import actions


class Command(BaseCommand):
    """Safe to run at any time and twice. Meant for every ten minutes."""

    help = (
        "Give back desks whose hold is over, pass on offers that nobody answered, remind residents of their "
        "appointments and send what waited for the morning. Nothing is sent between 20:00 and 08:00."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        lapsed = actions.pass_on_lapsed_offers(at=at)
        given_back = actions.give_back_expired(at=at)
        reminded = actions.send_reminders(at=at)
        if options["verbosity"]:
            self.stdout.write(
                f"Offers passed on: {lapsed}, desks given back: {given_back}, residents reminded: {reminded}."
            )
