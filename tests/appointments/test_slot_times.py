"""The times of slots on every day of 2026 to 2029: none missing, none twice, none while the hub is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from appointments.slot_times import Window, stretches
from hubs import bank_holidays
from hubs.opening import LONDON, DatedDay, Day, Period, Schedule, status_at

FIRST, LAST = date(2026, 1, 1), date(2029, 12, 31)
CLOSED = date(2027, 8, 18)
SPECIAL = date(2028, 12, 27)
SCHEDULE = Schedule(
    week={weekday: (Period(time(9), time(17)),) for weekday in range(5)},
    dated={CLOSED: DatedDay(), SPECIAL: DatedDay((Period(time(10), time(12)), Period(time(13), time(15))))},
    dated_everywhere={},
    bank_holidays=bank_holidays.name_on,
)
ALWAYS = Schedule(
    week={weekday: (Period(time(0), time(0)),) for weekday in range(7)}, dated={}, dated_everywhere={}
)


def window(weekday: int, starts: time, ends: time, minutes: int = 30, **other) -> Window:
    return Window(weekday, Period(starts, ends), minutes, **({"starts_on": FIRST} | other))


def every_day() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def test_a_working_day_has_every_slot_and_every_other_day_has_none():
    daily = [window(weekday, time(9), time(17)) for weekday in range(7)]
    for on in every_day():
        slots = [each for plan in daily for each in stretches(plan, SCHEDULE.day(on))]
        shown = [each.starts_at.astimezone(LONDON).strftime("%H:%M") for each in slots]
        if on == SPECIAL:
            assert shown == ["10:00", "10:30", "11:00", "11:30", "13:00", "13:30", "14:00", "14:30"]
        elif on == CLOSED or on.weekday() > 4 or bank_holidays.name_on(on):
            assert shown == [], on
        else:
            assert shown == [f"{9 + n // 2:02}:{n % 2 * 30:02}" for n in range(16)], on


def test_no_hour_of_four_years_has_a_slot_missing_or_twice():
    """Round the clock: every real half hour, also in the nights in which clocks change, exactly once."""
    starts = [
        each.starts_at
        for on in every_day()
        for each in stretches(window(on.weekday(), time(0), time(0)), ALWAYS.day(on))
    ]
    first = datetime(2026, 1, 1, tzinfo=UTC)

    assert starts == [first + timedelta(minutes=30 * n) for n in range(2 * 24 * len(every_day()))]


def test_a_slot_lies_within_opening_hours_by_the_clock_that_pages_show():
    plans = [window(weekday, time(8, 15), time(18), 40) for weekday in range(7)]
    for on in every_day():
        slots = [each for plan in plans for each in stretches(plan, SCHEDULE.day(on))]
        for slot in slots:
            assert status_at(SCHEDULE, slot.starts_at).is_open
            assert status_at(SCHEDULE, slot.ends_at - timedelta(seconds=1)).is_open
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(slots))


@pytest.mark.parametrize(
    ("on", "count", "hours"),
    [(date(2027, 3, 28), 6, 3), (date(2026, 10, 25), 10, 5), (date(2026, 10, 24), 8, 4)],
)
def test_a_night_in_which_clocks_change_is_an_hour_shorter_or_longer(on, count, hours):
    slots = list(stretches(window(on.weekday(), time(0), time(4)), ALWAYS.day(on)))

    assert len(slots) == count
    assert slots[-1].ends_at - slots[0].starts_at == timedelta(hours=hours)
    assert slots[-1].ends_at.astimezone(LONDON).time() == time(4)


def test_an_appointment_at_nine_is_at_nine_before_and_after_the_clocks_change():
    for on in (date(2027, 3, 25), date(2027, 3, 30), date(2026, 10, 23), date(2026, 10, 27)):
        first = next(stretches(window(on.weekday(), time(9), time(10)), SCHEDULE.day(on)))
        assert first.starts_at.astimezone(LONDON).time() == time(9)


def test_a_plan_holds_from_its_first_day_until_the_day_it_is_retired():
    plan = window(1, time(9), time(10), starts_on=date(2026, 11, 10), retired_on=date(2026, 11, 24))
    days = [date(2026, 11, 3) + timedelta(days=n) for n in range(30)]

    assert [on for on in days if list(stretches(plan, SCHEDULE.day(on)))] == [
        date(2026, 11, 10),
        date(2026, 11, 17),
    ]


def test_what_does_not_fit_before_closing_is_no_slot():
    on = date(2026, 11, 24)
    day = Day(on, (Period(time(9), time(9, 50)), Period(time(10), time(10, 59))), SCHEDULE.day(on).kind)

    assert [each.starts_at.strftime("%H:%M") for each in stretches(window(1, time(9), time(17)), day)] == [
        "09:00",
        "10:00",
    ]
