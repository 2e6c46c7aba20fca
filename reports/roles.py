"""What each role may do with reports; `accounts.roles` and `enquiries.roles` have the rest."""

from accounts.roles import MANAGER

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    MANAGER: ("reports.view_reports", "reports.sign_off_month", "reports.export_rows"),
}
"""The permissions each role starts with. Reports show all hubs: nobody else reads them."""
