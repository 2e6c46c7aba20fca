"""When appointments can be made: plans, the slots published from them, and days that are closed to them."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from appointments.querysets import PlanQuerySet, SlotQuerySet
from appointments.slot_times import Window
from enquiries.models.who_and_when import both_or_neither
from hubs.models import Hub, Topic
from hubs.models.hours import Weekday
from hubs.opening import Period

MOST_DESKS = 50
"""More desks than any hub has: a typing mistake."""


class Plan(models.Model):
    """A weekday's window at a hub in which residents are seen by appointment. Retired, never deleted."""

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="plans")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts = models.TimeField(help_text="London wall time.")
    ends = models.TimeField(help_text="London wall time; 00:00 is midnight at the end of the day.")
    minutes = models.PositiveSmallIntegerField(default=30, help_text="How long one appointment is.")
    desks = models.PositiveSmallIntegerField(default=1, help_text="How many people are seen at once.")
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="plans", help_text="None: every topic that the hub helps with."
    )
    days_ahead = models.PositiveSmallIntegerField(default=28, help_text="How many days ahead one can book.")
    notice_minutes = models.PositiveSmallIntegerField(
        default=120, help_text="How long before it starts a resident can still book."
    )
    starts_on = models.DateField()
    retired_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["hub__position", "weekday", "starts"]
        permissions = [("keep_plans", "Can plan appointments and close days")]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="plan_weekday_real"),
            models.CheckConstraint(condition=Q(minutes__range=(5, 480)), name="plan_minutes_sensible"),
            models.CheckConstraint(condition=Q(desks__range=(1, MOST_DESKS)), name="plan_desks_sensible"),
            models.CheckConstraint(condition=Q(days_ahead__range=(1, 400)), name="plan_days_ahead_sensible"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) | Q(ends=time(0)), name="plan_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(retired_on__isnull=True) | Q(retired_on__gte=F("starts_on")),
                name="plan_retired_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub}, {self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"

    @property
    def window(self) -> Window:
        """What decides when its slots are."""
        return Window(
            self.weekday, Period(self.starts, self.ends), self.minutes, self.starts_on, self.retired_on
        )


class ClosedDay(models.Model):
    """A London date on which a hub sees nobody by appointment, though it may be open."""

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="closed_days")
    on = models.DateField("date")
    reason = models.CharField(max_length=150, blank=True, help_text="For staff.")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "on"], condition=Q(reopened_at__isnull=True), name="closed_day_once"
            ),
            both_or_neither("reopened_at", "reopened_by", "closed_day_reopened_who_and_when"),
        ]

    def __str__(self) -> str:
        return f"{self.hub}, {self.on}"


class Slot(models.Model):
    """A stretch of time at a hub that can be promised to as many people as there are desks.

    `booked` counts the live bookings and holds; only `appointments.actions` change it, by a guarded update.
    Withdrawn, never deleted.
    """

    class Why(models.TextChoices):
        """Why a slot was withdrawn."""

        HOURS = "hours", "The hub is closed then"
        PLAN = "plan", "The plan was changed"
        DAY = "day", "The day was closed"

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="slots")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    service_day = models.DateField(help_text="London date.")
    minutes = models.PositiveSmallIntegerField()
    book_until = models.DateTimeField(help_text="From then on residents can no longer book it themselves.")
    capacity = models.PositiveSmallIntegerField()
    booked = models.PositiveSmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the command that publishes slots.",
    )
    withdrawn_because = models.CharField(max_length=10, choices=Why.choices, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "starts_at", "plan"], name="slot_once"),
            models.CheckConstraint(condition=Q(booked__lte=F("capacity")), name="slot_never_oversold"),
            models.CheckConstraint(condition=Q(booked__gte=0), name="slot_booked_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="slot_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_because="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because=""),
                name="slot_withdrawn_when_and_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["plan", "service_day", "starts_at", "book_until", "booked", "capacity"],
                condition=Q(withdrawn_at__isnull=True),
                name="slot_offered",
            ),
            models.Index(fields=["hub", "service_day"], name="slot_day"),
        ]

    def __str__(self) -> str:
        return f"slot {self.pk}"

    @property
    def free(self) -> int:
        """How many desks nobody has booked or holds."""
        return self.capacity - self.booked

    @property
    def is_withdrawn(self) -> bool:
        """Whether nobody can be seen then any more."""
        return self.withdrawn_at is not None

    def has_begun(self, at: datetime) -> bool:
        """Whether the appointment has begun by the moment `at`."""
        return self.starts_at <= at
