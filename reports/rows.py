"""The rows behind a figure: which they are, how an address says so, and how to get them.

Whatever a report counts goes through `counted`, and whatever it shows through `rows_of`, which adds nothing
but the figure's own condition. That is why a figure equals its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from appointments.models import Booking, Slot
from enquiries.elapsed import DaysAfter
from enquiries.londontime import service_day
from enquiries.models import Enquiry, Feedback, Referral, Visit
from hubs.models import Hub, Topic
from hubs.opening import LONDON

from .errors import UnknownRows
from .measures import CHECK_DAYS, CHECKS, MEASURES, SLOTS, Cube, Measure
from .months import Month, months_from

IN_PERSON = Enquiry.Channel.IN_PERSON
NO_HUB = "none"
"""How an address asks for what came in online and belongs to no hub."""

AT_A_HUB = ("visit", "booking", "slot")
"""Kinds of rows that are at a hub and in person, always."""

_MODELS: dict[str, Any] = {
    "visit": Visit,
    "enquiry": Enquiry,
    "referral": Referral,
    "feedback": Feedback,
    "booking": Booking,
    "slot": Slot,
}
_NUMBERS = (
    *("outcome", "cause", "service", "hour_of_week", "wait_minutes"),
    *("lead_days", "taken", "empty"),
)
_YES_OR_NO = ("first_contact", "verified", "had_all")

Part = tuple[tuple[str, Any], ...]
"""Columns of a measure's cube with the value each must have: `(("outcome", 3),)`."""


@dataclass(frozen=True)
class Scope:
    """What a report is limited to; empty, everything."""

    hub: Hub | None = None
    no_hub: bool = False
    """Only what belongs to no hub: asked online."""
    topic: Topic | None = None
    channel: str = ""

    def __bool__(self) -> bool:
        return bool(self.hub or self.no_hub or self.topic or self.channel)

    def query(self) -> dict[str, str]:
        """Return the scope as it stands in addresses: hub and topic by slug."""
        hub = NO_HUB if self.no_hub else self.hub.slug if self.hub else ""
        words = {"hub": hub, "topic": self.topic.slug if self.topic else "", "channel": self.channel}
        return {name: value for name, value in words.items() if value}

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Scope:
        """Read a scope from an address; blank means all. Raises `UnknownRows`."""
        hub, topic, channel = (query.get(name, "") for name in ("hub", "topic", "channel"))
        if channel and channel not in Enquiry.Channel:
            raise UnknownRows(f"channel {channel}")
        try:
            return cls(
                hub=Hub.objects.get(slug=hub) if hub and hub != NO_HUB else None,
                no_hub=hub == NO_HUB,
                topic=Topic.objects.get(slug=topic) if topic else None,
                channel=channel,
            )
        except (Hub.DoesNotExist, Topic.DoesNotExist) as missing:
            raise UnknownRows(str(missing)) from missing


@dataclass(frozen=True)
class Rows:
    """Exactly the rows that a figure counts."""

    first: Month
    last: Month
    measure: Measure
    scope: Scope = Scope()
    part: Part = ()

    def narrowed(self, **part: Any) -> Rows:
        """Return those of the rows that have these values too."""
        return replace(self, part=(*self.part, *part.items()))

    def query(self) -> dict[str, str]:
        """Return what an address needs besides the months: measure, scope and part."""
        part = {column: "none" if value is None else str(value) for column, value in self.part}
        return {"measure": self.measure.key} | self.scope.query() | part

    @classmethod
    def read(cls, first: Month, last: Month, query: Mapping[str, str]) -> Rows:
        """Read from an address what `query` wrote. Raises `UnknownRows`; other names are ignored."""
        measure = MEASURES.get(query.get("measure", ""))
        if measure is None:
            raise UnknownRows(query.get("measure", ""))
        columns = [column for column in measure.cube.columns if column in query]
        part = tuple((column, _value(column, query[column])) for column in columns)
        return cls(first, last, measure, Scope.read(query), part)


