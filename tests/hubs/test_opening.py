from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hubs.bank_holidays import name_on
from hubs.opening import (
    LOOK_AHEAD_DAYS,
    DatedDay,
    Day,
    DayKind,
    Period,
    Schedule,
    Status,
    merged,
    overlaps,
    status_at,
)

LONDON = ZoneInfo("Europe/London")
CLOCKS_FORWARD = date(2027, 3, 28)
CLOCKS_BACK = date(2026, 10, 25)


def hours(text: str) -> tuple[Period, ...]:
    """Periods from "09:00-12:00 13:00-17:00"."""
    pairs = (each.split("-") for each in text.split())
    return tuple(Period(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)


def a_schedule(
    week: dict[int, str] | str = "09:00-17:00",
    dated: dict[date, DatedDay] | None = None,
    everywhere: dict[date, DatedDay] | None = None,
) -> Schedule:
    """A schedule with England's bank holidays; a week given as one text means Monday to Friday."""
    by_weekday = dict.fromkeys(range(5), week) if isinstance(week, str) else week
    return Schedule(
        week={weekday: hours(text) for weekday, text in by_weekday.items()},
        dated=dated or {},
        dated_everywhere=everywhere or {},
        bank_holidays=name_on,
    )


def london(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


def moments(status: Status) -> tuple[bool, str | None, str | None, str]:
    """What a status says, with offsets, since Python compares times in one zone by the wall clock."""
    closes_at = status.closes_at.isoformat() if status.closes_at else None
    opens_at = status.opens_at.isoformat() if status.opens_at else None
    return status.is_open, closes_at, opens_at, status.changes_at.isoformat()


# ---- periods


@pytest.mark.parametrize(("opens", "closes"), [("17:00", "09:00"), ("09:00", "09:00"), ("00:01", "00:01")])
def test_period_that_closes_before_it_opens_is_refused(opens: str, closes: str) -> None:
    with pytest.raises(ValueError, match="closes after it opens"):
        Period(time.fromisoformat(opens), time.fromisoformat(closes))


def test_period_with_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Period(time(9, tzinfo=UTC), time(17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("given_hours", "tidy"),
    [
        ("", ""),
        ("13:00-17:00 09:00-12:00", "09:00-12:00 13:00-17:00"),
        ("09:00-12:00 12:00-17:00", "09:00-17:00"),
        ("09:00-13:00 12:00-17:00", "09:00-17:00"),
        ("09:00-17:00 10:00-11:00", "09:00-17:00"),
        ("09:00-17:00 09:00-17:00", "09:00-17:00"),
        ("09:00-00:00 10:00-11:00", "09:00-00:00"),
        ("09:00-17:00 16:00-00:00", "09:00-00:00"),
        ("00:00-00:00 00:00-00:00", "00:00-00:00"),
        ("12:00-13:00 09:00-10:00 10:00-12:00 14:00-15:00", "09:00-13:00 14:00-15:00"),
    ],
)
def test_merged_periods(given_hours: str, tidy: str) -> None:
    assert merged(hours(given_hours)) == hours(tidy)


@pytest.mark.parametrize(
    ("given_hours", "pairs"),
    [
        ("", []),
        ("09:00-12:00 12:00-17:00", []),
        ("13:00-17:00 09:00-12:00", []),
        ("12:00-17:00 09:00-12:01", ["09:00-12:01 12:00-17:00"]),
        ("09:00-17:00 09:00-17:00", ["09:00-17:00 09:00-17:00"]),
        ("09:00-00:00 23:59-00:00", ["09:00-00:00 23:59-00:00"]),
        ("00:00-00:00 10:00-11:00 12:00-13:00", ["00:00-00:00 10:00-11:00", "00:00-00:00 12:00-13:00"]),
    ],
)
def test_overlaps_name_each_pair(given_hours: str, pairs: list[str]) -> None:
    assert overlaps(hours(given_hours)) == tuple(hours(pair) for pair in pairs)


# ---- which rule a day follows


CHRISTMAS = date(2026, 12, 25)


def test_day_follows_the_week() -> None:
    friday, saturday = a_schedule().days(date(2026, 11, 27), 2)
    assert friday == Day(date(2026, 11, 27), hours("09:00-17:00"), DayKind.WEEK)
    assert saturday == Day(date(2026, 11, 28), (), DayKind.WEEK)
    assert (friday.is_closed, saturday.is_closed) == (False, True)


def test_day_bank_holiday_beats_the_week() -> None:
    assert a_schedule().day(CHRISTMAS) == Day(CHRISTMAS, (), DayKind.BANK_HOLIDAY, "Christmas Day")


def test_day_dated_for_all_hubs_beats_a_bank_holiday() -> None:
    schedule = a_schedule(everywhere={CHRISTMAS: DatedDay(hours("10:00-12:00"), "Christmas lunch")})
    assert schedule.day(CHRISTMAS) == Day(CHRISTMAS, hours("10:00-12:00"), DayKind.SPECIAL, "Christmas lunch")


def test_day_of_the_hubs_own_beats_all_hubs() -> None:
    schedule = a_schedule(
        dated={CHRISTMAS: DatedDay((), "Boiler")},
        everywhere={CHRISTMAS: DatedDay(hours("10:00-12:00"), "Christmas lunch")},
    )
    assert schedule.day(CHRISTMAS) == Day(CHRISTMAS, (), DayKind.CLOSED, "Boiler")


def test_days_stop_where_the_calendar_ends() -> None:
    days = a_schedule().days(date(9999, 12, 30), 7)
    assert [day.on for day in days] == [date(9999, 12, 30), date(9999, 12, 31)]
    assert a_schedule().days(date(2026, 1, 1), 0) == ()


def test_day_on_29_february() -> None:
    leap_day = date(2028, 2, 29)
    assert a_schedule(dated={leap_day: DatedDay()}).days(date(2028, 2, 28), 3) == (
        Day(date(2028, 2, 28), hours("09:00-17:00"), DayKind.WEEK),
        Day(leap_day, (), DayKind.CLOSED),
        Day(date(2028, 3, 1), hours("09:00-17:00"), DayKind.WEEK),
    )


# ---- open now, next opening


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (
            "2026-11-25T08:59:59.999999",
            (False, None, "2026-11-25T09:00:00+00:00", "2026-11-25T09:00:00+00:00"),
        ),
        ("2026-11-25T09:00", (True, "2026-11-25T12:00:00+00:00", None, "2026-11-25T12:00:00+00:00")),
        (
            "2026-11-25T11:59:59.999999",
            (True, "2026-11-25T12:00:00+00:00", None, "2026-11-25T12:00:00+00:00"),
        ),
        ("2026-11-25T12:00", (False, None, "2026-11-25T13:00:00+00:00", "2026-11-25T13:00:00+00:00")),
        ("2026-11-25T17:00", (False, None, "2026-11-26T09:00:00+00:00", "2026-11-26T00:00:00+00:00")),
        ("2026-11-27T17:00", (False, None, "2026-11-30T09:00:00+00:00", "2026-11-28T00:00:00+00:00")),
        # Thursday before Christmas 2026: closed until the Tuesday after the Boxing Day substitute.
        ("2026-12-24T17:00", (False, None, "2026-12-29T09:00:00+00:00", "2026-12-25T00:00:00+00:00")),
        ("2026-12-31T18:00", (False, None, "2027-01-04T09:00:00+00:00", "2027-01-01T00:00:00+00:00")),
        ("2028-02-28T17:30", (False, None, "2028-02-29T09:00:00+00:00", "2028-02-29T00:00:00+00:00")),
        ("2026-07-01T10:00", (True, "2026-07-01T12:00:00+01:00", None, "2026-07-01T12:00:00+01:00")),
        # Friday before each clock change.
        ("2027-03-26T18:00", (False, None, "2027-03-30T09:00:00+01:00", "2027-03-27T00:00:00+00:00")),
        ("2026-10-23T18:00", (False, None, "2026-10-26T09:00:00+00:00", "2026-10-24T00:00:00+01:00")),
    ],
)
def test_status_with_a_lunch_break(at: str, expected: tuple[bool, str | None, str | None, str]) -> None:
    assert moments(status_at(a_schedule("09:00-12:00 13:00-17:00"), london(at))) == expected


def test_status_takes_the_moment_in_any_zone() -> None:
    tokyo = datetime(2026, 7, 1, 17, 30, tzinfo=ZoneInfo("Asia/Tokyo"))  # 09:30 in London
    assert moments(status_at(a_schedule(), tokyo)) == moments(
        status_at(a_schedule(), london("2026-07-01T09:30"))
    )
    # 23:30 UTC on 30 June is July in London.
    assert status_at(a_schedule(), datetime(2026, 6, 30, 23, 30, tzinfo=UTC)).day.on == date(2026, 7, 1)


def test_status_refuses_a_naive_moment() -> None:
    with pytest.raises(ValueError, match="naive"):
        status_at(a_schedule(), datetime(2026, 7, 1, 9))  # noqa: DTZ001


def test_status_says_why_it_is_closed() -> None:
    schedule = a_schedule(
        dated={
            date(2026, 12, 21): DatedDay((), "Boiler"),
            date(2026, 12, 22): DatedDay(hours("09:00-11:00"), "Party"),
        }
    )
    seen = [
        (status.reason, status.day.kind)
        for at in ("12-20T10:00", "12-21T10:00", "12-22T10:00", "12-22T11:00", "12-23T18:00", "12-25T10:00")
        for status in [status_at(schedule, london(f"2026-{at}"))]
    ]
    assert seen == [
        (None, DayKind.WEEK),
        ("Boiler", DayKind.CLOSED),
        (None, DayKind.SPECIAL),
        ("Party", DayKind.SPECIAL),
        (None, DayKind.WEEK),
        ("Christmas Day", DayKind.BANK_HOLIDAY),
    ]


def test_status_joins_an_opening_across_midnight() -> None:
    new_year = a_schedule({3: "20:00-00:00"}, dated={date(2027, 1, 1): DatedDay(hours("00:00-02:00"))})
    end = "2027-01-01T02:00:00+00:00"
    assert moments(status_at(new_year, london("2026-12-31T23:59"))) == (
        True,
        end,
        None,
        "2027-01-01T00:00:00+00:00",
    )
    assert moments(status_at(new_year, london("2027-01-01T00:00"))) == (True, end, None, end)


def test_status_period_to_midnight_ends_there() -> None:
    status = status_at(a_schedule({3: "20:00-00:00"}), london("2026-12-31T23:59:59.999999"))
    assert moments(status) == (True, "2027-01-01T00:00:00+00:00", None, "2027-01-01T00:00:00+00:00")


def test_status_never_closing_has_no_end() -> None:
    status = status_at(
        Schedule(dict.fromkeys(range(7), hours("00:00-00:00")), {}, {}), london("2026-11-25T10:00")
    )
    assert moments(status) == (True, None, None, "2026-11-26T00:00:00+00:00")


def test_status_never_opening_has_no_next() -> None:
    assert moments(status_at(a_schedule({}), london("2026-11-25T10:00"))) == (
        (False, None, None, "2026-11-26T00:00:00+00:00")
    )


def test_status_looks_sixty_days_ahead_and_no_further() -> None:
    today = date(2026, 11, 25)
    last = today + timedelta(days=LOOK_AHEAD_DAYS)
    on_last = a_schedule({}, dated={last: DatedDay(hours("09:00-17:00"))})
    after_last = a_schedule({}, dated={last + timedelta(days=1): DatedDay(hours("09:00-17:00"))})
    at = london("2026-11-25T10:00")
    assert status_at(on_last, at).opens_at == london("2027-01-24T09:00")
    assert status_at(after_last, at).opens_at is None


def test_status_overlapping_periods_are_one_opening() -> None:
    status = status_at(a_schedule("09:00-13:00 12:00-17:00 17:00-18:00"), london("2026-11-25T10:00"))
    assert status.closes_at == london("2026-11-25T18:00")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), False),
        (datetime(9999, 12, 31, 10, tzinfo=UTC), True),
        (datetime(9999, 11, 1, 10, tzinfo=UTC), True),
        (datetime(1, 1, 1, 12, tzinfo=UTC), True),
    ],
)
def test_status_at_the_ends_of_the_calendar(at: datetime, is_open: bool) -> None:
    assert status_at(a_schedule(), at).is_open is is_open


