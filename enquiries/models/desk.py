"""Who came to a hub, and the waiting list."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from enquiries.elapsed import MinutesBegun
from enquiries.querysets import VisitQuerySet
from hubs.access import Access
from hubs.models import Hub

from .residents import Language, Resident
from .who_and_when import both_or_neither


class TicketCounter(models.Model):
    """The last ticket number given out at a hub on a London day.

    Counted up by one update in the visit's own transaction: no gap after a rollback, no duplicate.
    """

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hub", "day"], name="ticket_counter_once_a_day")]

    def __str__(self) -> str:
        return f"{self.hub} {self.day}: {self.last}"


class WaitingRoom(models.Model):
    """How often the waiting list of a hub has changed, so that a page can ask whether anything is new.

    Counted up last in each transaction that adds somebody to the list or moves somebody on it.
    """

    hub = models.OneToOneField(Hub, on_delete=models.PROTECT, primary_key=True, related_name="waiting_room")
    moves = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.hub}: {self.moves} moves"


class Visit(models.Model):
    """One arrival of one person or household at a hub, however many topics."""

    class Kind(models.TextChoices):
        """How they came. Only `WALK_IN` needs a hub that takes walk-ins; all are counted apart."""

        WALK_IN = "walk_in", "Walk-in"
        APPOINTMENT = "appointment", "Came for an appointment"
        BOOKED = "booked", "Came without one and was given an appointment"
        SIGNPOSTED = "signposted", "Sent to a hub that takes walk-ins"
        URGENT = "urgent", "Urgent, seen without an appointment"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        HELD = "held", "On hold"
        CALLED = "called", "Being seen"
        DONE = "done", "Finished"
        LEFT = "left", "Left before being seen"

    class LeftReason(models.TextChoices):
        WAIT_TOO_LONG = "wait", "The wait was too long"
        COME_BACK = "come_back", "Will come back"
        NO_ANSWER = "no_answer", "Did not answer when called"
        SORTED = "sorted", "Sorted it out another way"
        MISTAKE = "mistake", "Noted by mistake: they were not here"
        UNKNOWN = "unknown", "Not known"

    token = models.UUIDField(
        unique=True, editable=False, help_text="From the form: the same form makes one visit."
    )
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="visits", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.WALK_IN)
    hub_access = models.CharField(
        max_length=20, choices=Access.choices, help_text="The hub's rule at the time."
    )
    urgent_reason = models.CharField(max_length=300, blank=True)
    signposted_to = models.ForeignKey(
        Hub, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    resident = models.ForeignKey(
        Resident,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        help_text="Empty: anonymous.",
    )
    on_behalf_of = models.CharField(
        max_length=100, blank=True, help_text="Who they came for, such as a parent."
    )
    language = models.CharField(max_length=10, choices=Language.choices, blank=True)
    needs = models.CharField(max_length=300, blank=True)
    arrived_at = models.DateTimeField()
    service_day = models.DateField(help_text="London date of arrival.")
    month = models.PositiveIntegerField(help_text="London month of arrival, such as 202611.")
    hour_of_week = models.PositiveSmallIntegerField(
        help_text="London hour of arrival since Monday 00:00, 0 to 167."
    )
    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    back_dated = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    ticket_number = models.PositiveIntegerField(null=True, blank=True)
    expected_at = models.DateTimeField(
        null=True, blank=True, help_text="When they were asked to come. Empty: nobody asked them for a time."
    )
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    wait_minutes = models.GeneratedField(
        expression=MinutesBegun("arrived_at", "called_at"),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField(max_length=20, choices=LeftReason.choices, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-arrived_at"]
        permissions = [("log_visit", "Can log visits and work the waiting list")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="walk_in") | Q(hub_access=Access.WALK_IN),
                name="visit_walk_in_where_allowed",
            ),
            models.CheckConstraint(
                condition=Q(kind="urgent") & ~Q(urgent_reason="") | ~Q(kind="urgent") & Q(urgent_reason=""),
                name="visit_urgent_says_why",
            ),
            models.CheckConstraint(
                condition=Q(kind="signposted", signposted_to__isnull=False)
                | ~Q(kind="signposted") & Q(signposted_to__isnull=True),
                name="visit_signposted_somewhere",
            ),
            models.UniqueConstraint(fields=["hub", "service_day", "ticket_number"], name="visit_ticket_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "held", "left"]) | Q(ticket_number__isnull=False),
                name="visit_waits_with_a_ticket",
            ),
            both_or_neither("called_at", "called_by", "visit_called_who_and_when"),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False) & ~Q(left_reason="")
                | ~Q(state="left") & Q(left_at__isnull=True, left_reason=""),
                name="visit_left_when_and_why",
            ),
            models.CheckConstraint(condition=Q(month__range=(190001, 299912)), name="visit_month_real"),
            models.CheckConstraint(condition=Q(hour_of_week__range=(0, 167)), name="visit_hour_of_week_real"),
        ]
        indexes = [
            models.Index(
                fields=["hub", "service_day", "ticket_number"],
                condition=Q(state__in=["waiting", "held", "called"]),
                name="visit_in_the_room",
            ),
            # All that a monthly report counts of a visit, so that it reads the index alone.
            models.Index(
                fields=["month", "hub", "kind", "left_reason", "hour_of_week", "wait_minutes"],
                name="visit_month",
            ),
            models.Index(fields=["hub", "-arrived_at"], name="visit_recent"),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether they are on the waiting list, or on hold, and nobody has called them."""
        return self.state in (self.State.WAITING, self.State.HELD)

    @property
    def ticket(self) -> str:
        """The ticket as it is called out: W-014."""
        return self.ticket_words(self.ticket_number)

    @staticmethod
    def ticket_words(number: int | None) -> str:
        """Return a ticket's number as it is called out: W-014; "" without one."""
        return f"W-{number:03d}" if number else ""
