"""The classified fields of models that come with other packages."""

from __future__ import annotations

from hubs.data_map import Fate, Kind, Period, Record, fields, nothing_personal, plain, staff

_KEYED = "attempt_time"
_ATTEMPT = "username ip_address user_agent"


def _sign_in(model: str, own: str, other: str) -> Record:
    """A record of django-axes about somebody who tried to sign in."""
    return Record(
        model,
        fields=plain(f"id {other}") | fields(Kind.OWN, own, Fate.DELETED),
        whose="staff, and whoever tries to sign in as one of them",
        purpose="to lock out who guesses passwords",
        period=Period.SIGN_INS,
        deleted_by=_KEYED,
    )


RECORDS = [
    nothing_personal("auth.Permission", "id name content_type codename"),
    nothing_personal("auth.Group", "id name permissions"),
    nothing_personal("auth.Group_permissions", "id group permission"),
    nothing_personal("contenttypes.ContentType", "id app_label model"),
    Record(
        "admin.LogEntry",
        fields=plain("id action_time content_type object_id action_flag")
        | staff("user")
        | fields(
            Kind.FREE_TEXT,
            "object_repr change_message",
            Fate.KEPT,
            "names what was changed in the console, where no resident is shown",
        ),
        whose="staff",
        purpose="to know who changed which fact in the console",
        period=Period.ACCOUNTS,
    ),
    Record(
        "sessions.Session",
        fields=plain("expire_date")
        | fields(Kind.PSEUDONYM, "session_key", Fate.DELETED)
        | fields(Kind.FREE_TEXT, "session_data", Fate.DELETED),
        whose="staff, and residents whom they searched for",
        purpose="to stay signed in, and to keep what was searched for out of addresses",
        otherwise="useless after 12 hours, and deleted by the next clean-up (`manage.py clearsessions`)",
    ),
    Record(
        "otp_totp.TOTPDevice",
        fields=plain(
            "id confirmed created_at last_used_at throttling_failure_timestamp throttling_failure_count"
            " step t0 digits tolerance drift last_t"
        )
        | fields(Kind.OWN, "user name key", Fate.KEPT, "until the second step is removed or set up again"),
        whose="staff",
        purpose="the second step of signing in",
        period=Period.ACCOUNTS,
    ),
    _sign_in(
        "axes.AccessAttempt",
        f"{_ATTEMPT} get_data post_data",
        "http_accept path_info attempt_time failures_since_start",
    ),
    _sign_in("axes.AccessFailureLog", _ATTEMPT, "http_accept path_info attempt_time locked_out"),
    _sign_in("axes.AccessLog", f"{_ATTEMPT} session_hash", "http_accept path_info attempt_time logout_time"),
    nothing_personal("axes.AccessAttemptExpiration", "access_attempt expires_at"),
]
