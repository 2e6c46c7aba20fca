"""The demo's staff accounts: somebody in every role, all with one password."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accounts import actions, roles
from accounts.models import User
from enquiries.models import ServiceTerms
from hubportal.roles import load_roles
from hubs.models import Hub, Service


@dataclass(frozen=True)
class SignIn:
    """A demo account, as it is printed for whoever tries the demo."""

    username: str
    role: str


def load_accounts(*, password: str) -> list[SignIn]:
    """Create or refresh the demo's accounts: a desk for each hub, an officer for each service, and the rest.

    Effects, in order: add missing roles; save the accounts, each officer with one service, which it leads
    where nobody does; give them all `password`, and count them as used.
    """
    load_roles()
    users: list[tuple[User, str]] = []

    def account(username: str, role: str, full_name: str, home_hub: Hub | None = None) -> User:
        user = actions.open_account(username=username, role=role, full_name=full_name, home_hub=home_hub)
        users.append((user, role))
        return user

    for hub in Hub.objects.all():
        account(f"desk.{hub.slug}", roles.FRONT_DESK, f"Desk at {hub.name_en}", hub)
    for service in Service.objects.all():
        officer = account(f"officer.{service.slug}", roles.SERVICE_OFFICER, f"Officer for {service.name_en}")
        officer.services.set([service])
        User.objects.filter(pk=officer.pk).update(email=f"{officer.username}@example.org")
        ServiceTerms.objects.filter(service=service, lead__isnull=True).update(lead=officer)
    account("manager", roles.MANAGER, "Demo manager")
    account("admin", roles.ADMINISTRATOR, "Demo administrator")
    everybody = [user for user, _ in users]
    actions.share_password(accounts=everybody, password=password)
    actions.keep_awake(accounts=everybody, at=timezone.now())
    return [SignIn(user.username, role) for user, role in users]


def demo_password(folder: Path) -> str:
    """Return `DEMO_PASSWORD`, else the password made up at the first start and kept in `folder`."""
    if given := os.environ.get("DEMO_PASSWORD"):
        return given
    path = folder / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(
            f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}\n", encoding="ascii"
        )
    return path.read_text(encoding="ascii").strip()
