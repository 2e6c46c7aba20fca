"""The demo's history: from March 2023 to the day it is loaded, continued when it is loaded again later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Model

from appointments.models import Booking, ClosedDay
from appointments.models import Plan as AppointmentPlan
from enquiries import append_only
from enquiries.londontime import month_number, service_day
from enquiries.models import (
    Cause,
    Outcome,
    RetentionPeriod,
    ServiceQuestion,
    ServiceTerms,
    TicketCounter,
    Visit,
    WaitingRoom,
)
from hubs.actions import publish
from hubs.directory import listed_hubs
from hubs.models import Hub

from . import volumes
from .borough import Borough, OpenDay
from .going_on import clear_waiting_rooms, go_on
from .lives import Plan, visit_token, waiting_token
from .plan import plan_month
from .rows import Rows
from .seats import kept_since
from .signing import forget_signed_months
from .waiting_room import people_waiting

SEED = 2023
LONGEST_LIFE = timedelta(days=90)
"""No planned enquiry is open longer."""

_KEPT = (
    Outcome,
    Cause,
    ServiceTerms,
    ServiceQuestion,
    WaitingRoom,
    RetentionPeriod,
    AppointmentPlan,
    ClosedDay,
)
_APPS = ("enquiries", "appointments")
"""Whose rows are forgotten, from the ground up."""


@dataclass(frozen=True)
class HistoryLoaded:
    """What loading added."""

    visits: int
    first_day: date
    """The first London date that was added, where any visit was."""
    steps: int
    """How many steps enquiries of earlier days have gone on."""


@transaction.atomic
def load_history(*, at: datetime, seed: int = SEED, since: date = volumes.FIRST_DAY) -> HistoryLoaded:
    """Make what is missing of the history up to the moment `at`, and people on today's waiting lists.

    The first time that is everything from the London date `since` on; later, in whole days, the days since
    then. The same borough, seed and moment make the same rows. A second time on one day nothing is added.

    Effects, in order: enquiries of earlier days go on and earlier waiting rooms are cleared, both through
    `enquiries.actions`; rows added; moves of the waiting lists and the content version counted up. Raises
    `NotReady` without hubs or the desk's rows.
    """
    today = service_day(at)
    newest = _newest_day()
    first_day = since if newest is None else newest + timedelta(days=1)
    if _is_loaded(today, at):
        return HistoryLoaded(0, first_day, 0)
    borough = Borough(today)
    clear_waiting_rooms(borough, today)
    steps = 0
    if newest is not None:
        before = _plans(borough, max(first_day - LONGEST_LIFE, since), today, seed)
        steps = sum(go_on(borough, plan, first_day, at) for plan in before)
    rows = Rows(borough, at)
    added = sum(rows.write(plan, first_day) for plan in _plans(borough, first_day, today, seed))
    for visit, state in people_waiting(borough, at, seed):
        rows.write_visit(month_number(at), visit, state)
        added += 1
    rows.count_tickets_of(today)
    rows.finish()
    _announce(borough.hubs)
    return HistoryLoaded(added, first_day, steps)


def forget_history() -> Counter[str]:
    """Delete every visit, enquiry, appointment and resident, also those that were typed in; return how many.

    Outcomes, causes, services' terms and questions, plans and closed days stay. Effects, in order: signed-off
    figures and rows deleted, moves of the waiting lists counted up.
    """
    gone = rows_to_forget()
    forget_signed_months()
    with append_only.opened(), connection.cursor() as cursor:
        for model in reversed(_forgotten()):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # nosec B608
        _announce(list(Hub.objects.all()))
    return gone


def rows_to_forget() -> Counter[str]:
    """Return how many rows of each kind `forget_history` would delete."""
    counts = {str(each._meta.verbose_name_plural): each._default_manager.count() for each in _forgotten()}
    return Counter({name: count for name, count in counts.items() if count})


def _forgotten() -> list[type[Model]]:
    models = (model for app in _APPS for model in apps.get_app_config(app).get_models())
    return [model for model in models if model not in _KEPT]


def _is_loaded(today: date, at: datetime) -> bool:
    """Whether today was loaded, and people were put on the waiting lists if any hub is open by now."""
    if Visit.objects.filter(token=waiting_token(today, 1)).exists():
        return True
    hubs = listed_hubs(at)
    counted = TicketCounter.objects.filter(day=today).count()
    return counted >= len(hubs) and not any(each.status.is_open for each in hubs)


def _newest_day() -> date | None:
    planned = Visit.objects.filter(token__range=(visit_token(0, 0), visit_token(999999, 10**12 - 1)))
    return planned.order_by("-token").values_list("service_day", flat=True).first()


def _plans(borough: Borough, first: date, last: date, seed: int) -> Iterator[Plan]:
    published = _published(borough) if first <= volumes.LAST_PUBLISHED_DAY else {}
    kept_from = _kept_from(last)
    for month in volumes.months_between(first, last):
        days = borough.open_days(month)
        totals = published.get(month) or volumes.like_published(_weight(days))
        yield plan_month(borough, month, days, totals, seed, seats=month >= kept_from)


def _kept_from(today: date) -> int:
    """Return the first month with appointments in the portal: once kept, they are in every later month."""
    first = Booking.objects.order_by("month").values_list("month", flat=True).first()
    since = kept_since(today)
    wanted = since.year * 100 + since.month
    return min(first, wanted) if first else wanted


def _published(borough: Borough) -> dict[int, volumes.Totals]:
    weights = [_weight(borough.open_days(month)) for month in volumes.PUBLISHED_MONTHS]
    return volumes.published_by_month(weights)


def _weight(days: list[OpenDay]) -> float:
    return sum(day.weight for day in days)


def _announce(hubs: list[Hub]) -> None:
    for hub in hubs:
        WaitingRoom.objects.get_or_create(hub=hub)
    WaitingRoom.objects.update(moves=F("moves") + 1)
    publish()
