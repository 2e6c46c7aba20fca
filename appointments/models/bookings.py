"""What was promised to whom, and desks that are held for somebody for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.querysets import BookingEventQuerySet, BookingQuerySet, HoldQuerySet
from enquiries.models import Enquiry, Resident, Visit
from enquiries.models.residents import Language
from enquiries.models.who_and_when import both_or_neither
from enquiries.references import grouped
from hubs.models import Hub, Topic

from .plans import Slot


class Booking(models.Model):
    """An appointment. Never deleted: the database refuses. Every state but "cancelled" keeps its desk."""

    class Channel(models.TextChoices):
        ONLINE = "online", "Online"
        DESK = "desk", "At a desk"
        PHONE = "phone", "By phone"

    class Status(models.TextChoices):
        BOOKED = "booked", "Booked"
        ARRIVED = "arrived", "Arrived"
        FINISHED = "finished", "Finished"
        MISSED = "missed", "Missed"
        CANCELLED = "cancelled", "Cancelled"

    TRANSITIONS: dict[str, frozenset[str]] = {
        Status.BOOKED: frozenset({Status.ARRIVED, Status.MISSED, Status.CANCELLED}),
        Status.ARRIVED: frozenset({Status.FINISHED, Status.BOOKED}),
        Status.FINISHED: frozenset(),
        Status.MISSED: frozenset({Status.ARRIVED}),
        Status.CANCELLED: frozenset(),
    }
    """Which status may follow which; only `appointments.actions` assigns one."""

    reference = models.CharField(max_length=9, unique=True, editable=False)
    private_key = models.CharField(
        max_length=43, unique=True, editable=False, help_text="In the resident's private link."
    )
    token = models.UUIDField(
        unique=True, editable=False, help_text="From the form: the same form makes one booking."
    )
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    desk = models.PositiveSmallIntegerField(help_text="Which of the slot's desks, from 1.")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    language = models.CharField(max_length=10, choices=Language.choices)
    needs = models.CharField(max_length=300, blank=True)
    interpreter = models.BooleanField(default=False)
    words = models.TextField(max_length=5000, blank=True, help_text="What it is about, as the resident says.")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BOOKED)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="Empty: the resident, online.",
    )
    service_day = models.DateField(help_text="London date of the appointment.")
    month = models.PositiveIntegerField(help_text="London month of the appointment, such as 202611.")
    lead_days = models.PositiveSmallIntegerField(
        help_text="London days from booking, or from the last move, to the appointment."
    )
    moved_from = models.ForeignKey(
        Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="moved_away", db_index=False
    )
    moved_at = models.DateTimeField(null=True, blank=True)
    late_at = models.DateTimeField(null=True, blank=True)
    late_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    visit = models.OneToOneField(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="booking"
    )
    enquiry = models.OneToOneField(
        Enquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="booking"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    missed_at = models.DateTimeField(null=True, blank=True)
    missed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="Empty: the resident.",
    )

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["slot__starts_at", "desk"]
        permissions = [("work_bookings", "Can book appointments and work the day's list")]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "desk"], condition=~Q(status="cancelled"), name="booking_desk_once"
            ),
            models.CheckConstraint(condition=Q(desk__gte=1), name="booking_desk_from_one"),
            models.CheckConstraint(
                condition=Q(channel="online", booked_by__isnull=True)
                | ~Q(channel="online") & Q(booked_by__isnull=False),
                name="booking_booked_by_somebody",
            ),
            both_or_neither("late_at", "late_by", "booking_late_who_and_when"),
            both_or_neither("arrived_at", "arrived_by", "booking_arrived_who_and_when"),
            both_or_neither("finished_at", "finished_by", "booking_finished_who_and_when"),
            both_or_neither("missed_at", "missed_by", "booking_missed_who_and_when"),
            both_or_neither("moved_at", "moved_from", "booking_moved_when_and_whence"),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | ~Q(status="cancelled") & Q(cancelled_at__isnull=True, cancelled_by__isnull=True),
                name="booking_cancelled_when",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("arrived", "finished"), arrived_at__isnull=False, visit__isnull=False)
                | ~Q(status__in=("arrived", "finished")) & Q(visit__isnull=True),
                name="booking_arrived_with_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(status="finished", finished_at__isnull=False)
                | ~Q(status="finished") & Q(finished_at__isnull=True),
                name="booking_finished_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="missed") | Q(missed_at__isnull=False), name="booking_missed_when"
            ),
            models.CheckConstraint(condition=Q(month__range=(190001, 299912)), name="booking_month_real"),
        ]
        indexes = [
            models.Index(fields=["hub", "service_day"], name="booking_day"),
            models.Index(fields=["month", "hub", "topic", "channel", "status"], name="booking_month"),
            models.Index(fields=["resident", "-booked_at"], name="booking_resident"),
        ]

    def __str__(self) -> str:
        return self.shown_reference

    @property
    def shown_reference(self) -> str:
        """The reference as it is printed: K7M-3PQ-X9T."""
        return grouped(self.reference)

    @property
    def is_live(self) -> bool:
        """Whether the resident is still expected."""
        return self.status == self.Status.BOOKED

    @property
    def has_lost_its_time(self) -> bool:
        """Whether we took the time away: its slot was withdrawn, or its desk was gone before it began."""
        slot = self.slot
        desk_is_gone = self.desk > slot.plan.desks and slot.plan.changed_at < slot.starts_at
        return self.is_live and (slot.is_withdrawn or desk_is_gone)

    @property
    def is_reminded(self) -> bool:
        """Whether a reminder is sent before it; none is for a time that was booked only shortly before."""
        last_told_at = self.moved_at or self.booked_at
        return self.slot.starts_at - last_told_at >= timedelta(hours=settings.REMINDER_HOURS) / 2

    def may_become(self, status: str) -> bool:
        """Whether the booking can go from its present status to `status`."""
        return status in self.TRANSITIONS[self.status]


class BookingEvent(models.Model):
    """One step in a booking's life. Append-only: the database refuses changes and deletions."""

    class Kind(models.TextChoices):
        BOOKED = "booked", "Booked"
        MOVED = "moved", "Moved"
        OFFERED = "offered", "Another time offered"
        GONE = "gone", "No other time free"
        GIVEN_BACK = "given_back", "Time given back"
        LATE = "late", "Running late"
        LATE_BACK = "late_back", "Late taken back"
        ARRIVED = "arrived", "Arrived"
        TAKEN_BACK = "taken_back", "Arrival taken back"
        FINISHED = "finished", "Finished"
        MISSED = "missed", "Missed"
        CANCELLED = "cancelled", "Cancelled"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    slot = models.ForeignKey(
        Slot,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The slot after this step.",
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="Empty: the resident.",
    )

    objects = BookingEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.booking}: {self.get_kind_display()}"


