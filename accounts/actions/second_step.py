"""Every change to how somebody proves a second time who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.errors import SecretLost
from accounts.models import AccountEvent, Phone, RecoveryCode, User, What
from accounts.models.recovery_codes import CODES_IN_A_SET, digest_of, new_code
from accounts.phone_secrets import sealed_anew


@transaction.atomic
def begin_second_step(*, user: User) -> Phone:
    """Return the phone that somebody is about to set up, with a secret of its own.

    Effects, in order: forget one whose secret no key opens any more; make one, unless it was begun before: a
    page that is loaded twice shows the same picture. It counts for nothing until `finish_second_step`.
    """
    User.objects.select_for_update().get(pk=user.pk)
    begun = Phone.objects.filter(user=user, confirmed=False).first()
    if begun is not None and not begun.can_be_opened:
        begun.delete()
        begun = None
    return begun or Phone.objects.create(user=user, confirmed=False, name="phone")


@transaction.atomic
def finish_second_step(*, user: User, code: str, at: datetime) -> list[str] | None:
    """Make the phone that shows `code` the second step; return new recovery codes, or None if it is wrong.

    Effects, in order: confirm the phone; forget the one before it; make recovery codes; write it down.
    """
    begun = Phone.objects.select_for_update().filter(user=user, confirmed=False).first()
    if begun is None or not begun.verify_token(code):
        return None
    begun.confirmed = True
    begun.save(update_fields=["confirmed"])
    Phone.objects.filter(user=user).exclude(pk=begun.pk).delete()
    AccountEvent.objects.create(account=user, what=What.SECOND_STEP_SET_UP, by=user, at=at)
    return make_recovery_codes(user=user, at=at)


@transaction.atomic
def make_recovery_codes(*, user: User, at: datetime) -> list[str]:
    """Return a set of new codes, to be shown once.

    Effects, in order: forget all codes before them; save their hashes; write it down.
    """
    codes = [new_code() for _ in range(CODES_IN_A_SET)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=digest_of(code)) for code in codes)
    AccountEvent.objects.create(account=user, what=What.CODES_MADE, by=user, at=at)
    return codes


@transaction.atomic
def take_code(*, user: User, code: str, at: datetime) -> bool:
    """Return whether `code` proves that it is them: the phone's of this moment, or an unused recovery code.

    After each wrong code the phone's codes are refused for twice as long as before, beginning with a second.

    Effects, in order: note the phone's code as used, or the failure; else note the recovery code as used and
    write that down.
    """
    phone = Phone.objects.select_for_update().filter(user=user, confirmed=True).first()
    if phone is None:
        return False
    if code.isdigit():
        return phone.verify_token(code)
    if not RecoveryCode.objects.filter(user=user, digest=digest_of(code), used_at=None).update(used_at=at):
        return False
    AccountEvent.objects.create(account=user, what=What.CODE_USED, by=user, at=at)
    return True


@transaction.atomic
def remove_second_step(*, user: User, by: User, at: datetime) -> bool:
    """Go back to the password alone; return whether there was more.

    Effects, in order: forget phone and recovery codes; write down who did it.
    """
    phones, _ = Phone.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    if phones:
        AccountEvent.objects.create(account=user, what=What.SECOND_STEP_REMOVED, by=by, at=at)
    return bool(phones)


@dataclass(frozen=True)
class Sealed:
    """How many phones were sealed with the newest key, and how many no key opens."""

    anew: int
    lost: int


@transaction.atomic
def seal_phones() -> Sealed:
    """Seal with the first of `SECOND_STEP_KEYS` every phone's secret that is plain or sealed with another.

    Effects: save each of them. Safe to run at any time and twice.
    """
    anew = lost = 0
    for phone in Phone.objects.select_for_update().order_by("pk"):
        try:
            sealed = sealed_anew(phone.key, phone.user_id)
        except SecretLost:
            lost += 1
            continue
        if sealed != phone.key:
            phone.key = sealed
            phone.save(update_fields=["key"])
            anew += 1
    return Sealed(anew, lost)
