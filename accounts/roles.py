"""What each role may do. Roles are groups in the database, so an administrator can change them."""

FRONT_DESK = "Front desk"
SERVICE_OFFICER = "Service officer"
MANAGER = "Manager"
ADMINISTRATOR = "Administrator"

_EVERYONE = ("accounts.use_desk",)
# Look-up rows are retired, never deleted: history refers to them. Hence no `delete_` for these.
_RETIRED_NOT_DELETED = ("hub", "topic", "service", "facility")
_EDITED_FREELY = (
    "openingperiod",
    "datedhours",
    "datedperiod",
    "hubfacility",
    "topiccode",
    "topicoffer",
    "notice",
)

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    FRONT_DESK: _EVERYONE,
    SERVICE_OFFICER: _EVERYONE,
    MANAGER: (*_EVERYONE, "accounts.see_staff"),
    ADMINISTRATOR: (
        *_EVERYONE,
        "accounts.edit_public_facts",
        "accounts.see_staff",
        "accounts.manage_staff",
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        *(f"hubs.{verb}_{model}" for model in _RETIRED_NOT_DELETED for verb in ("view", "add", "change")),
        *(f"hubs.{verb}_{model}" for model in _EDITED_FREELY for verb in ("view", "add", "change", "delete")),
    ),
}
"""The permissions each role starts with, by its name."""
