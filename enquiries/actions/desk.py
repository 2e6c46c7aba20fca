"""Logging visits and working the waiting list."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from enquiries.errors import AlreadyTaken, NothingWaiting, WalkInRefused
from enquiries.folding import tidy
from enquiries.inserting import insert
from enquiries.londontime import hour_of_week, month_number, service_day
from enquiries.lookups import lookups_at
from enquiries.models import Cause, Enquiry, Outcome, Resident, TicketCounter, Visit, WaitingRoom
from hubs.access import Access
from hubs.models import Hub, Topic

from .enquiries import close, open_enquiry, take_back

Kind, State = Visit.Kind, Visit.State


@dataclass(frozen=True)
class Raised:
    """One topic raised in a visit, and how it ended if it ended there and then."""

    topic: Topic
    outcome: Outcome | None = None
    words: str = ""
    cause: Cause | None = None
    agreed: str = ""


@dataclass(frozen=True)
class Logged:
    """A visit as it was logged, with its enquiries in the order they were raised."""

    visit: Visit
    enquiries: tuple[Enquiry, ...]
    is_new: bool
    """False where the form's token was known: this is what was saved then."""

    @property
    def references(self) -> list[str]:
        """The references to tell the resident, as they are printed."""
        return [each.shown_reference for each in self.enquiries]


def log_visit(
    *,
    token: uuid.UUID,
    hub: Hub,
    raised: Sequence[Raised],
    by: User,
    at: datetime,
    arrived_at: datetime | None = None,
    expected_at: datetime | None = None,
    kind: str = Kind.WALK_IN,
    urgent_reason: str = "",
    signposted_to: Hub | None = None,
    resident: Resident | None = None,
    on_behalf_of: str = "",
    language: str = "",
    needs: str = "",
    waiting: bool = False,
) -> Logged:
    """Log a visit with its enquiries, once for each form token.

    `expected_at` is when they were asked to come, and so their turn on the waiting list.

    Effects, in order: count up the ticket if `waiting`, save the visit, open its enquiries (closed at once
    where an outcome is given), count the waiting list's move if `waiting`. The same token again, at once or
    years later, changes nothing and returns the first visit.

    Raises `WalkInRefused` for a walk-in where hub or topic is by appointment only.
    """
    moment = arrived_at or at
    _refuse_walk_in(hub, raised, kind, service_day(at))
    try:
        with transaction.atomic():
            visit = insert(
                Visit,
                token=token,
                hub=hub,
                kind=kind,
                hub_access=hub.access,
                urgent_reason=tidy(urgent_reason),
                signposted_to=signposted_to,
                resident=resident,
                on_behalf_of=tidy(on_behalf_of),
                language=language,
                needs=tidy(needs),
                arrived_at=moment,
                service_day=service_day(moment),
                month=month_number(moment),
                hour_of_week=hour_of_week(moment),
                logged_at=at,
                logged_by=by,
                back_dated=arrived_at is not None,
                state=State.WAITING if waiting else State.DONE,
                ticket_number=_next_ticket(hub, service_day(moment)) if waiting else None,
                expected_at=expected_at,
            )
            opened = tuple(
                open_enquiry(
                    topic=each.topic,
                    channel=Enquiry.Channel.IN_PERSON,
                    by=by,
                    at=moment,
                    visit=visit,
                    hub=hub,
                    resident=resident,
                    words=each.words,
                    language=language,
                    outcome=each.outcome,
                    cause=each.cause,
                    agreed=each.agreed,
                )
                for each in raised
            )
            if waiting:
                _count_move(hub.pk)
    except IntegrityError:
        first = Visit.objects.filter(token=token).first()
        if first is None:
            raise
        return Logged(first, tuple(first.enquiries.order_by("pk")), is_new=False)
    return Logged(visit, opened, is_new=True)


@transaction.atomic
def call_next(*, hub: Hub, by: User, at: datetime) -> Visit:
    """Call whose turn it is at a hub today; two officers never call the same person.

    That is who was asked for the earliest time, or came first where nobody asked them for a time.

    Effects, in order: set state, who and when by compare-and-swap; count the list's move.
    Raises `NothingWaiting` when nobody waits.
    """
    waiting = Visit.objects.filter(hub=hub, service_day=service_day(at), state=State.WAITING)
    while (first := waiting.in_turn().values_list("pk", flat=True).first()) is not None:
        if _swap(first, State.WAITING, state=State.CALLED, called_at=at, called_by=by):
            _count_move(hub.pk)
            return Visit.objects.get(pk=first)
    raise NothingWaiting


