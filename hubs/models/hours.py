"""When hubs are open: the usual week, and dates that differ."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubs.bilingual import Bilingual

from .hubs import Hub


class Weekday(models.IntegerChoices):
    """Days as Python counts them; weeks start on Monday."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


_OPENS_BEFORE_CLOSES = Q(closes__gt=F("opens")) | Q(closes=time(0))
"""Midnight as a closing time is the end of the day, as in `hubs.opening`."""


class OpeningPeriod(models.Model):
    """One stretch of a hub's usual week, London wall time, open from `opens` until just before `closes`.

    Closing at 00:00 means midnight at the end of the day. Several a day make a lunch break. The database
    refuses periods that overlap (a trigger, see migration 0002), because no plain constraint can say so on
    both databases.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="opening_periods")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=_OPENS_BEFORE_CLOSES,
                name="opening_period_opens_before_closes",
                violation_error_message=_("The closing time must be after the opening time."),
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_period_weekday_real"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class DatedHours(models.Model):
    """A date that differs from the usual week: closed, or open at special times.

    Without a hub it holds for all hubs. A hub's own date beats the date for all; both beat bank holidays.
    """

    hub = models.ForeignKey(
        Hub,
        on_delete=models.CASCADE,
        related_name="dated_hours",
        null=True,
        blank=True,
        help_text="Empty: all hubs.",
    )
    on = models.DateField("date")
    closed = models.BooleanField(default=True, help_text="Off: open at the times given below.")
    reason_en = models.CharField("reason (English)", max_length=150, blank=True)
    reason_bn = models.CharField("reason (Bengali)", max_length=150, blank=True)

    reason = Bilingual()

    class Meta:
        ordering = ["on", "hub"]
        verbose_name_plural = "dated hours"
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "on"],
                condition=Q(hub__isnull=False),
                name="dated_hours_once_a_hub",
                violation_error_message=_("This hub already has hours for this date."),
            ),
            models.UniqueConstraint(
                fields=["on"],
                condition=Q(hub__isnull=True),
                name="dated_hours_once_for_all",
                violation_error_message=_("There are already hours for all hubs on this date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub or 'All hubs'}, {self.on:%d %B %Y}"


class DatedPeriod(models.Model):
    """One stretch of special opening on a date, London wall time."""

    dated_hours = models.ForeignKey(DatedHours, on_delete=models.CASCADE, related_name="periods")
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["opens"]
        constraints = [
            models.CheckConstraint(
                condition=_OPENS_BEFORE_CLOSES,
                name="dated_period_opens_before_closes",
                violation_error_message=_("The closing time must be after the opening time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"
