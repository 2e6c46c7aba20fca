"""When a hub is usually busy: words from counts, stored as words, shown on the hub's page."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from hubs import actions
from hubs.busy_hours import FEWEST_VISITS, BusyDay, Level, busy_days, hours_within, usual_levels
from hubs.kept import content_version, forget
from hubs.models import BusyHour
from hubs.opening import Period
from tests.conftest import MONDAY_NOON

NINE_TO_FIVE = {0: (Period(time(9), time(17)),)}
TODAY = MONDAY_NOON.date()
MORNING = {
    (0, hour): level
    for hour, level in enumerate([Level.STEADY, Level.BUSY, Level.BUSY, Level.STEADY, Level.QUIET], start=9)
}


def test_an_hour_is_busy_or_quiet_when_it_is_a_third_off_the_average():
    visits = {(0, 9): 134, (0, 10): 100, (0, 11): 66, (1, 9): 100}

    assert usual_levels(visits) == {
        (0, 9): Level.BUSY,
        (0, 10): Level.STEADY,
        (0, 11): Level.QUIET,
        (1, 9): Level.STEADY,
    }


def test_too_few_visits_say_nothing():
    assert usual_levels({(0, 9): FEWEST_VISITS - 1}) == {}
    assert usual_levels({}) == {}


def test_hours_are_told_as_stretches_within_the_opening_hours():
    week = {0: (Period(time(9, 30), time(10, 30)), Period(time(13), time(13, 20))), 1: ()}
    levels = MORNING | {(0, 17): Level.QUIET, (2, 9): Level.BUSY}

    assert busy_days(levels, week) == [
        BusyDay(0, busy=(Period(time(10), time(10, 30)),), quiet=(Period(time(13), time(13, 20)),))
    ]


def test_hours_after_each_other_are_one_stretch():
    assert busy_days(MORNING, NINE_TO_FIVE) == [
        BusyDay(0, busy=(Period(time(10), time(12)),), quiet=(Period(time(13), time(14)),))
    ]


def test_the_last_hour_of_the_day_ends_at_midnight():
    late = {5: (Period(time(22), time(0)),)}

    assert hours_within(late[5]) == [22, 23]
    assert busy_days({(5, 23): Level.BUSY}, late) == [BusyDay(5, busy=(Period(time(23), time(0)),), quiet=())]


@given(st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 23)), st.sampled_from(Level)))
def test_what_is_told_lies_within_the_opening_hours(levels):
    for day in busy_days(levels, NINE_TO_FIVE):
        for each in (*day.busy, *day.quiet):
            assert time(9) <= each.opens < each.closes <= time(17)


@pytest.mark.django_db
def test_busy_hours_are_replaced_and_pages_told_only_when_they_change(hubs):
    before = content_version()
    changed = actions.say_busy_hours({hubs["bow"].pk: MORNING}, counted_on=TODAY)
    forget()
    version = content_version()
    again = actions.say_busy_hours({hubs["bow"].pk: MORNING}, counted_on=TODAY + timedelta(days=1))
    forget()

    assert (changed, again) == (5, 0)
    assert content_version() == version
    assert version > before
    assert set(BusyHour.objects.values_list("counted_on", flat=True)) == {TODAY + timedelta(days=1)}
    assert actions.say_busy_hours({}, counted_on=TODAY) == 5
    assert not BusyHour.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/hubs/bow/", "Busy 10:00\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}12:00."),
        ("/bn/hubs/bow/", "বেশি ভিড়"),
    ],
)
def test_the_page_of_a_hub_tells_its_busy_hours_and_no_other_hubs(client, hubs, path, words):
    actions.say_busy_hours({hubs["bow"].pk: MORNING}, counted_on=TODAY)

    with time_machine.travel(MONDAY_NOON):
        page = client.get(path).content.decode()
        other = client.get(path.replace("bow", "cubitt-town")).content.decode()

    assert words in page
    assert words not in other


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "shown"), [(28, True), (29, False)])
def test_busy_hours_are_not_shown_when_nobody_has_counted_for_long(client, hubs, days, shown):
    actions.say_busy_hours({hubs["bow"].pk: MORNING}, counted_on=date(2026, 10, 26))

    with time_machine.travel(date(2026, 10, 26) + timedelta(days=days)):
        assert ("Busy 10:00" in client.get("/hubs/bow/").content.decode()) == shown
