"""Giving roles their permissions: at the first start, and what each release adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.models import GivenPermission
from accounts.roles import ROLE_PERMISSIONS


@dataclass(frozen=True)
class RolesLoaded:
    """The roles that were made, and which permissions roles that were there got on top, by their names."""

    made: list[str] = field(default_factory=list)
    given: dict[str, list[str]] = field(default_factory=dict)


@transaction.atomic
def load_roles(*more: Mapping[str, Iterable[str]]) -> RolesLoaded:
    """Create the roles that are missing, and give each role what no release has given it so far.

    `more` are the permissions that other apps give to the same roles. Effects, in order: add missing groups;
    add the permissions that were never given to each; remember them as given. So what was taken from a role
    stays away, and what it was given besides stays.

    Raises `Permission.DoesNotExist` if a role is to have a permission that no model declares.
    """
    loaded = RolesLoaded()
    roles = {role.name: role for role in Group.objects.filter(name__in=ROLE_PERMISSIONS)}
    given = set(GivenPermission.objects.values_list("role_id", "permission"))
    fresh: list[tuple[Group, str]] = []
    for name, own in ROLE_PERMISSIONS.items():
        wanted = dict.fromkeys([*own, *(each for others in more for each in others.get(name, ()))])
        if name not in roles:
            roles[name] = Group.objects.create(name=name)
            loaded.made.append(name)
        new = [permission for permission in wanted if (roles[name].pk, permission) not in given]
        if new and name not in loaded.made:
            loaded.given[name] = new
        fresh += [(roles[name], permission) for permission in new]
    if fresh:
        _give(fresh)
    return loaded


def _give(fresh: list[tuple[Group, str]]) -> None:
    by_name = _permissions_by_name()
    if unknown := {permission for _, permission in fresh} - set(by_name):
        raise Permission.DoesNotExist(f"No model declares {', '.join(sorted(unknown))}.")
    held = Group.permissions.through
    held.objects.bulk_create(
        [held(group=role, permission_id=by_name[permission]) for role, permission in fresh],
        ignore_conflicts=True,
    )
    GivenPermission.objects.bulk_create(
        GivenPermission(role=role, permission=permission) for role, permission in fresh
    )


def _permissions_by_name() -> dict[str, int]:
    rows = Permission.objects.order_by().values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": pk for app, codename, pk in rows}
