"""What each role may do with visits, enquiries and referrals; `accounts.roles` has the rest."""

from accounts.roles import ADMINISTRATOR, FRONT_DESK, MANAGER, SERVICE_OFFICER

_SETTINGS = ("outcome", "cause", "serviceterms", "servicequestion", "retentionperiod")

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    FRONT_DESK: ("enquiries.log_visit", "enquiries.work_enquiries"),
    SERVICE_OFFICER: ("enquiries.work_referrals",),
    MANAGER: (
        "enquiries.log_visit",
        "enquiries.work_enquiries",
        "enquiries.work_referrals",
        "enquiries.see_every_hub",
        "enquiries.see_record_views",
        "enquiries.answer_rights",
        "enquiries.answer_complaints",
    ),
    ADMINISTRATOR: (
        *(f"enquiries.{verb}_{model}" for model in _SETTINGS for verb in ("view", "add", "change")),
        "enquiries.delete_retentionperiod",
    ),
}
"""The permissions each role starts with. An administrator keeps settings and people, and sees no stories."""
