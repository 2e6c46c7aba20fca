"""Staff accounts, how they prove who they are, and what was done to each."""

from accounts.models.account_events import AccountEvent, What
from accounts.models.recovery_codes import RecoveryCode
from accounts.models.users import User

__all__ = ["AccountEvent", "RecoveryCode", "User", "What"]
