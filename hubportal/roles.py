"""The roles of the whole portal: what each app gives to them."""

from __future__ import annotations

import appointments.roles
import enquiries.roles
import reports.roles
from accounts import actions
from accounts.actions import RolesLoaded

MORE_PERMISSIONS = (
    enquiries.roles.ROLE_PERMISSIONS,
    appointments.roles.ROLE_PERMISSIONS,
    reports.roles.ROLE_PERMISSIONS,
)
"""What the apps above `accounts` give to its roles."""


def load_roles() -> RolesLoaded:
    """Make missing roles and give every role what this release adds to it.

    Effects: those of `accounts.actions.load_roles`.
    """
    return actions.load_roles(*MORE_PERMISSIONS)