def counted(
    cube: Cube,
    scope: Scope,
    months: Sequence[Month],
    *,
    closed_before: Q | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> QuerySet[Any]:
    """Return the rows that a cube counts: those of its kind within a scope, in some months.

    `closed_before` is for the cube of checks alone: from when on it was too early to say whether somebody
    came back.
    """
    rows: Any = _MODELS[cube.kind].objects.using(using).order_by().filter(_in_months(cube.kind, months))
    if cube.kind in ("visit", "enquiry"):
        # A referral or an answer needs no such condition: what was noted by mistake never has one.
        rows = rows.that_happened()
    rows = _at_hub(rows, scope, cube.kind) if cube.kind in AT_A_HUB else _within(rows, scope, cube.kind)
    if cube == SLOTS:
        taken = Booking.objects.live().order_by().filter(slot=OuterRef("pk")).values("slot")
        rows = rows.offered().annotate(taken=Coalesce(Subquery(taken.annotate(n=Count("*")).values("n")), 0))
        rows = rows.annotate(empty=F("capacity") - F("taken"))
    if cube == CHECKS:
        rows = rows.filter(closed_before, first_contact=True, resident__isnull=False)
        rows = rows.annotate(verified=_nobody_asked_again())
    return rows


def rows_of(
    rows: Rows,
    *,
    at: datetime,
    signed: Mapping[int, datetime] | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> QuerySet[Any]:
    """Return the rows behind a figure, as they are now: visits, enquiries, referrals or answers.

    `signed` says when the months that were signed off were, by number: what could not be checked then is not
    among their rows.
    """
    months = list(months_from(rows.first, rows.last))
    closed = closed_before(months, at, signed or {})
    found = counted(rows.measure.cube, rows.scope, months, closed_before=closed, using=using)
    return found.filter(**rows.measure.where).filter(**dict(rows.part))


def closed_before(months: Iterable[Month], at: datetime, signed: Mapping[int, datetime]) -> Q:
    """Return the condition that an enquiry was closed long enough ago to say whether somebody came back.

    Long enough is `CHECK_DAYS` whole London days before today, or before the day its month was signed off.
    """
    early = {each.number: signed[each.number] for each in months if each.number in signed}
    condition = Q(closed_at__lt=_cut(at)) & ~Q(month__in=list(early)) if early else Q(closed_at__lt=_cut(at))
    for month, signed_at in early.items():
        condition |= Q(month=month, closed_at__lt=_cut(signed_at))
    return condition


def _cut(at: datetime) -> datetime:
    return datetime.combine(service_day(at) - timedelta(days=CHECK_DAYS), time(), tzinfo=LONDON)


def _nobody_asked_again() -> Case:
    again = Enquiry.objects.that_happened().filter(
        resident=OuterRef("resident"),
        topic=OuterRef("topic"),
        opened_at__gt=OuterRef("opened_at"),
        opened_at__lte=DaysAfter(OuterRef("closed_at"), days=CHECK_DAYS),
    )
    return Case(When(Exists(again), then=Value(False)), default=Value(True), output_field=BooleanField())


def _within(rows: QuerySet[Any], scope: Scope, kind: str) -> QuerySet[Any]:
    to = "" if kind == "enquiry" else "enquiry__"
    wanted: dict[str, Any] = {}
    if scope.hub:
        wanted[f"{to}hub"] = scope.hub
    if scope.no_hub:
        wanted[f"{to}hub__isnull"] = True
    if scope.topic:
        wanted[f"{to}topic"] = scope.topic
    if scope.channel:
        wanted[f"{to}channel"] = scope.channel
    return rows.filter(**wanted)


def _at_hub(rows: QuerySet[Any], scope: Scope, kind: str) -> QuerySet[Any]:
    if scope.no_hub or scope.channel not in ("", IN_PERSON):
        return rows.none()
    if scope.hub:
        rows = rows.filter(hub=scope.hub)
    if not scope.topic:
        return rows
    if kind == "slot":
        return rows.none()
    if kind == "booking":
        return rows.filter(topic=scope.topic)
    return rows.filter(Exists(Enquiry.objects.filter(visit=OuterRef("pk"), topic=scope.topic)))


def _in_months(kind: str, months: Sequence[Month]) -> Q:
    """Return the condition that a row is of these months, at least one, in order: a range for each run."""
    runs: list[list[Month]] = []
    for month in months:
        if runs and runs[-1][-1].plus(1) == month:
            runs[-1][-1] = month
        else:
            runs.append([month, month])
    condition = Q()
    for first, last in runs:
        condition |= _between(kind, first, last)
    return condition


def _between(kind: str, first: Month, last: Month) -> Q:
    if kind == "slot":
        return Q(service_day__gte=first.first_day, service_day__lt=last.plus(1).first_day)
    return Q(month=first.number) if first == last else Q(month__range=(first.number, last.number))


def _value(column: str, text: str) -> Any:
    if text == "none":
        return None
    if column in _YES_OR_NO:
        if text not in ("True", "False"):
            raise UnknownRows(f"{column} {text}")
        return text == "True"
    if column in _NUMBERS:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise UnknownRows(f"{column} {text}")
        return int(text)
    return text
