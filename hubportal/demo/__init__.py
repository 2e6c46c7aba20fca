"""The demo: a believable borough to try the portal in. Everybody and everything in it is made up.

Only the totals of March to November 2023 are real: the council published them. Nothing here runs outside the
demo (docs/adr/0001-three-modes.md).
"""

from .accounts import SignIn, demo_password, load_accounts
from .appointments import AppointmentsLoaded, load_appointments
from .borough import NotReady
from .history import HistoryLoaded, forget_history, load_history, rows_to_forget
from .past_appointments import load_past_appointments
from .signing import sign_months_off

__all__ = [
    "AppointmentsLoaded",
    "HistoryLoaded",
    "NotReady",
    "SignIn",
    "demo_password",
    "forget_history",
    "load_accounts",
    "load_appointments",
    "load_history",
    "load_past_appointments",
    "rows_to_forget",
    "sign_months_off",
]
