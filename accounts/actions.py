"""Every change to staff accounts and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.models import User
from accounts.roles import ROLE_PERMISSIONS
from hubs.models import Hub


@transaction.atomic
def load_roles(*more: Mapping[str, Iterable[str]]) -> list[str]:
    """Create the roles that are missing, with the permissions they start with; return their names.

    `more` are the permissions that other apps give to the same roles. Effects, in order: add each missing
    group, then give it its permissions. A role that exists keeps what an administrator has made of it, and is
    given those of an app of which no role has any yet: it came with a new version.
    """
    made = []
    new_apps = [each for each in more if not _is_given(each)]
    for name, own in ROLE_PERMISSIONS.items():
        role, is_new = Group.objects.get_or_create(name=name)
        wanted = [permission for each in (more if is_new else new_apps) for permission in each.get(name, ())]
        role.permissions.add(*_permissions([*own, *wanted] if is_new else wanted))
        if is_new:
            made.append(name)
    return made


@transaction.atomic
def open_account(*, username: str, role: str, full_name: str, home_hub: Hub | None) -> User:
    """Create or refresh a staff account in exactly one role; a new one has no password yet.

    Effects, in order: save the account with its name and home hub, put it in the role.

    Raises `Group.DoesNotExist` for a role that `load_roles` has not made.
    """
    user, is_new = User.objects.get_or_create(username=username)
    if is_new:
        user.set_unusable_password()
    user.first_name, user.home_hub = full_name, home_hub
    user.save(update_fields=["first_name", "home_hub", "password"])
    user.groups.set([Group.objects.get(name=role)])
    return user


def share_password(*, accounts: Iterable[User], password: str) -> None:
    """Give demo accounts one password, hashed once: hashing takes a third of a second by design.

    Effects: set the password on all of them, unless all have it already.
    """
    users = list(accounts)
    hashes = {user.password for user in users}
    if len(hashes) == 1 and users[0].check_password(password):
        return
    User.objects.filter(pk__in=[user.pk for user in users]).update(password=make_password(password))


def _is_given(by_role: Mapping[str, Iterable[str]]) -> bool:
    """Whether any role has any permission of the apps that these are of."""
    apps = {permission.split(".")[0] for wanted in by_role.values() for permission in wanted}
    return Group.objects.filter(permissions__content_type__app_label__in=apps).exists()


def _permissions(wanted: Iterable[str]) -> list[Permission]:
    found = []
    for name in wanted:
        app_label, codename = name.split(".")
        found.append(Permission.objects.get(content_type__app_label=app_label, codename=codename))
    return found
