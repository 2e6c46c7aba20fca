"""Every change to staff accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from accounts.models import AccountEvent, User, What
from accounts.open_sessions import open_sessions
from hubs.models import Hub


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


def keep_awake(*, accounts: Iterable[User], at: datetime) -> None:
    """Count demo accounts as switched on now, so that a demo nobody looked at for weeks still opens.

    Effects: set the moment from which they count as unused.
    """
    User.objects.filter(pk__in=[user.pk for user in accounts]).update(switched_on_at=at)


@transaction.atomic
def change_password(*, user: User, password: str, by: User, at: datetime) -> None:
    """Give somebody a password, which is temporary if it was not chosen by the person.

    Effects, in order: save the password, which ends all their sessions; write down that it was changed.
    """
    user.set_password(password)
    user.password_is_temporary = user.pk != by.pk
    user.save(update_fields=["password", "password_is_temporary"])
    AccountEvent.objects.create(account=user, what=What.PASSWORD_CHANGED, by=by, at=at)


def end_other_sessions(*, user: User, keep: str, at: datetime) -> None:
    """Sign somebody out everywhere but in the session with the key `keep`.

    Effects: delete the other sessions.
    """
    others = [each.key for each in open_sessions(user, at) if each.key != keep]
    Session.objects.filter(session_key__in=others).delete()


@transaction.atomic
def switch_on(*, user: User, by: User, at: datetime) -> bool:
    """Let somebody sign in again whose account is off or dormant; return whether it was.

    Effects, in order: switch the account on and count it as unused from now; write down who did it.
    """
    off = User.objects.filter(_dormant(at) | Q(is_active=False), pk=user.pk)
    if not off.update(is_active=True, switched_on_at=at):
        return False
    AccountEvent.objects.create(account=user, what=What.SWITCHED_ON, by=by, at=at)
    return True


@transaction.atomic
def switch_off(*, user: User, by: User, at: datetime) -> bool:
    """Keep somebody out from the next page on; return whether the account was on.

    Effects, in order: switch the account off; write down who did it.
    """
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return False
    AccountEvent.objects.create(account=user, what=What.SWITCHED_OFF, by=by, at=at)
    return True


@transaction.atomic
def switch_off_dormant(*, at: datetime) -> list[User]:
    """Switch off every account that was not used for `STAFF_DORMANT_DAYS`; return them, by sign-in name.

    Effects, in order, for each: switch it off, unless it was used this moment; write it down.
    """
    switched_off = []
    for user in dormant_accounts(at):
        if User.objects.filter(_dormant(at), pk=user.pk, is_active=True).update(is_active=False):
            AccountEvent.objects.create(account=user, what=What.DORMANT, at=at)
            switched_off.append(user)
    return switched_off


def dormant_accounts(at: datetime) -> list[User]:
    """Return the accounts that `switch_off_dormant` would switch off, by sign-in name."""
    return list(User.objects.filter(_dormant(at), is_active=True).order_by("username"))


def _dormant(at: datetime) -> Q:
    since = at - timedelta(days=settings.STAFF_DORMANT_DAYS)
    return Q(switched_on_at__lt=since) & (Q(last_login__isnull=True) | Q(last_login__lt=since))
