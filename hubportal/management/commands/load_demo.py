"""Load the demo: staff accounts for every role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hubportal import demo


class Command(BaseCommand):
    """Refused outside the demo: it puts one password on many accounts."""

    help = "Make the demo's staff accounts. The password is DEMO_PASSWORD, else made up once and printed."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("load_demo puts one password on many accounts, so it runs only in the demo.")
        password = demo.demo_password(settings.VAR_DIR)
        sign_ins = demo.load_accounts(password=password)
        self.stdout.write(f"Demo sign-ins, all with the password {password}")
        width = max(len(each.username) for each in sign_ins)
        for each in sign_ins:
            self.stdout.write(f"  {each.username:<{width}}  {each.role}")
