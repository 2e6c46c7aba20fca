"""How many people come to each hub in each hour of the week: what the public pages' words are made from."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from enquiries.londontime import service_day
from enquiries.models import Visit
from hubs.busy_hours import WEEKS

from .reading import reading


def visits_by_hour(*, at: datetime) -> dict[int, dict[tuple[int, int], int]]:
    """Return visits of the last `WEEKS` whole weeks by hub's id, then by weekday (Monday 0) and London hour.

    A week begins on Monday; the running one is left out. Hours without a visit are not named.
    """
    today = service_day(at)
    monday = today - timedelta(days=today.weekday())
    came = (
        Visit.objects.using(reading())
        .that_happened()
        .order_by()
        .filter(service_day__gte=monday - timedelta(weeks=WEEKS), service_day__lt=monday)
    )
    found: dict[int, dict[tuple[int, int], int]] = {}
    for hub, hour, visits in came.values_list("hub", "hour_of_week").annotate(visits=Count("pk")):
        weekday, clock = divmod(hour, 24)
        found.setdefault(hub, {})[weekday, clock] = visits
    return found
