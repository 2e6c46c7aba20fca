"""Staff accounts, how they prove who they are, what was done to each, and what roles were given."""

from accounts.models.account_events import AccountEvent, What
from accounts.models.given_permissions import GivenPermission
from accounts.models.phones import Phone
from accounts.models.recovery_codes import RecoveryCode
from accounts.models.users import User

__all__ = ["AccountEvent", "GivenPermission", "Phone", "RecoveryCode", "User", "What"]
