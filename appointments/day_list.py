"""The list of a day, ready to be shown: each appointment with what can be done with it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from appointments.models import Booking
from appointments.wording import clock_words
from enquiries.londontime import service_day
from enquiries.waits import minutes_between

Status = Booking.Status

KEYS = "123456789"
"""A key for each of the first bookings of a day, the same all day: it notes that they have arrived."""


@dataclass(frozen=True)
class Row:
    """One appointment of the day."""

    booking: Booking
    path: str
    """Below it each move has its address."""
    starts: str
    ends: str
    key: str
    """The key that notes the arrival, or ""."""
    state: str
    is_over: bool
    """Whether it has begun."""
    is_today: bool

    @property
    def may_arrive(self) -> bool:
        """Whether somebody can come for it now, also late or after it was called missed."""
        return self.is_today and self.booking.may_become(Status.ARRIVED)

    @property
    def may_be_late(self) -> bool:
        return self.is_today and self.booking.status == Status.BOOKED and self.booking.late_at is None

    @property
    def may_take_back_late(self) -> bool:
        """Whether it is noted, and can still be taken back, that they are late."""
        return self.is_today and self.booking.status == Status.BOOKED and self.booking.late_at is not None

    @property
    def may_be_missed(self) -> bool:
        return self.booking.status == Status.BOOKED and self.is_over and not self.has_no_time

    @property
    def is_late(self) -> bool:
        """Whether they should have come by now; in its first minute an appointment is only due."""
        return self.may_be_missed and self.state != _DUE

    @property
    def may_finish(self) -> bool:
        return self.booking.status == Status.ARRIVED

    @property
    def may_take_back(self) -> bool:
        """Whether their arrival can still be taken back: nobody has called them."""
        visit = self.booking.visit
        return self.booking.status == Status.ARRIVED and visit is not None and visit.is_waiting

    @property
    def has_no_time(self) -> bool:
        """Whether we took the time away, and they need another."""
        return self.booking.has_lost_its_time


@dataclass(frozen=True)
class DayList:
    """The appointments of a day at a hub, in the order of their times; the cancelled apart."""

    rows: list[Row]
    cancelled: list[Booking]

    @property
    def expected(self) -> int:
        return sum(row.booking.status == Status.BOOKED and not row.has_no_time for row in self.rows)

    @property
    def arrived(self) -> int:
        return sum(row.booking.status in (Status.ARRIVED, Status.FINISHED) for row in self.rows)

    @property
    def missed(self) -> int:
        return sum(row.booking.status == Status.MISSED for row in self.rows)


def day_list(bookings: Iterable[Booking], came: Iterable[int], at: datetime, *, base: str) -> DayList:
    """Return the list of a day at the moment `at`; each booking has its address below `base`.

    `came` are the ids of all that ever came onto the day, in an order that only grows: a key goes by it, and
    never changes hands while an officer has a finger on it.
    """
    today = service_day(at)
    rows, cancelled = [], []
    keys = dict(zip(came, KEYS, strict=False))
    for booking in bookings:
        if booking.status == Status.CANCELLED:
            cancelled.append(booking)
            continue
        is_today = booking.service_day == today
        key = keys.get(booking.pk, "") if is_today and booking.status == Status.BOOKED else ""
        rows.append(
            Row(
                booking=booking,
                path=f"{base}{booking.reference}/",
                starts=clock_words(booking.slot.starts_at),
                ends=clock_words(booking.slot.ends_at),
                key=key,
                state=_state(booking, at),
                is_over=booking.slot.has_begun(at),
                is_today=is_today,
            )
        )
    return DayList(rows, cancelled)


def _state(booking: Booking, at: datetime) -> str:
    if booking.has_lost_its_time:
        return "Time withdrawn"
    if booking.status == Status.BOOKED and booking.slot.has_begun(at):
        late = minutes_between(booking.slot.starts_at, at)
        if late < 1:
            return _DUE
        return f"{late} min late" if late <= _HOUR else "Not arrived"
    if booking.status == Status.BOOKED:
        return "Running late" if booking.late_at else "Expected"
    ticket = booking.visit.ticket if booking.visit and booking.status == Status.ARRIVED else ""
    return f"{booking.get_status_display()} {ticket}".strip()


_HOUR = 60
_DUE = "Due now"
