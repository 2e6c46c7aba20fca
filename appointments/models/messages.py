"""What was written to residents about their appointments, and what still has to be."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .bookings import Booking
from .plans import Slot
from .waiting import Wish


class Message(models.Model):
    """A message to a resident: sent after commit, or by the command once quiet hours are over; each once.

    What it says is not kept: it is made anew from the booking when it is sent.
    """

    class Kind(models.TextChoices):
        BOOKED = "booked", "Confirmation"
        MOVED = "moved", "Change"
        CANCELLED = "cancelled", "Cancellation"
        REMINDER = "reminder", "Reminder"
        ANOTHER = "another", "Another time offered"
        GONE = "gone", "Their time is gone, no other is free"
        STANDS = "stands", "Their time stands after all"
        OFFER = "offer", "A time became free"

    class State(models.TextChoices):
        DUE = "due", "To be sent"
        TAKEN = "taken", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"
        DROPPED = "dropped", "No longer true, or not safe to send"

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "slot"], condition=Q(kind="reminder"), name="message_reminded_once"
            ),
            models.CheckConstraint(
                condition=Q(booking__isnull=False, wish__isnull=True)
                | Q(booking__isnull=True, wish__isnull=False),
                name="message_about_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="due"), name="message_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
