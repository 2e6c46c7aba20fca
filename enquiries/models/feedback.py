"""What residents thought of their visit."""

from django.db import models
from django.db.models import Q

from .enquiries import Enquiry


class Feedback(models.Model):
    """One answer and a comment about one enquiry, asked for by a link on the slip."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        PARTLY = "partly", "Partly"
        NO = "no", "No"

    enquiry = models.OneToOneField(Enquiry, on_delete=models.PROTECT, related_name="feedback")
    answer = models.CharField(max_length=10, choices=Answer.choices, help_text="Did we sort it out?")
    comment = models.TextField(max_length=2000, blank=True)
    given_at = models.DateTimeField()
    month = models.PositiveIntegerField(help_text="London month in which it was given, such as 202611.")

    class Meta:
        ordering = ["-given_at"]
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=["yes", "partly", "no"]), name="feedback_answer_known"
            ),
            models.CheckConstraint(condition=Q(month__range=(190001, 299912)), name="feedback_month_real"),
        ]
        indexes = [models.Index(fields=["month", "answer", "enquiry"], name="feedback_month")]

    def __str__(self) -> str:
        return f"feedback on {self.enquiry}"