@transaction.atomic
def call_visit(*, visit: Visit, by: User, at: datetime) -> Visit:
    """Call one particular person who waits or is on hold.

    Effects: set state, who and when. Raises `AlreadyTaken` when a colleague was quicker.
    """
    return _moved(visit, (State.WAITING, State.HELD), state=State.CALLED, called_at=at, called_by=by)


@transaction.atomic
def hold(*, visit: Visit, by: User, at: datetime) -> Visit:
    """Put somebody on hold, such as while they fetch a paper. Effects: set state. Raises `AlreadyTaken`."""
    return _moved(visit, (State.WAITING, State.CALLED), state=State.HELD)


@transaction.atomic
def return_to_list(*, visit: Visit, by: User, at: datetime) -> Visit:
    """Put somebody back on the list in their old place.

    Effects: set state and forget who called. Raises `AlreadyTaken`.
    """
    return _moved(visit, (State.HELD, State.CALLED), state=State.WAITING, called_at=None, called_by=None)


@transaction.atomic
def leave(*, visit: Visit, reason: str, by: User, at: datetime) -> Visit:
    """Note that somebody left before being seen, and why; or that they were noted by mistake.

    Effects, in order: set state, time and reason; close what they came about with an outcome of the group
    "left", or take it back where it was a mistake, after which neither visit nor enquiries count anywhere.
    Raises `AlreadyTaken`, `NotAllowedNow` for a mistake on which somebody has acted, and
    `Outcome.DoesNotExist` where no outcome for those who left is kept.
    """
    here = (State.WAITING, State.HELD, State.CALLED)
    gone = _moved(visit, here, state=State.LEFT, left_at=at, left_reason=reason)
    if reason == Visit.LeftReason.MISTAKE:
        for enquiry in gone.enquiries.order_by("pk"):
            take_back(enquiry=enquiry, by=by, at=at)
        return gone
    outcome = Outcome.objects.filter(group=Outcome.Group.LEFT, retired_on__isnull=True).earliest("position")
    for enquiry in gone.enquiries.filter(status=Enquiry.Status.OPEN):
        close(enquiry=enquiry, outcome=outcome, by=by, at=at)
    return gone


@transaction.atomic
def finish_visit(*, visit: Visit, by: User, at: datetime) -> Visit:
    """Finish with somebody who was called. Effects: set state. Raises `AlreadyTaken`."""
    return _moved(visit, (State.CALLED,), state=State.DONE)


def _refuse_walk_in(hub: Hub, raised: Sequence[Raised], kind: str, today: date) -> None:
    if kind != Kind.WALK_IN:
        return
    known = lookups_at(today)
    if any(known.access(hub, each.topic) != Access.WALK_IN for each in raised) or not hub.walk_in:
        raise WalkInRefused


def _next_ticket(hub: Hub, day: date) -> int:
    counter = TicketCounter.objects.filter(hub=hub, day=day)
    if not counter.update(last=F("last") + 1):
        # The first ticket of the day: whoever comes second waits for the row and then counts it up.
        TicketCounter.objects.get_or_create(hub=hub, day=day)
        counter.update(last=F("last") + 1)
    return counter.values_list("last", flat=True).get()


def _swap(pk: int, expected: str, **values: object) -> bool:
    return Visit.objects.filter(pk=pk, state=expected).update(**values) == 1


def _moved(visit: Visit, expected: Sequence[str], **values: object) -> Visit:
    if not Visit.objects.filter(pk=visit.pk, state__in=expected).update(**values):
        raise AlreadyTaken
    _count_move(visit.hub_id)
    return Visit.objects.get(pk=visit.pk)


def _count_move(hub_id: int) -> None:
    room = WaitingRoom.objects.filter(hub=hub_id)
    if not room.update(moves=F("moves") + 1):
        WaitingRoom.objects.get_or_create(hub_id=hub_id)
        room.update(moves=F("moves") + 1)
