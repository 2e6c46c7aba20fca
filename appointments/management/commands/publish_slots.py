"""Publish the slots of the coming days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from appointments.actions import publish_slots


class Command(BaseCommand):
    """Safe to run at any time and twice. For every night, and after an upgrade for its bank holidays."""

    help = (
        "Bring the slots that can be booked in step with plans, hours, bank holidays and closed days. "
        "Bookings are never lost: those whose slot has gone are counted, and staff offer them another time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until", type=date.fromisoformat, help="a date, instead of as far ahead as each plan says"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = publish_slots(at=timezone.now(), until=options["until"])
        if options["verbosity"]:
            self.stdout.write(
                f"Slots published: {done.made}, brought back: {done.restored}, withdrawn: {done.withdrawn}."
            )
        if done.hit:
            self.stderr.write(
                f"Appointments that need another time: {len(done.hit)}. They are listed under Plans on the "
                "staff pages."
            )
