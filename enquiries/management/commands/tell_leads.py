"""Tell services' leads which referrals are overdue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from enquiries.actions.referrals import tell_leads


class Command(BaseCommand):
    """Safe to run at any time and twice: a lead is told of a referral once. Meant for every morning."""

    help = "E-mail the lead of each service the referrals that have become overdue, once for each referral."

    def handle(self, *args: Any, **options: Any) -> None:
        told, without = tell_leads(at=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"Overdue referrals that leads were told of: {told}.")
        if without:
            self.stderr.write(
                f"Overdue referrals that nobody could be told of: {without}. Their services lack a lead with "
                "an e-mail address: set one in the console under service terms."
            )
