"""Months that were signed off, with their figures, and what was taken out of the portal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from enquiries.models import Enquiry
from hubs.models import Hub, Topic

from .months import Month


class FrozenMonth(models.Model):
    """A month whose figures a manager has signed off: from then on reports read them from here."""

    month = models.PositiveIntegerField(unique=True, help_text="London month, such as 202611.")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True, help_text="What readers should know: a strike.")
    last_event = models.PositiveBigIntegerField(
        help_text="The last enquiry event there was when counting began: later ones are amendments."
    )
    last_visit = models.PositiveBigIntegerField(help_text="The last visit there was when counting began.")

    class Meta:
        ordering = ["-month"]
        permissions = [
            ("view_reports", "Can read monthly reports and the rows behind them"),
            ("sign_off_month", "Can sign months off"),
            ("export_rows", "Can take rows about people out of the portal"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(month__range=(190001, 299912)), name="frozen_month_real")
        ]

    def __str__(self) -> str:
        return f"{self.when} signed off"

    @property
    def when(self) -> Month:
        """The month as a value."""
        return Month.from_number(self.month)


class FrozenFigure(models.Model):
    """The cells of one cube of a signed-off month. Never changed: nothing in the portal updates it.

    A cell of the axis "cell" is one hub × topic × channel; those of the other axes are the same rows added up
    over all hubs, topics and channels but one, so that a page needs few of them however busy the month was.
    """

    class Axis(models.TextChoices):
        WHOLE = "whole", "Everything"
        HUB = "hub", "One hub"
        TOPIC = "topic", "One topic"
        CHANNEL = "channel", "One channel"
        CELL = "cell", "One hub, topic and channel"

    month = models.ForeignKey(FrozenMonth, on_delete=models.CASCADE, related_name="figures")
    cube = models.CharField(max_length=20)
    axis = models.CharField(max_length=10, choices=Axis.choices)
    hub = models.ForeignKey(
        Hub, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: no hub."
    )
    topic = models.ForeignKey(
        Topic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: any; a visit is counted once for each of its topics and once here.",
    )
    channel = models.CharField(max_length=10, choices=Enquiry.Channel.choices, blank=True)
    counts = models.JSONField(help_text="Pairs: values of the cube's columns, and how many rows have them.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "month", "axis", "cube", Coalesce("hub", 0), Coalesce("topic", 0), "channel",
                name="frozen_figure_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month}: {self.cube}, {self.axis}"


class ExportLog(models.Model):
    """That somebody took something out of the portal: what, how many rows, and why where it held people."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=300, help_text="Months, measure and filters as in the address.")
    format = models.CharField(max_length=10, choices=Format.choices)
    personal = models.BooleanField(default=False, help_text="With columns about people.")
    reason = models.CharField(max_length=500, blank=True)
    rows = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(personal=False) | ~Q(reason=""), name="export_of_people_says_why"
            )
        ]
        indexes = [models.Index(fields=["-at"], name="export_log_recent")]

    def __str__(self) -> str:
        return f"{self.what} as {self.format}"
