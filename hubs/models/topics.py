"""What residents come about, where each topic is offered, and the services that take referrals."""

from datetime import date

from django.db import models
from django.db.models import Q

from hubs.access import Access, stricter
from hubs.bilingual import Bilingual
from hubs.querysets import TopicOfferQuerySet, TopicQuerySet

from .hubs import Hub, phone_number


class Service(models.Model):
    """A council service that takes referrals from the hubs. Retired, never deleted."""

    slug = models.SlugField(unique=True, max_length=40)
    name_en = models.CharField("name (English)", max_length=100)
    name_bn = models.CharField("name (Bengali)", max_length=100, blank=True)
    phone = models.CharField(max_length=20, blank=True, validators=[phone_number])
    retired_on = models.DateField(null=True, blank=True)

    name = Bilingual()

    class Meta:
        ordering = ["name_en"]
        constraints = [models.CheckConstraint(condition=~Q(name_en=""), name="service_name_en_given")]

    def __str__(self) -> str:
        return self.name_en


class Topic(models.Model):
    """Something residents come about, such as council tax. Retired, never deleted."""

    slug = models.SlugField(unique=True, max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    name_en = models.CharField("name (English)", max_length=100)
    name_bn = models.CharField("name (Bengali)", max_length=100, blank=True)
    summary_en = models.CharField("summary (English)", max_length=200)
    summary_bn = models.CharField("summary (Bengali)", max_length=200, blank=True)
    urgent_en = models.TextField("if it is urgent, a line each (English)", blank=True)
    urgent_bn = models.TextField("if it is urgent, a line each (Bengali)", blank=True)
    help_en = models.TextField("what a hub can do, a line each (English)", blank=True)
    help_bn = models.TextField("what a hub can do, a line each (Bengali)", blank=True)
    bring_en = models.TextField("what to bring, a line each (English)", blank=True)
    bring_bn = models.TextField("what to bring, a line each (Bengali)", blank=True)
    online_url = models.URLField("do it online instead", blank=True)
    phone = models.CharField(max_length=20, blank=True, validators=[phone_number])
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
        help_text="Where an enquiry about this topic is usually referred.",
    )
    sensitive = models.BooleanField(
        default=False, help_text="Public pages offer a quick way out; words stay off slips and messages."
    )
    counted = models.BooleanField(
        default=False, help_text="One of the topics that monthly reports are counted on."
    )
    retired_on = models.DateField(null=True, blank=True)

    name = Bilingual()
    summary = Bilingual()
    urgent = Bilingual()
    help = Bilingual()
    bring = Bilingual()

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]
        constraints = [models.CheckConstraint(condition=~Q(name_en=""), name="topic_name_en_given")]

    def __str__(self) -> str:
        return self.name_en

    def is_retired(self, on: date) -> bool:
        """Whether the topic is no longer offered on `on`, a London date."""
        return self.retired_on is not None and self.retired_on <= on


class TopicCode(models.Model):
    """A code of the Local Government Services List (LGSL) that a topic covers."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="codes")
    lgsl = models.PositiveSmallIntegerField("LGSL code")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["topic", "lgsl"], name="topic_code_once")]

    def __str__(self) -> str:
        return f"LGSL {self.lgsl}"


class TopicOffer(models.Model):
    """That a hub helps with a topic, and whether it does so without an appointment."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="offers")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="offers")
    access = models.CharField(
        max_length=20,
        choices=Access.choices,
        default=Access.WALK_IN,
        help_text="The stricter of this and the hub's own rule holds.",
    )

    objects = TopicOfferQuerySet.as_manager()

    class Meta:
        ordering = ["hub__position", "topic__position"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "topic"], name="topic_offer_once"),
            models.CheckConstraint(condition=Q(access__in=Access.values), name="topic_offer_access_known"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} at {self.hub}"

    @property
    def effective_access(self) -> Access:
        """The rule that holds for this topic at this hub: the stricter of the two."""
        return stricter(self.hub.access, self.access)
