"""How long what is kept, and what was done because somebody asked for a copy or to be forgotten."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from hubs.data_map import Period

from .residents import Resident

MOST_MONTHS = 1200


class RetentionPeriod(models.Model):
    """A period that the council has decided. Without a row nothing of the kind is ever removed."""

    period = models.CharField(max_length=20, choices=Period.choices, unique=True)
    months = models.PositiveSmallIntegerField(help_text="Counted from the last thing that happened.")
    decided_on = models.DateField(help_text="When the council decided it.")
    source = models.CharField(max_length=200, help_text="Where that is written down.")

    class Meta:
        ordering = ["period"]
        constraints = [
            models.CheckConstraint(
                condition=Q(months__range=(1, MOST_MONTHS)),
                name="retention_months_sensible",
                violation_error_message="Choose from 1 to 1200 months.",
            ),
            models.CheckConstraint(condition=Q(period__in=Period.values), name="retention_period_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_period_display()}: {self.months} months"


class RightsRequest(models.Model):
    """That a copy of a record was given out, or the record erased, because its person asked. Append-only."""

    class Kind(models.TextChoices):
        COPY = "copy", "Copy given out"
        ERASURE = "erasure", "Record erased"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="rights_requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(
        max_length=300, help_text="How they asked and how we know it was them; no names."
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        permissions = [("answer_rights", "Can give out a copy of a resident's record and erase it")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="rights_request_says_why"),
            models.CheckConstraint(
                condition=Q(kind__in=["copy", "erasure"]), name="rights_request_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident}: {self.get_kind_display()}"
