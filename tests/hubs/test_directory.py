"""Hubs with their hours and status, as read from the database."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from hubs import kept
from hubs.access import Access
from hubs.directory import DATED_HOURS_AHEAD, listed_hubs
from hubs.models import DatedHours, DatedPeriod, Hub, OpeningPeriod
from hubs.opening import DayKind, Period
from tests.conftest import MONDAY_NOON

pytestmark = pytest.mark.django_db

TODAY = MONDAY_NOON.date()


def slugs(at: datetime = MONDAY_NOON) -> list[str]:
    return [each.hub.slug for each in listed_hubs(at)]


def bow(at: datetime = MONDAY_NOON):
    (found,) = listed_hubs(at, slug="bow")
    return found


def test_hubs_come_in_their_order(hubs):
    Hub.objects.filter(slug="town-hall").update(position=9)

    assert slugs() == ["bow", "cubitt-town", "town-hall"]


def test_a_hub_carries_place_and_rule(hubs):
    town_hall, *others = listed_hubs(MONDAY_NOON)

    assert (town_hall.easting, town_hall.northing) == (534884, 181833)
    assert (town_hall.access, town_hall.walk_in) == (Access.APPOINTMENT_ONLY, False)
    assert [(each.access, each.walk_in) for each in others] == [(Access.WALK_IN, True)] * 2


def test_one_hub_by_its_slug(hubs):
    assert bow().hub == hubs["bow"]
    assert listed_hubs(MONDAY_NOON, slug="nowhere") == []


@pytest.mark.parametrize("slug", [None, "bow"])
def test_a_retired_hub_is_gone_from_its_day_on_in_london(hubs, slug):
    Hub.objects.filter(slug="bow").update(retired_on=date(2026, 7, 1))

    def names(at: datetime) -> list[str]:
        return [each.hub.slug for each in listed_hubs(at, slug=slug)]

    # Summer time: 23:00 UTC is midnight in London.
    assert "bow" in names(datetime(2026, 6, 30, 22, 59, tzinfo=UTC))
    assert "bow" not in names(datetime(2026, 6, 30, 23, 0, tzinfo=UTC))


def test_each_hub_has_its_own_week(hubs):
    OpeningPeriod.objects.filter(hub=hubs["bow"], weekday=0).delete()
    OpeningPeriod.objects.create(hub=hubs["bow"], weekday=5, opens=time(10), closes=time(12))

    assert {each.hub.slug: each.status.is_open for each in listed_hubs(MONDAY_NOON)} == {
        "town-hall": True,
        "bow": False,
        "cubitt-town": True,
    }
    assert bow().schedule.week[5] == (Period(time(10), time(12)),)


def test_a_lunch_break_is_two_periods_in_order(hubs):
    OpeningPeriod.objects.filter(hub=hubs["bow"], weekday=0).update(opens=time(13))
    OpeningPeriod.objects.create(hub=hubs["bow"], weekday=0, opens=time(9), closes=time(12))

    assert bow().schedule.week[0] == (Period(time(9), time(12)), Period(time(13), time(17)))
    assert bow().status.is_open is False


def test_a_date_of_its_own_beats_the_date_for_all_and_both_beat_the_week(hubs):
    DatedHours.objects.create(on=TODAY, reason_en="Training day")
    special = DatedHours.objects.create(hub=hubs["bow"], on=TODAY, closed=False, reason_en="Half day")
    DatedPeriod.objects.create(dated_hours=special, opens=time(11), closes=time(13))

    said = {
        each.hub.slug: (each.status.is_open, each.status.day.kind, str(each.status.day.reason.reason))
        for each in listed_hubs(MONDAY_NOON)
    }
    assert said == {
        "town-hall": (False, DayKind.CLOSED, "Training day"),
        "bow": (True, DayKind.SPECIAL, "Half day"),
        "cubitt-town": (False, DayKind.CLOSED, "Training day"),
    }


def test_a_date_of_one_hub_is_no_other_hubs(hubs):
    DatedHours.objects.create(hub=hubs["cubitt-town"], on=TODAY)

    assert bow().status.is_open is True


def test_periods_of_a_date_that_is_closed_do_not_count(hubs):
    closed = DatedHours.objects.create(hub=hubs["bow"], on=TODAY, closed=True)
    DatedPeriod.objects.create(dated_hours=closed, opens=time(9), closes=time(17))

    assert bow().status.is_open is False


def test_a_date_for_all_opens_on_a_bank_holiday(hubs):
    christmas = datetime(2026, 12, 25, 12, tzinfo=UTC)
    before = bow(christmas).status
    special = DatedHours.objects.create(on=christmas.date(), closed=False)
    DatedPeriod.objects.create(dated_hours=special, opens=time(10), closes=time(14))

    assert (before.is_open, before.day.reason) == (False, "Christmas Day")
    assert bow(christmas).status.is_open is True


def test_a_date_of_yesterday_that_runs_to_midnight_is_known(hubs):
    yesterday = DatedHours.objects.create(hub=hubs["bow"], on=TODAY, closed=False)
    DatedPeriod.objects.create(dated_hours=yesterday, opens=time(20), closes=time(0))
    OpeningPeriod.objects.filter(hub=hubs["bow"], weekday=1).update(opens=time(0))
    after_midnight = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)

    assert bow(after_midnight).schedule.day(TODAY).periods == (Period(time(20), time(0)),)
    assert bow(after_midnight).status.is_open is True


def test_dates_are_read_as_far_ahead_as_promised_and_no_further(hubs):
    last, beyond = TODAY + DATED_HOURS_AHEAD, TODAY + DATED_HOURS_AHEAD + timedelta(days=1)
    for on in (last, beyond):
        DatedHours.objects.create(hub=hubs["bow"], on=on)

    assert list(bow().schedule.dated) == [last]


def test_hubs_are_read_with_four_queries_however_many(hubs, monkeypatch, django_assert_num_queries):
    special = DatedHours.objects.create(on=TODAY, closed=False)
    DatedPeriod.objects.create(dated_hours=special, opens=time(10), closes=time(14))
    # However slow the machine, the content version is not looked at in between.
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)
    kept.content_version()
    with django_assert_num_queries(4):
        assert len(listed_hubs(MONDAY_NOON)) == 3
    Hub.objects.exclude(slug="bow").update(retired_on=TODAY)
    with django_assert_num_queries(4):
        assert len(listed_hubs(MONDAY_NOON)) == 1
