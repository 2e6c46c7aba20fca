"""Short messages on the public pages that end by themselves."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubs.bilingual import Bilingual
from hubs.querysets import NoticeQuerySet

from .hubs import Hub


class Notice(models.Model):
    """A message shown from one moment until another, at one hub or everywhere."""

    hub = models.ForeignKey(
        Hub,
        on_delete=models.CASCADE,
        related_name="notices",
        null=True,
        blank=True,
        help_text="Empty: every page.",
    )
    text_en = models.CharField("text (English)", max_length=300)
    text_bn = models.CharField("text (Bengali)", max_length=300, blank=True)
    shows_from = models.DateTimeField()
    shows_until = models.DateTimeField()

    text = Bilingual()

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-shows_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shows_from__lt=F("shows_until")),
                name="notice_starts_before_it_ends",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(condition=~Q(text_en=""), name="notice_text_en_given"),
        ]

    def __str__(self) -> str:
        return self.text_en
