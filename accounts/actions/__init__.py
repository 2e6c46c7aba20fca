"""Every change to staff accounts, roles and second steps."""

from accounts.actions.accounts import (
    change_password,
    dormant_accounts,
    end_other_sessions,
    keep_awake,
    open_account,
    share_password,
    switch_off,
    switch_off_dormant,
    switch_on,
)
from accounts.actions.directory import take_in
from accounts.actions.roles import RolesLoaded, load_roles
from accounts.actions.second_step import (
    begin_second_step,
    finish_second_step,
    make_recovery_codes,
    remove_second_step,
    seal_phones,
    take_code,
)

__all__ = [
    "RolesLoaded",
    "begin_second_step",
    "change_password",
    "dormant_accounts",
    "end_other_sessions",
    "finish_second_step",
    "keep_awake",
    "load_roles",
    "make_recovery_codes",
    "open_account",
    "remove_second_step",
    "seal_phones",
    "share_password",
    "switch_off",
    "switch_off_dormant",
    "switch_on",
    "take_code",
    "take_in",
]
