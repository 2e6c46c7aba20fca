"""Staff accounts. What a person may do comes from roles, which are data: Django groups with permissions."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from hubs.models import Hub, Service


class User(AbstractUser):
    """Somebody who works at the hubs or for one of the council's services."""

    home_hub = models.ForeignKey(
        Hub,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
        help_text="Where they work.",
    )

    services = models.ManyToManyField(
        Service, blank=True, related_name="officers", help_text="Whose referrals they take."
    )

    switched_on_at = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="An account counts as unused from here, or its last use.",
    )
    password_is_temporary = models.BooleanField(
        default=False, help_text="Somebody else has chosen it: a new one is asked for before anything else."
    )
    directory_id = models.CharField(
        "directory id",
        max_length=255,
        unique=True,
        null=True,
        blank=True,
        help_text="Their id in the council’s directory, for single sign-on. Empty where it is not used.",
    )

    class Meta:
        permissions = [
            ("use_desk", "Can use the staff pages"),
            ("edit_public_facts", "Can edit hubs, hours, topics and notices"),
            ("see_staff", "Can see who has a staff account and when it was last used"),
            ("manage_staff", "Can add, change and switch off staff accounts"),
        ]

    @property
    def display_name(self) -> str:
        """How colleagues are shown this person: the full name, else the sign-in name."""
        return self.get_full_name() or self.username

    @property
    def last_used_at(self) -> datetime:
        """When the person last signed in, or the account was made or switched on after that."""
        return max(self.last_login or self.switched_on_at, self.switched_on_at)

    def is_dormant(self, at: datetime) -> bool:
        """Whether the account has not been used for `STAFF_DORMANT_DAYS` by `at`, and so cannot sign in."""
        return at - self.last_used_at > timedelta(days=settings.STAFF_DORMANT_DAYS)
