"""The waiting list of a hub and the figures of its day, read as its pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q

from accounts.models import User
from enquiries.londontime import service_day
from enquiries.models import Visit, WaitingRoom
from enquiries.models.residents import Language
from enquiries.waits import median_wait, minutes_between
from hubs.models import Hub

_COLUMNS = (
    "pk",
    "ticket_number",
    "state",
    "arrived_at",
    "called_at",
    "called_by__first_name",
    "called_by__last_name",
    "called_by__username",
    "language",
    "needs",
    "enquiries__topic__name_en",
    "enquiries__reference",
)


@dataclass
class Waiter:
    """Somebody on the waiting list or being seen."""

    path: str
    """Where this person's moves are: each has an address below it. Made here, as rows hold no `{% url %}`."""
    ticket: str
    state: str
    minutes: int
    """From arrival until called, or until now for somebody who has not been called."""
    over_target: bool
    called_by: str
    reference: str
    wait: str
    """The minutes in words, which say whether that is too long."""
    language: str = ""
    """What to speak with them, in words; "" for English or where nobody asked."""
    needs: str = ""
    """Such as an interpreter, a wheelchair, or the time of their appointment."""
    topics: list[str] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        return self.state == Visit.State.WAITING

    @property
    def is_held(self) -> bool:
        return self.state == Visit.State.HELD

    @property
    def is_called(self) -> bool:
        return self.state == Visit.State.CALLED


@dataclass(frozen=True)
class WaitingList:
    """Everybody in the room, in the order in which they are called."""

    everybody: tuple[Waiter, ...]

    @property
    def waiting(self) -> list[Waiter]:
        """Those who wait to be called."""
        return [each for each in self.everybody if each.is_waiting]

    @property
    def held(self) -> list[Waiter]:
        """Those on hold, such as while they fetch a paper."""
        return [each for each in self.everybody if each.is_held]

    @property
    def called(self) -> list[Waiter]:
        """Those being seen."""
        return [each for each in self.everybody if each.is_called]


@dataclass(frozen=True)
class Today:
    """What has happened at a hub today."""

    visits: int
    resolved: int
    """Enquiries of these visits that were resolved at first contact."""
    median_wait: int | None
    """Minutes from arrival to being called; None while nobody has been called."""
    kinds: tuple[tuple[str, int], ...]
    """How many came in which way, in words, where they did not just walk in."""


def waiting_list(hub: Hub, user: User, at: datetime) -> WaitingList:
    """Return the waiting list of a hub as `user` may see it at the moment `at`. One query."""
    rows = (
        Visit.objects.visible_to(user)
        .in_the_room(service_day(at))
        .filter(hub=hub)
        .in_turn("enquiries__pk")
        .values_list(*_COLUMNS)
    )
    return WaitingList(tuple(_waiters(rows, at)))


def today_at(hub: Hub, user: User, at: datetime) -> Today:
    """Return the figures of the London day at a hub. Two queries."""
    came_today = Visit.objects.visible_to(user).that_happened()
    visits = came_today.filter(hub=hub, service_day=service_day(at)).order_by()
    counted = visits.values_list("kind").annotate(
        came=Count("pk", distinct=True), resolved=Count("enquiries", filter=Q(enquiries__first_contact=True))
    )
    came = {kind: (number, resolved) for kind, number, resolved in counted}
    called = visits.filter(called_at__isnull=False).values_list("arrived_at", "called_at")
    return Today(
        visits=sum(number for number, _ in came.values()),
        resolved=sum(resolved for _, resolved in came.values()),
        median_wait=median_wait((arrived, at) for arrived, at in called if at),
        kinds=tuple(
            (kind.label, came[kind][0]) for kind in Visit.Kind if kind in came and kind != Visit.Kind.WALK_IN
        ),
    )


def state_of(hub: Hub, at: datetime) -> str:
    """Name the state of a waiting list: the hub, the London day, its moves, and the minute, as waits grow.

    The same for everybody who may see the list: an officer of the hub sees all of it, and so does a manager.
    Take it before the rows are read: a move in between makes the name old, never the rows.
    """
    return f"{hub.pk}-{service_day(at)}-{moves_of(hub)}-{int(at.timestamp() // 60)}"


def moves_of(hub: Hub) -> int:
    """Return how often the hub's waiting list has changed; no query where the hub was read with its room."""
    try:
        return hub.waiting_room.moves
    except WaitingRoom.DoesNotExist:
        return 0


def _waiters(rows: Iterable[tuple], at: datetime) -> Iterable[Waiter]:
    last, of = None, None
    for pk, number, state, arrived_at, called_at, *called_by, language, needs, topic, reference in rows:
        if last is not None and of == pk:
            last.topics.append(topic)
            continue
        if last is not None:
            yield last
        minutes = minutes_between(arrived_at, called_at or at)
        over = minutes > settings.WAIT_TARGET_MINUTES
        of = pk
        last = Waiter(
            path=f"/staff/visits/{pk}/",
            ticket=Visit.ticket_words(number),
            state=state,
            minutes=minutes,
            over_target=over,
            wait=f"{minutes} min, too long" if over else f"{minutes} min",
            called_by=_named(*called_by),
            reference=reference or "",
            language=_spoken(language),
            needs=needs,
            topics=[topic] if topic else [],
        )
    if last is not None:
        yield last


def _named(first: str | None, family: str | None, username: str | None) -> str:
    return f"{first or ''} {family or ''}".strip() or username or ""


def _spoken(language: str) -> str:
    return "" if language in ("", Language.ENGLISH) else str(Language(language).label)
