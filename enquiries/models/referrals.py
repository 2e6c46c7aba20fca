"""Handing an enquiry to a council service with the whole story, so that nobody repeats it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from enquiries.elapsed import DaysBetween
from enquiries.querysets import ReferralQuerySet
from hubs.bilingual import Bilingual
from hubs.models import Service, Topic

from .enquiries import Enquiry, Outcome
from .who_and_when import both_or_neither


class ServiceTerms(models.Model):
    """What a service has promised the hubs: how many working days it takes, and who leads it."""

    service = models.OneToOneField(Service, on_delete=models.PROTECT, related_name="terms")
    working_days = models.PositiveSmallIntegerField(
        default=10, help_text="Days from referral to answer, without weekends and bank holidays."
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Told once when a referral is overdue.",
    )

    class Meta:
        verbose_name_plural = "service terms"
        constraints = [
            models.CheckConstraint(
                condition=Q(working_days__range=(1, 100)), name="service_terms_days_sensible"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.working_days} working days"


class ServiceQuestion(models.Model):
    """Something a service must know before it can act, such as the PCN number of a parking fine."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="questions")
    topic = models.ForeignKey(
        Topic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: every topic.",
    )
    text_en = models.CharField("question (English)", max_length=200)
    text_bn = models.CharField("question (Bengali)", max_length=200, blank=True)
    required = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    text = Bilingual()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text_en


class Referral(models.Model):
    """An enquiry handed to a service, with a snapshot of the story as it was told."""

    class Status(models.TextChoices):
        SENT = "sent", "Sent"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned to the desk"
        FINISHED = "finished", "Finished"

    TRANSITIONS: dict[str, frozenset[str]] = {
        Status.SENT: frozenset({Status.ACCEPTED, Status.RETURNED}),
        Status.ACCEPTED: frozenset({Status.RETURNED, Status.FINISHED}),
        Status.RETURNED: frozenset(),
        Status.FINISHED: frozenset(),
    }
    LIVE = (Status.SENT, Status.ACCEPTED)

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="referrals")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SENT)
    story = models.TextField(max_length=5000, help_text="The resident's story as it was when referred.")
    answers = models.JSONField(
        default=list,
        help_text="The service's questions as worded then, with the answers: [{question, answer}].",
    )
    consent_wording = models.CharField(
        max_length=500, help_text="What the resident agreed to, word for word."
    )
    consented_at = models.DateTimeField()
    due_on = models.DateField(help_text="By the service's working days, bank holidays left out.")
    sent_at = models.DateTimeField()
    month = models.PositiveIntegerField(help_text="London month of sending, such as 202611.")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    had_all = models.BooleanField(
        null=True, blank=True, help_text="The officer had what was needed: told once."
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    return_reason = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    outcome = models.ForeignKey(
        Outcome, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    days_taken = models.GeneratedField(
        expression=DaysBetween("sent_at", "finished_at"),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    sentence = models.CharField(
        max_length=500, blank=True, help_text="The result for the resident, in plain words."
    )
    lead_told_at = models.DateTimeField(
        null=True, blank=True, help_text="When the lead was told it is overdue."
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        permissions = [("work_referrals", "Can accept, return and finish referrals")]
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry", "service"],
                condition=Q(status__in=["sent", "accepted"]),
                name="referral_one_live",
            ),
            both_or_neither("accepted_at", "accepted_by", "referral_accepted_who_and_when"),
            both_or_neither("returned_at", "returned_by", "referral_returned_who_and_when"),
            both_or_neither("finished_at", "finished_by", "referral_finished_who_and_when"),
            models.CheckConstraint(
                condition=Q(
                    status="sent",
                    accepted_at__isnull=True,
                    returned_at__isnull=True,
                    finished_at__isnull=True,
                )
                | Q(
                    status="accepted",
                    accepted_at__isnull=False,
                    returned_at__isnull=True,
                    finished_at__isnull=True,
                )
                | Q(status="returned", returned_at__isnull=False, finished_at__isnull=True)
                & ~Q(return_reason="")
                | Q(
                    status="finished",
                    accepted_at__isnull=False,
                    finished_at__isnull=False,
                    outcome__isnull=False,
                )
                & ~Q(sentence=""),
                name="referral_status_has_its_facts",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=False, had_all__isnull=False)
                | Q(accepted_at__isnull=True, had_all__isnull=True),
                name="referral_accepted_says_told_once",
            ),
            models.CheckConstraint(condition=~Q(consent_wording=""), name="referral_with_consent"),
            models.CheckConstraint(condition=Q(month__range=(190001, 299912)), name="referral_month_real"),
        ]
        indexes = [
            models.Index(fields=["service", "status", "due_on"], name="referral_inbox"),
            models.Index(
                fields=["month", "service", "status", "had_all", "days_taken", "enquiry"],
                name="referral_month",
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"

    def is_overdue(self, on: date) -> bool:
        """Whether the service should have finished by now, on the London date `on`."""
        return self.status in self.LIVE and self.due_on < on
