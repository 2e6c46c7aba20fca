"""Races that chance seldom brings about: one stops before a certain statement until the other has acted.

Only where several write at once: SQLite has one writer, so the other would wait for the first to end.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from datetime import time as clock_time

import pytest
from django.db import connection, connections

from appointments import actions
from appointments.errors import HitsChanged, NotAllowedNow, SlotTaken
from appointments.models import Booking, Slot
from hubs.opening import LONDON

from .conftest import counters_hold

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = 0.7
"""Seconds after which the other surely waits for a lock."""

Statements = list[str]


class Actor(threading.Thread):
    """Acts on a connection of its own, but does `pause` first where `before` says so of its statements."""

    def __init__(
        self,
        job: Callable[[], object],
        *,
        before: Callable[[Statements], bool] = lambda _statements: False,
        pause: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__()
        self._job, self._before, self._pause = job, before, pause
        self._statements: Statements = []
        self._has_paused = False
        self.result: object = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with connection.execute_wrapper(self._watch):
                self.result = self._job()
        except Exception as error:  # noqa: BLE001 - told by whoever waits for it
            self.error = error
        finally:
            connections.close_all()

    def act(self) -> None:
        self.start()
        self.join()

    def _watch(self, execute, sql, *how):
        self._statements.append(str(sql))
        if not self._has_paused and self._before(self._statements):
            self._has_paused = True
            self._pause()
        return execute(sql, *how)


@pytest.fixture
def plan(coming_slots, people, shared_database) -> dict[str, object]:
    """The plan of the last slot, as it is changed."""
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    slot = coming_slots[-1]
    return {"hub": slot.hub, "plan": slot.plan, "by": people["manager"], "at": datetime.now(UTC)}


@pytest.fixture
def slot(coming_slots) -> Slot:
    return coming_slots[-1]


@pytest.fixture
def book(slot, topics, plan):
    """Somebody new in the slot, through a form of theirs or at the desk."""
    seen = iter(range(10_000))

    def booked(token: uuid.UUID | None = None) -> Booking:
        number = next(seen)
        return actions.book(
            token=token or uuid.uuid4(),
            slot=slot,
            topic=topics["housing"],
            language="en",
            by=None if token else plan["by"],
            at=plan["at"],
            channel="online" if token else "phone",
            name=f"Resident {number}",
            phone=f"07700 8{number:05d}",
        ).booking

    return booked


@pytest.fixture
def held(slot, topics, plan):
    """A form that holds a desk of the slot; returns its token."""

    def form() -> uuid.UUID:
        return actions.hold_slot(key=uuid.uuid4(), slot=slot, topic=topics["housing"], at=plan["at"]).key

    return form


def meanwhile(other: Actor, *, is_waited_for: bool = False) -> Callable[[], None]:
    """Let another act, to its end or until it waits for a lock."""

    def start() -> None:
        other.start()
        if is_waited_for:
            other.join(10)
        else:
            time.sleep(WAITS)

    return start


def no_desk_twice() -> bool:
    return max(Counter(Booking.objects.live().values_list("slot", "desk")).values(), default=0) <= 1


def test_a_desk_is_not_left_over_by_who_cancels_while_the_plan_gets_fewer(slot, plan, book):
    actions.save_plan(**plan, desks=2)
    leaves, _ = book(), book()
    cancels = Actor(lambda: actions.cancel(booking=leaves, by=None, at=plan["at"]))

    def is_almost_saved(statements: Statements) -> bool:
        is_shaped = any('UPDATE "appointments_slot"' in each for each in statements)
        return is_shaped and '"appointments_booking"."desk" > ' in statements[-1]

    fewer = Actor(
        lambda: actions.save_plan(**plan, desks=1), before=is_almost_saved, pause=meanwhile(cancels)
    )
    fewer.act()
    cancels.join()
    slot.refresh_from_db()

    assert (fewer.error, cancels.error) == (None, None)
    assert (slot.booked, slot.capacity) == (1, 1)
    with pytest.raises(SlotTaken):
        book()


def test_a_form_that_is_sent_while_somebody_is_seated_keeps_its_desk(plan, book, held):
    actions.save_plan(**plan, desks=3)
    gone, leaves, _ = book(), book(), book()
    actions.cancel(booking=gone, by=None, at=plan["at"])
    token = held()
    actions.save_plan(**plan, desks=2)
    sends = Actor(lambda: book(token))

    def is_between_the_looks(statements: Statements) -> bool:
        looks = [name for each in statements for name in ("hold", "booking") if _lists_desks(each, name)]
        return len(looks) == 2

    cancels = Actor(
        lambda: actions.cancel(booking=leaves, by=None, at=plan["at"]),
        before=is_between_the_looks,
        pause=meanwhile(sends, is_waited_for=True),
    )
    cancels.act()
    sends.join()

    assert (cancels.error, sends.error) == (None, None)
    assert (no_desk_twice(), counters_hold()) == (True, True)


def _lists_desks(statement: str, name: str) -> bool:
    return statement.startswith(f'SELECT "appointments_{name}"."slot_id" AS')


def test_a_form_that_is_sent_while_the_plan_is_saved_is_not_hit_unseen(slot, plan, book, held):
    actions.save_plan(**plan, desks=2)
    book()
    token = held()
    assert actions.plan_hits(plan=slot.plan, at=plan["at"], desks=1) == []
    sends = Actor(lambda: book(token))
    fewer = Actor(
        lambda: actions.save_plan(**plan, desks=1, seen_hits=set()),
        before=lambda statements: 'UPDATE "appointments_plan"' in statements[-1],
        pause=meanwhile(sends),
    )
    fewer.act()
    sends.join()

    assert isinstance(fewer.error, HitsChanged) or fewer.result[1].hit == []
    assert [each.has_lost_its_time for each in Booking.objects.for_page()] == [False]
    assert isinstance(sends.error, SlotTaken)


@pytest.mark.parametrize("step", ["arrive", "mark_late", "take_back_late"])
def test_the_day_is_noted_of_somebody_who_is_moved_at_that_moment(coming_slots, plan, book, step):
    on = coming_slots[-1].service_day
    early = datetime.combine(on, clock_time(8, 30), LONDON).astimezone(UTC)
    booking = book()
    if step == "take_back_late":
        actions.mark_late(booking=booking, by=plan["by"], at=early)
    notes = Actor(lambda: getattr(actions, step)(booking=booking, by=plan["by"], at=early))
    moves = Actor(
        lambda: actions.move(booking=booking, slot=coming_slots[-2], by=None, at=early),
        # The row of the booking is changed by then, for nobody else to see.
        before=lambda statements: any('UPDATE "appointments_booking"' in each for each in statements[:-1]),
        pause=meanwhile(notes),
    )
    moves.act()
    notes.join()

    assert moves.error is None
    assert notes.error is None or isinstance(notes.error, NotAllowedNow), notes.error
