"""The hubs and what each building offers."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from hubs.access import Access
from hubs.bilingual import Bilingual
from hubs.querysets import HubQuerySet

phone_number = RegexValidator(r"^[0-9 +]{5,20}$", "Enter a phone number, like 020 7364 5000.")


class Hub(models.Model):
    """A place where residents get help face to face. Retired, never deleted."""

    slug = models.SlugField(unique=True, max_length=40)
    position = models.PositiveSmallIntegerField(
        unique=True, help_text="The hub's number on the map and its place in lists."
    )
    name_en = models.CharField("name (English)", max_length=100)
    name_bn = models.CharField("name (Bengali)", max_length=100, blank=True)
    area_en = models.CharField("area (English)", max_length=100, blank=True)
    area_bn = models.CharField("area (Bengali)", max_length=100, blank=True)
    street = models.CharField(
        max_length=150, help_text="As on the sign, in English on every page: it is what people look for."
    )
    postcode = models.CharField(max_length=8)
    address_confirmed = models.BooleanField(
        default=True, help_text="Off: pages say that the street number is not yet confirmed."
    )
    easting = models.PositiveIntegerField(help_text="OSGB36 metres")
    northing = models.PositiveIntegerField(help_text="OSGB36 metres")
    latitude = models.FloatField(help_text="ETRS89 degrees")
    longitude = models.FloatField(help_text="ETRS89 degrees")
    location_basis = models.CharField(max_length=150, help_text="What the coordinates rest on.")
    access = models.CharField(max_length=20, choices=Access.choices)
    phone = models.CharField(max_length=20, validators=[phone_number])
    building_phone = models.CharField(max_length=20, blank=True, validators=[phone_number])
    hours_checked_on = models.DateField(
        null=True,
        blank=True,
        help_text="When somebody last confirmed the hours. Empty: pages say that they are not confirmed.",
    )
    about_en = models.TextField("about (English)", blank=True)
    about_bn = models.TextField("about (Bengali)", blank=True)
    getting_there_en = models.TextField("getting there (English)", blank=True)
    getting_there_bn = models.TextField("getting there (Bengali)", blank=True)
    languages_en = models.CharField("languages spoken (English)", max_length=200, blank=True)
    languages_bn = models.CharField("languages spoken (Bengali)", max_length=200, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    name = Bilingual()
    area = Bilingual()
    about = Bilingual()
    getting_there = Bilingual()
    languages = Bilingual()

    objects = HubQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(access__in=Access.values), name="hub_access_known"),
            models.CheckConstraint(condition=~Q(name_en=""), name="hub_name_en_given"),
        ]

    def __str__(self) -> str:
        return self.name_en

    @property
    def walk_in(self) -> bool:
        """Whether anybody may come in without an appointment."""
        return self.access == Access.WALK_IN

    @property
    def hours_confirmed(self) -> bool:
        """Whether somebody has confirmed the opening hours with the hub."""
        return self.hours_checked_on is not None

    def is_retired(self, on: date) -> bool:
        """Whether the hub has closed for good by `on`, a London date."""
        return self.retired_on is not None and self.retired_on <= on


class Facility(models.Model):
    """A kind of facility that residents ask about, such as a step-free entrance."""

    slug = models.SlugField(unique=True, max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    name_en = models.CharField("name (English)", max_length=100)
    name_bn = models.CharField("name (Bengali)", max_length=100, blank=True)

    name = Bilingual()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "facilities"

    def __str__(self) -> str:
        return self.name_en


class HubFacility(models.Model):
    """Whether a hub has a facility: yes, no, or not known, which is shown as "not known, please ask"."""

    class Available(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="facilities")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="at_hubs")
    available = models.CharField(max_length=10, choices=Available.choices, default=Available.UNKNOWN)
    note_en = models.CharField("note (English)", max_length=200, blank=True)
    note_bn = models.CharField("note (Bengali)", max_length=200, blank=True)

    note = Bilingual()

    class Meta:
        ordering = ["facility__position", "facility__slug"]
        verbose_name_plural = "hub facilities"
        constraints = [
            models.UniqueConstraint(fields=["hub", "facility"], name="hub_facility_once"),
            models.CheckConstraint(
                condition=Q(available__in=["yes", "no", "unknown"]), name="hub_facility_available_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub}: {self.facility} {self.available}"
