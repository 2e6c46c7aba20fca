"""How often something was tried from the internet, so that every worker and node agrees on the limits."""

from django.db import models


class SubmissionCount(models.Model):
    """How many tries one caller made in one window. Callers are keyed hashes; rows are swept after a day."""

    class What(models.TextChoices):
        ASK = "ask", "Online question"
        TRACK = "track", "Reference looked up"
        COMPLAIN = "complain", "Data protection complaint"

    what = models.CharField(max_length=10, choices=What.choices)
    caller = models.CharField(max_length=32, help_text="Keyed hash of the address, or * for everybody.")
    window = models.DateTimeField(help_text="Start of the window.")
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "caller", "window"], name="submission_count_once")
        ]
        indexes = [models.Index(fields=["window"], name="submission_count_window")]

    def __str__(self) -> str:
        return f"{self.what} {self.window:%H:%M}: {self.tries}"
