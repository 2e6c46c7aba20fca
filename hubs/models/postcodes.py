"""Unit postcodes and where they are."""

from django.db import models
from django.db.models import Q

from hubs.querysets import PostcodeQuerySet

TOWER_HAMLETS = "E09000030"
"""The borough's code in the ONS register of local authorities."""


class Postcode(models.Model):
    """A unit postcode such as "E14 3HG", from OS Code-Point Open or the ONS Postcode Directory."""

    code = models.CharField(primary_key=True, max_length=8, help_text="With one space: E14 3HG.")
    easting = models.PositiveIntegerField(help_text="OSGB36 metres")
    northing = models.PositiveIntegerField(help_text="OSGB36 metres")
    latitude = models.FloatField(null=True, help_text="ETRS89 degrees")
    longitude = models.FloatField(null=True, help_text="ETRS89 degrees")
    local_authority = models.CharField(max_length=9)
    ward = models.CharField(max_length=60, blank=True)
    in_use = models.BooleanField(default=True)

    objects = PostcodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(easting__lte=700_000) & Q(northing__lte=1_300_000),
                name="postcode_in_great_britain",
            ),
        ]
        indexes = [
            models.Index(fields=["latitude", "longitude"], name="postcode_place"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def in_borough(self) -> bool:
        """Whether the postcode lies in Tower Hamlets; the outcode alone does not tell (E15 2HG does)."""
        return self.local_authority == TOWER_HAMLETS
