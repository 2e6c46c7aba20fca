"""What each role may do with appointments; `accounts.roles` and `enquiries.roles` have the rest."""

from accounts.roles import ADMINISTRATOR, FRONT_DESK, MANAGER

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    FRONT_DESK: ("appointments.work_bookings",),
    MANAGER: ("appointments.work_bookings", "appointments.keep_plans"),
    ADMINISTRATOR: ("appointments.keep_plans",),
}
"""The permissions each role starts with. An administrator keeps plans and sees no names."""
