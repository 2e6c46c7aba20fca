"""Which permissions a release has given to a role already."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models


class GivenPermission(models.Model):
    """A permission that some release gave to a role, whether or not the role still has it.

    So the next release can tell a permission that is new from one that was taken away since.
    """

    role = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="given_permissions")
    permission = models.CharField(max_length=200)
    """Such as "enquiries.log_visit": as the code names it, since numbers of permissions differ."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="permission_given_once_to_a_role")
        ]

    def __str__(self) -> str:
        return f"{self.permission} was given to {self.role}"
