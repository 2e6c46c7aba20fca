"""Residents for whom no time was free, and whom one is offered when it becomes so."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from appointments.querysets import WishQuerySet
from enquiries.models import Resident
from enquiries.models.residents import Language
from enquiries.references import grouped
from hubs.models import Hub, Topic

from .bookings import Booking, Hold


class Wish(models.Model):
    """Somebody on the waiting list for an appointment at a hub. Never deleted."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        OFFERED = "offered", "A time is offered"
        BOOKED = "booked", "Has an appointment"
        WITHDRAWN = "withdrawn", "No longer wanted"

    reference = models.CharField(max_length=9, unique=True, editable=False)
    private_key = models.CharField(max_length=43, unique=True, editable=False)
    token = models.UUIDField(unique=True, editable=False, help_text="From the form.")
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="wishes")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="wishes")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="wishes")
    language = models.CharField(max_length=10, choices=Language.choices)
    needs = models.CharField(max_length=300, blank=True)
    interpreter = models.BooleanField(default=False)
    words = models.TextField(max_length=5000, blank=True)
    from_on = models.DateField(help_text="The first London date that suits.")
    to_on = models.DateField(help_text="The last London date that suits.")
    channel = models.CharField(max_length=10, choices=Booking.Channel.choices)
    caller = models.CharField(max_length=32, blank=True, help_text="Keyed hash of the internet address.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the resident, online.",
    )
    hold = models.OneToOneField(
        Hold,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="wish",
        help_text="The desk that is or was offered last.",
    )
    offered_at = models.DateTimeField(null=True, blank=True)
    booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="wish"
    )

    objects = WishQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "id"]
        verbose_name_plural = "wishes"
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="wish_from_before_to"),
            models.CheckConstraint(
                condition=Q(status="booked", booking__isnull=False)
                | ~Q(status="booked") & Q(booking__isnull=True),
                name="wish_booked_with_a_booking",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(hold__isnull=False, offered_at__isnull=False),
                name="wish_offered_with_a_desk",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hub", "from_on", "to_on"], condition=Q(status="waiting"), name="wish_waiting"
            ),
            models.Index(fields=["caller", "-joined_at"], condition=~Q(caller=""), name="wish_caller"),
        ]

    def __str__(self) -> str:
        return self.shown_reference

    @property
    def shown_reference(self) -> str:
        """The reference as it is printed: K7M-3PQ-X9T."""
        return grouped(self.reference)
