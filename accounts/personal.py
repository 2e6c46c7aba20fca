"""The classified fields of `accounts`: who works where."""

from __future__ import annotations

from hubs.data_map import Fate, Kind, Period, Record, fields, nothing_personal, plain

_STAFF = "staff"
_ACCOUNT = "to sign in, and to know who may do what and who did what"
_SWITCHED_OFF = "an account is switched off, never deleted: what was done must be accounted for"

RECORDS = [
    nothing_personal("accounts.GivenPermission", "id role permission"),
    Record(
        "accounts.User",
        fields=plain(
            "id is_superuser is_staff is_active groups user_permissions services switched_on_at "
            "password_is_temporary"
        )
        | fields(Kind.OWN, "username first_name last_name email directory_id", Fate.KEPT, _SWITCHED_OFF)
        | fields(Kind.OWN, "password", Fate.KEPT, "a one-way hash, which a switched-off account cannot use")
        | fields(Kind.OWN, "last_login date_joined home_hub", Fate.KEPT, _SWITCHED_OFF),
        whose=_STAFF,
        purpose=_ACCOUNT,
        period=Period.ACCOUNTS,
    ),
    Record(
        "accounts.AccountEvent",
        fields=plain("id what at")
        | fields(Kind.OWN, "account details", Fate.KEPT, _SWITCHED_OFF)
        | fields(Kind.STAFF, "by", Fate.KEPT, _SWITCHED_OFF),
        whose=_STAFF,
        purpose="to know what was done to an account, by whom and when",
        period=Period.ACCOUNTS,
    ),
    Record(
        "accounts.RecoveryCode",
        fields=plain("id used_at")
        | fields(Kind.OWN, "user digest", Fate.KEPT, "a one-way hash, useless once it was used or replaced"),
        whose=_STAFF,
        purpose="to sign in when the phone with the second step is lost",
        period=Period.ACCOUNTS,
    ),
    *(
        Record(
            f"accounts.User_{many}",
            fields=plain(f"id {one}") | fields(Kind.STAFF, "user", Fate.KEPT, _SWITCHED_OFF),
            whose=_STAFF,
            purpose=_ACCOUNT,
            period=Period.ACCOUNTS,
        )
        for many, one in (
            ("services", "service"),
            ("groups", "group"),
            ("user_permissions", "permission"),
        )
    ),
]
