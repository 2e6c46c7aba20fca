"""Complaints about how personal data was used, which must be acknowledged within 30 days."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from enquiries.references import grouped

from .enquiries import Enquiry
from .residents import Language
from .who_and_when import both_or_neither


class DataProtectionComplaint(models.Model):
    """What somebody complains of, how to answer, and who acknowledged and answered it when."""

    reference = models.CharField(max_length=9, unique=True, editable=False)
    token = models.UUIDField(unique=True, editable=False, help_text="From the form: one form, one complaint.")
    words = models.TextField(max_length=5000, help_text="What went wrong, as they wrote it.")
    name = models.CharField(max_length=200)
    reply_by = models.CharField(max_length=10, choices=Enquiry.ReplyBy.choices)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=10, choices=Language.choices)
    received_at = models.DateTimeField()
    acknowledge_by = models.DateField(help_text="The last of 30 days, the day of receipt being the first.")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(max_length=2000, blank=True, help_text="What they were told, in short.")

    class Meta:
        ordering = ["acknowledge_by", "id"]
        permissions = [("answer_complaints", "Can acknowledge and answer data protection complaints")]
        constraints = [
            both_or_neither("acknowledged_at", "acknowledged_by", "complaint_acknowledged_who_and_when"),
            both_or_neither("answered_at", "answered_by", "complaint_answered_who_and_when"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | Q(answered_at__isnull=False, acknowledged_at__isnull=False) & ~Q(answer=""),
                name="complaint_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_reference

    @property
    def shown_reference(self) -> str:
        """The reference as it is printed: K7M-3PQ-X9T."""
        return grouped(self.reference)

    def is_overdue(self, on: date) -> bool:
        """Whether it should have been acknowledged by now, on the London date `on`."""
        return self.acknowledged_at is None and self.acknowledge_by < on
