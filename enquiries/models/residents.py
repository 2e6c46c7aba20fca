"""Residents who chose to be known, how it is safe to reach them, and who looked at their record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enquiries.querysets import ResidentQuerySet

from .who_and_when import both_or_neither


class Language(models.TextChoices):
    """Languages residents ask to be spoken to in; the list can grow without a rule changing."""

    ENGLISH = "en", _("English")
    BENGALI = "bn", _("Bengali (বাংলা)")
    SYLHETI = "syl", _("Sylheti (সিলেটি)")
    SOMALI = "so", _("Somali (Soomaali)")
    ARABIC = "ar", _("Arabic (العربية)")
    CHINESE = "zh", _("Chinese (中文)")
    FRENCH = "fr", _("French (français)")
    ITALIAN = "it", _("Italian (italiano)")
    POLISH = "pl", _("Polish (polski)")
    PORTUGUESE = "pt", _("Portuguese (português)")
    SPANISH = "es", _("Spanish (español)")
    BSL = "bfi", _("British Sign Language")
    OTHER = "other", _("Another language")

    @classmethod
    def written(cls, code: str) -> str:
        """The language of the portal, "en" or "bn", in which to write to somebody who speaks `code`."""
        return "bn" if code in (cls.BENGALI, cls.SYLHETI) else "en"


class Resident(models.Model):
    """Somebody who gave a name or a way to reach them. Small on purpose; anonymous visits have none."""

    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    address = models.CharField(max_length=300, blank=True, help_text="For answers by post, without postcode.")
    postcode = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=10, choices=Language.choices, default=Language.ENGLISH)
    needs = models.CharField(max_length=500, blank=True, help_text="Access needs, such as an interpreter.")
    may_phone = models.BooleanField(default=True)
    may_text = models.BooleanField(default=True)
    may_email = models.BooleanField(default=True)
    may_post = models.BooleanField(default=True)
    contact_note = models.CharField(max_length=200, blank=True, help_text="For example: not before 14:00.")
    phone_key = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    search_text = models.TextField(blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_records",
        db_index=False,
    )
    merged_at = models.DateTimeField(null=True, blank=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the resident, online.",
        db_index=False,
    )
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        permissions = [("see_record_views", "Can see who looked at residents' records")]
        constraints = [
            both_or_neither("merged_at", "merged_by", "resident_merged_who_and_when"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, merged_at__isnull=True)
                | Q(merged_into__isnull=False, merged_at__isnull=False),
                name="resident_merged_whole",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="resident_not_merged_into_itself"),
        ]
        indexes = [
            models.Index(fields=["postcode"], name="resident_postcode"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="resident_merged_into"
            ),
        ]

    def __str__(self) -> str:
        return f"resident {self.pk}"

    @property
    def written_language(self) -> str:
        """The language, "en" or "bn", in which slips and messages are written to this resident."""
        return Language.written(self.language)


class ResidentEvent(models.Model):
    """One thing done to a resident's record. Append-only: the database refuses changes and deletions."""

    class Kind(models.TextChoices):
        CREATED = "created", "Record made"
        CHANGED = "changed", "Details changed"
        MERGED = "merged", "Another record merged into this one"
        MERGED_AWAY = "merged_away", "Merged into another record"
        ERASED = "erased", "Erased, as they asked"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    other = models.ForeignKey(
        Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    detail = models.CharField(max_length=300, blank=True, help_text="Names of fields, never their contents.")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.resident}: {self.get_kind_display()}"


class RecordView(models.Model):
    """That a member of staff looked at a resident's record, shown to managers. Append-only."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="views")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    page = models.CharField(max_length=40, help_text="The name of the page, such as resident or referral.")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["by", "-at"], name="record_view_by")]

    def __str__(self) -> str:
        return f"{self.by} looked at {self.resident}"