class Hold(models.Model):
    """A desk kept for somebody for a while: who is typing their details, or whom a time was offered.

    A live hold counts in the slot's `booked`. One whose time is over stays live until somebody needs the desk
    or the command gives it back: until then it can still become a booking, unless the appointment has begun.
    """

    class End(models.TextChoices):
        USED = "used", "Became a booking"
        RELEASED = "released", "Given back"
        EXPIRED = "expired", "Time was over"
        WITHDRAWN = "withdrawn", "The slot was withdrawn"

    MOST_EXTENSIONS = 10
    """WCAG 2.2, success criterion 2.2.1: a time limit can be extended at least ten times."""

    key = models.UUIDField(
        unique=True, editable=False, help_text="Also the token of the form that it is for."
    )
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="holds")
    desk = models.PositiveSmallIntegerField()
    caller = models.CharField(max_length=32, blank=True, help_text="Keyed hash of the internet address.")
    booking = models.ForeignKey(
        Booking,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
        help_text="Offered to move this booking to.",
    )
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    extended = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["held_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "desk"], condition=Q(ended_at__isnull=True), name="hold_desk_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="hold_ended_when_and_how",
            ),
        ]
        indexes = [
            models.Index(fields=["caller", "-held_at"], condition=~Q(caller=""), name="hold_caller"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def can_be_extended(self) -> bool:
        """Whether whoever asks in time has the desk for longer."""
        return self.extended < self.MOST_EXTENSIONS and self.expires_at < self.slot.starts_at

    def is_over(self, at: datetime) -> bool:
        """Whether the desk can be given to somebody else at the moment `at`."""
        return self.ended_at is not None or self.expires_at <= at


class ContactPlace(models.Model):
    """That one of the appointments a contact may have ahead is taken by a booking.

    The contact is a keyed hash of an e-mail address, a phone number, or a name with a postcode. A row goes
    when the booking is no longer ahead; it counts for nothing after `until`, the appointment's end.
    """

    MOST = 2

    key = models.CharField(max_length=32)
    place = models.PositiveSmallIntegerField()
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="places")
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "place"], name="contact_place_once"),
            models.CheckConstraint(condition=Q(place__range=(1, 2)), name="contact_place_few"),
        ]

    def __str__(self) -> str:
        return f"place {self.place}"
