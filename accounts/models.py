"""Staff accounts. What a person may do comes from roles, which are data: Django groups with permissions."""

from django.contrib.auth.models import AbstractUser
from django.db import models

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

    class Meta:
        permissions = [
            ("use_desk", "Can use the staff pages"),
            ("edit_public_facts", "Can edit hubs, hours, topics and notices"),
            ("manage_staff", "Can add, change and switch off staff accounts"),
        ]

    @property
    def display_name(self) -> str:
        """How colleagues are shown this person: the full name, else the sign-in name."""
        return self.get_full_name() or self.username
