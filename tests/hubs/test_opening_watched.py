"""`opening.status_at` against a model that knows no time zones: somebody who watches a clock on the wall."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubs.bank_holidays import name_on
from hubs.opening import DatedDay, Period, Schedule, status_at

LONDON = ZoneInfo("Europe/London")
CLOCKS_FORWARD = date(2027, 3, 28)
CLOCKS_BACK = date(2026, 10, 25)
# Minutes in the first four of the days watched, when the clocks go forward among them.
FOUR_DAYS = 4 * 1440 - 60
WATCHED_AROUND = [CLOCKS_FORWARD, CLOCKS_BACK, date(2026, 12, 31), date(2028, 2, 28), date(2026, 12, 25)]


@cache
def watched_minutes(middle: date) -> list[tuple[datetime, date, time]]:
    """Every minute of five London days around a date: the moment, and what the clock on the wall shows."""
    first = datetime.combine(middle - timedelta(days=2), time(0), tzinfo=LONDON).astimezone(UTC)
    last = datetime.combine(middle + timedelta(days=3), time(0), tzinfo=LONDON).astimezone(UTC)
    count = (last - first) // timedelta(minutes=1)
    instants = (first + timedelta(minutes=n) for n in range(count))
    return [(at, at.astimezone(LONDON).date(), at.astimezone(LONDON).time()) for at in instants]


def watch(schedule: Schedule, middle: date) -> list[bool]:
    """Whether a doorkeeper who only looks at the wall clock, once a minute, has the door open.

    A period is begun when the clock first shows its opening time or later, and done with for good when it
    first shows its closing time or later, or when the day is over.
    """
    door = []
    today, begun, done = None, set(), set()
    for _at, on, reading in watched_minutes(middle):
        if on != today:
            today, begun, done = on, set(), set()
            periods = schedule.day(on).periods
        begun.update(p for p in periods if reading >= p.opens)
        done.update(p for p in periods if p.closes != time(0) and reading >= p.closes)
        door.append(bool(begun - done))
    return door


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[Period, ...]:
    """Up to three periods, often to midnight, from midnight, near 01:00-02:00, touching or overlapping."""
    minutes = st.one_of(
        st.sampled_from([0, 59, 60, 61, 75, 90, 105, 119, 120, 121, 540, 720, 1020, 1439]),
        st.integers(0, 1439),
    )
    periods = []
    for _ in range(draw(st.integers(0, 3))):
        opens, closes = draw(minutes), draw(st.one_of(st.just(0), minutes))
        if closes == 0 or opens < closes:
            periods.append(Period(time(*divmod(opens, 60)), time(*divmod(closes, 60))))
    return tuple(periods)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, date]:
    middle = draw(st.sampled_from(WATCHED_AROUND))
    near = st.sampled_from([middle + timedelta(days=n) for n in range(-2, 3)])
    exceptions = st.dictionaries(near, st.builds(DatedDay, day_hours()), max_size=3)
    week = draw(st.dictionaries(st.integers(0, 6), day_hours()))
    return Schedule(week, draw(exceptions), draw(exceptions), name_on), middle


@settings(max_examples=100, deadline=None)
@given(schedules(), st.lists(st.integers(0, FOUR_DAYS - 1), min_size=3, max_size=8))
@example(
    (Schedule(dict.fromkeys(range(7), (Period(time(1, 30), time(2, 30)),)), {}, {}), CLOCKS_BACK),
    [1440 * 2 + n for n in range(0, 300, 15)],
)
@example((Schedule(dict.fromkeys(range(7), (Period(time(0), time(0)),)), {}, {}), CLOCKS_FORWARD), [0, 2000])
def test_status_agrees_with_a_watched_clock(setting: tuple[Schedule, date], looks: list[int]) -> None:
    schedule, middle = setting
    minutes, door = watched_minutes(middle), watch(schedule, middle)
    turning = [n for n in range(1, FOUR_DAYS) if door[n] != door[n - 1]]
    for look in [*looks, *turning, *(n - 1 for n in turning)]:
        at = minutes[look][0]
        status = status_at(schedule, at)
        turns = next((n for n in range(look, len(door)) if door[n] != door[look]), None)
        midnight = next(n for n in range(look, len(door)) if minutes[n][1] != minutes[look][1])
        next_turn = minutes[turns][0] if turns is not None else None
        said = status.closes_at if status.is_open else status.opens_at
        assert status.is_open == door[look]
        assert (status.opens_at if status.is_open else status.closes_at) is None
        if next_turn is None:  # not within the days watched
            assert said is None or said.astimezone(UTC) > minutes[-1][0]
        else:
            assert said is not None
            assert said.astimezone(UTC) == next_turn
        assert status.changes_at.astimezone(UTC) == minutes[min(midnight, turns or midnight)][0]
