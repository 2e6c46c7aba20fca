"""The version of everything the public pages show."""

from django.db import models
from django.db.models import Q


class ContentVersion(models.Model):
    """One row, counted up by `hubs.actions.publish` whenever public content changes.

    Workers keep finished pages in memory and compare this number at most once a second.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="content_version_one_row")]

    def __str__(self) -> str:
        return f"content version {self.number}"
