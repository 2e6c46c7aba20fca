"""What feeds say of a hub's facts that nobody has checked, in the active language; empty once checked."""

from __future__ import annotations

from django.utils.translation import gettext

from hubs.models import Hub


def hours_warning(hub: Hub) -> str:
    """Return the warning that goes with hours nobody has confirmed."""
    if hub.hours_confirmed:
        return ""
    return f"{gettext('Hours not yet confirmed.')} {gettext('Call before you travel:')} {hub.phone}"


def address_warning(hub: Hub) -> str:
    """Return the warning that goes with an address whose street number is in doubt."""
    return "" if hub.address_confirmed else gettext("Street number not yet confirmed.")
