"""How busy hubs usually are, as their pages say it."""

from django.db import models
from django.db.models import Q

from hubs.busy_hours import Level

from .hours import Weekday
from .hubs import Hub


class BusyHour(models.Model):
    """How busy a hub usually is in one hour of its week: a word, made from visits that stay elsewhere."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="busy_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    hour = models.PositiveSmallIntegerField(help_text="The hour it begins, London wall time.")
    level = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Level])
    counted_on = models.DateField(help_text="The London date up to which visits were counted.")

    class Meta:
        ordering = ["hub", "weekday", "hour"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "weekday", "hour"], name="busy_hour_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6, hour__lte=23), name="busy_hour_real"),
            models.CheckConstraint(
                condition=Q(level__in=[each.value for each in Level]), name="busy_hour_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub}, {self.get_weekday_display()} {self.hour:02d}:00: {self.level}"
