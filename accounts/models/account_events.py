"""What was done to an account, by whom and when. Rows are only ever added (migration 0003)."""

from __future__ import annotations

from django.db import models

from accounts.models.users import User


class What(models.TextChoices):
    """What can happen to an account outside of the console's forms."""

    SWITCHED_ON = "switched_on", "Switched on"
    SWITCHED_OFF = "switched_off", "Switched off"
    DORMANT = "dormant", "Switched off because it was not used"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    SECOND_STEP_SET_UP = "second_step_set_up", "Second step set up"
    SECOND_STEP_REMOVED = "second_step_removed", "Second step removed"
    CODES_MADE = "codes_made", "New recovery codes made"
    CODE_USED = "code_used", "Signed in with a recovery code"
    ROLES_FROM_DIRECTORY = "roles_from_directory", "Roles taken from the council’s directory"


class AccountEvent(models.Model):
    """One change to one account. `by` is empty where the portal did it by itself."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=30, choices=What.choices)
    details = models.CharField(max_length=200, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="account_events_newest")]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.at:%Y-%m-%d %H:%M}"
