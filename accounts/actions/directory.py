"""Every change that the council's directory makes to an account."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.directory import Person
from accounts.errors import NotLetIn, Why
from accounts.models import AccountEvent, User, What


def take_in(*, person: Person, at: datetime) -> User:
    """Return the account of somebody the directory has let in.

    Effects, in order: open an account without a password for somebody new; take over name and e-mail; where
    the directory keeps the roles, give these and no others, and write that down if they changed.

    Raises NotLetIn for somebody new whose sign-in name is another account's (an administrator can write the
    directory's id into that one), for somebody without a role in the directory, and for an account that is
    switched off or dormant. Roles that were taken away are gone also then.
    """
    user = _known_or_new(person, at)
    if not user.is_active or user.is_dormant(at):
        raise NotLetIn(Why.SWITCHED_OFF)
    if person.roles == ():
        raise NotLetIn(Why.NO_ROLE)
    return user


@transaction.atomic
def _known_or_new(person: Person, at: datetime) -> User:
    user = User.objects.filter(directory_id=person.id).first()
    if user is None:
        if person.roles == ():
            raise NotLetIn(Why.NO_ROLE)
        if User.objects.filter(username__iexact=person.username).exists():
            raise NotLetIn(Why.NAME_TAKEN)
        user = User(username=person.username, directory_id=person.id, switched_on_at=at, date_joined=at)
        user.set_unusable_password()
    user.first_name, user.last_name, user.email = person.first_name, person.last_name, person.email
    user.save()
    if person.roles is not None:
        _follow_roles(user, person.roles, at)
    return user


def _follow_roles(user: User, names: tuple[str, ...], at: datetime) -> None:
    if set(user.groups.values_list("name", flat=True)) == set(names):
        return
    user.groups.set(Group.objects.filter(name__in=names))
    details = (", ".join(names) or "none")[:200]
    AccountEvent.objects.create(account=user, what=What.ROLES_FROM_DIRECTORY, details=details, at=at)
