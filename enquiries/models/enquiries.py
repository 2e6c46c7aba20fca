"""What people came about, what became of it, and every step on the way."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from enquiries.querysets import EnquiryQuerySet
from enquiries.references import grouped
from hubs.bilingual import Bilingual
from hubs.models import Hub, Service, Topic

from .desk import Visit
from .residents import Language, Resident
from .who_and_when import both_or_neither


class Outcome(models.Model):
    """How an enquiry ended. Editable; the group is what reports count. Retired, never deleted."""

    class Group(models.TextChoices):
        RESOLVED = "resolved", "Resolved here"
        REFERRED = "referred", "Referred to a service"
        SIGNPOSTED = "signposted", "Signposted"
        APPOINTMENT = "appointment", "Appointment made"
        COULD_NOT_HELP = "could_not_help", "Could not help"
        LEFT = "left", "Left before being seen"

    slug = models.SlugField(unique=True, max_length=40)
    group = models.CharField(max_length=20, choices=Group.choices)
    name_en = models.CharField("name (English)", max_length=100)
    name_bn = models.CharField("name (Bengali)", max_length=100, blank=True)
    key = models.CharField(max_length=1, blank=True, help_text="The key that chooses it at the desk.")
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    name = Bilingual()

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    group__in=["resolved", "referred", "signposted", "appointment", "could_not_help", "left"]
                ),
                name="outcome_group_known",
            )
        ]

    def __str__(self) -> str:
        return self.name_en


class Cause(models.Model):
    """Why somebody had to come who need not have: chasing progress, an unclear letter. Owned by a service."""

    slug = models.SlugField(unique=True, max_length=40)
    name_en = models.CharField("name (English)", max_length=100)
    name_bn = models.CharField("name (Bengali)", max_length=100, blank=True)
    owner = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="causes")
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    name = Bilingual()

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name_en


class Enquiry(models.Model):
    """One topic raised by one person, through any channel."""

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", "In person"
        PHONE = "phone", "By phone"
        ONLINE = "online", "Online"

    class Status(models.TextChoices):
        OPEN = "open", "With the hub"
        REFERRED = "referred", "With a service"
        CLOSED = "closed", "Closed"
        MISTAKE = "mistake", "Noted by mistake"

    LIVE = (Status.OPEN, Status.REFERRED)
    """Somebody still has to act."""

    class ReplyBy(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        POST = "post", "Post"
        COME_BACK = "come_back", "I will come back or look here"

    TRANSITIONS: dict[str, frozenset[str]] = {
        Status.OPEN: frozenset({Status.REFERRED, Status.CLOSED, Status.MISTAKE}),
        Status.REFERRED: frozenset({Status.OPEN, Status.CLOSED}),
        Status.CLOSED: frozenset({Status.OPEN, Status.MISTAKE}),
        Status.MISTAKE: frozenset(),
    }
    """Which status may follow which; only `enquiries.actions` assigns one."""

    reference = models.CharField(max_length=9, unique=True, editable=False)
    private_key = models.CharField(
        max_length=43, unique=True, editable=False, help_text="In the resident's private link."
    )
    token = models.UUIDField(unique=True, null=True, editable=False, help_text="From the online form.")
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="enquiries"
    )
    hub = models.ForeignKey(
        Hub,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        help_text="Empty: asked online, any desk may answer.",
        db_index=False,
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="enquiries", db_index=False)
    resident = models.ForeignKey(
        Resident,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        db_index=False,
    )
    words = models.TextField(max_length=5000, blank=True, help_text="The resident's story.")
    language = models.CharField(max_length=10, choices=Language.choices, blank=True)
    reply_by = models.CharField(max_length=10, choices=ReplyBy.choices, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    search_text = models.TextField(
        blank=True,
        editable=False,
        help_text="Words, topic and reference, folded; the full-text index reads it.",
    )
    outcome = models.ForeignKey(
        Outcome,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        db_index=False,
    )
    cause = models.ForeignKey(
        Cause,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        db_index=False,
    )
    agreed = models.TextField(
        max_length=1000,
        blank=True,
        help_text="What was agreed or answered, in one plain sentence for the resident.",
    )
    due_on = models.DateField(null=True, blank=True, help_text="By when the resident was told to hear.")
    first_contact = models.BooleanField(
        default=False, help_text="Resolved where it was raised and never referred; set when it closes."
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the resident, online.",
        db_index=False,
    )
    month = models.PositiveIntegerField(help_text="London month of opening, such as 202611.")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        verbose_name_plural = "enquiries"
        permissions = [
            ("work_enquiries", "Can answer, refer and close enquiries"),
            ("see_every_hub", "Can see visits and enquiries of every hub"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="in_person", visit__isnull=False) | ~Q(channel="in_person"),
                name="enquiry_in_person_has_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(channel="online", opened_by__isnull=True, token__isnull=False)
                | ~Q(channel="online") & Q(opened_by__isnull=False),
                name="enquiry_opened_by_somebody",
            ),
            both_or_neither("closed_at", "closed_by", "enquiry_closed_who_and_when"),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False, outcome__isnull=False)
                | ~Q(status="closed") & Q(closed_at__isnull=True, outcome__isnull=True, first_contact=False),
                name="enquiry_closed_with_an_outcome",
            ),
            models.CheckConstraint(condition=Q(month__range=(190001, 299912)), name="enquiry_month_real"),
        ]
        indexes = [
            # All that a monthly report counts of an enquiry, so that it reads the index alone.
            models.Index(
                fields=[
                    "month",
                    "hub",
                    "topic",
                    "channel",
                    "status",
                    "outcome",
                    "first_contact",
                    "cause",
                    "language",
                ],
                name="enquiry_month",
            ),
            models.Index(fields=["hub", "status", "-opened_at"], name="enquiry_desk"),
            models.Index(fields=["resident", "-opened_at"], name="enquiry_resident"),
        ]

    def __str__(self) -> str:
        return self.shown_reference

    @property
    def shown_reference(self) -> str:
        """The reference as it is printed: K7M-3PQ-X9T."""
        return grouped(self.reference)

    def may_become(self, status: str) -> bool:
        """Whether the enquiry can go from its present status to `status`."""
        return status in self.TRANSITIONS[self.status]

    @property
    def is_live(self) -> bool:
        """Whether somebody still has to act on it, the hub or a service."""
        return self.status in self.LIVE

    def is_overdue(self, on: date) -> bool:
        """Whether the resident should have heard by now, on the London date `on`."""
        return self.is_live and self.due_on is not None and self.due_on < on


class EnquiryEvent(models.Model):
    """One step in an enquiry's life. Append-only: the database refuses changes and deletions."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Opened"
        NOTED = "noted", "Note added"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Opened again"
        REFERRED = "referred", "Referred"
        ACCEPTED = "accepted", "Accepted by the service"
        RETURNED = "returned", "Returned to the desk"
        FINISHED = "finished", "Finished by the service"
        CORRECTED = "corrected", "Corrected"
        SLIP = "slip", "Slip given or sent"
        TAKEN_BACK = "taken_back", "Noted by mistake"

    BESIDE = (Kind.NOTED, Kind.SLIP)
    """Steps that leave the enquiry as it was."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    note = models.TextField(max_length=2000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the resident.",
        db_index=False,
    )

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.enquiry}: {self.get_kind_display()}"
