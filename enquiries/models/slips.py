"""What residents take away: reference, what was agreed, who acts and by when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .enquiries import Enquiry


class Slip(models.Model):
    """That a slip was printed or sent. What it said is not kept: it is made anew from the enquiry."""

    class Way(models.TextChoices):
        PRINT = "print", "Printed"
        EMAIL = "email", "E-mail"
        SMS = "sms", "Text message"

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="slips")
    way = models.CharField(max_length=10, choices=Way.choices)
    language = models.CharField(max_length=2)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=["print", "email", "sms"]), name="slip_way_known"),
            models.CheckConstraint(condition=Q(language__in=["en", "bn"]), name="slip_language_known"),
        ]

    def __str__(self) -> str:
        return f"slip for {self.enquiry}"
