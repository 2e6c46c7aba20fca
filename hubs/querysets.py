"""Which rows of the public facts a page shows, and all that it needs with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q


class HubQuerySet(models.QuerySet[Any]):
    """Hubs."""

    def current(self, on: date) -> Self:
        """Hubs that have not closed for good by `on`, a London date."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on))


class TopicQuerySet(models.QuerySet[Any]):
    """Topics."""

    def current(self, on: date) -> Self:
        """Topics still offered on `on`, a London date."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on))


class TopicOfferQuerySet(models.QuerySet[Any]):
    """Which topic is offered at which hub."""

    def for_hub(self, hub: models.Model, on: date) -> Self:
        """Current topics of one hub, each with hub and topic at hand, in the topics' order."""
        still = Q(topic__retired_on__isnull=True) | Q(topic__retired_on__gt=on)
        return self.filter(still, hub=hub).select_related("hub", "topic").order_by("topic__position")


class NoticeQuerySet(models.QuerySet[Any]):
    """Notices."""

    def showing(self, at: datetime) -> Self:
        """Notices that are to be seen at the moment `at`."""
        return self.filter(shows_from__lte=at, shows_until__gt=at)

    def for_every_page(self) -> Self:
        """Notices that belong to no single hub."""
        return self.filter(hub__isnull=True)


class PostcodeQuerySet(models.QuerySet[Any]):
    """Unit postcodes."""

    def live(self) -> Self:
        """Postcodes in use today."""
        return self.filter(in_use=True)

    def near(self, latitude: float, longitude: float, degrees: float) -> Self:
        """Live postcodes inside a box of `degrees` of latitude and twice that of longitude either way."""
        return self.live().filter(
            latitude__range=(latitude - degrees, latitude + degrees),
            longitude__range=(longitude - 2 * degrees, longitude + 2 * degrees),
        )