# ---- clock changes


@pytest.mark.parametrize(
    ("on", "period", "opens", "closes"),
    [
        # Forward: 00:59:59 GMT is followed by 02:00 BST.
        (CLOCKS_FORWARD, "00:30-03:00", "00:30:00+00:00", "03:00:00+01:00"),
        (CLOCKS_FORWARD, "01:30-03:00", "02:00:00+01:00", "03:00:00+01:00"),
        (CLOCKS_FORWARD, "00:30-01:30", "00:30:00+00:00", "02:00:00+01:00"),
        (CLOCKS_FORWARD, "00:30-01:00", "00:30:00+00:00", "02:00:00+01:00"),
        # A break that falls into the skipped hour is no break.
        (CLOCKS_FORWARD, "00:30-01:10 01:50-03:00", "00:30:00+00:00", "03:00:00+01:00"),
        (CLOCKS_FORWARD, "09:00-17:00", "09:00:00+01:00", "17:00:00+01:00"),
        # Back: 01:59:59 BST is followed by 01:00 GMT.
        (CLOCKS_BACK, "00:30-03:00", "00:30:00+01:00", "03:00:00+00:00"),
        (CLOCKS_BACK, "00:30-01:30", "00:30:00+01:00", "01:30:00+01:00"),
        (CLOCKS_BACK, "01:30-01:45", "01:30:00+01:00", "01:45:00+01:00"),
        (CLOCKS_BACK, "01:30-02:00", "01:30:00+01:00", "02:00:00+00:00"),
        (CLOCKS_BACK, "09:00-17:00", "09:00:00+00:00", "17:00:00+00:00"),
    ],
)
def test_opening_on_the_day_the_clocks_change(on: date, period: str, opens: str, closes: str) -> None:
    schedule = a_schedule({}, dated={on: DatedDay(hours(period))})
    before = status_at(schedule, datetime.combine(on, time(0), tzinfo=LONDON))
    assert before.opens_at is not None
    assert before.opens_at.isoformat() == f"{on}T{opens}"
    status = status_at(schedule, before.opens_at)
    assert (status.is_open, status.closes_at and status.closes_at.isoformat()) == (True, f"{on}T{closes}")


def test_period_inside_the_skipped_hour_never_opens() -> None:
    schedule = a_schedule({}, dated={CLOCKS_FORWARD: DatedDay(hours("01:15-01:45"))})
    assert moments(status_at(schedule, london("2027-03-28T00:30"))) == (
        (False, None, None, "2027-03-29T00:00:00+01:00")
    )


def test_status_in_the_hour_shown_twice() -> None:
    schedule = a_schedule({}, dated={CLOCKS_BACK: DatedDay(hours("01:00-01:30"))})
    at = [london("2026-10-25T01:15"), london("2026-10-25T01:15", fold=1)]
    assert [status_at(schedule, moment).is_open for moment in at] == [True, False]
