"""Visits by hub and hour of the week, over the last twelve whole weeks."""

from datetime import UTC, datetime

from reports.busy_hours import visits_by_hour

WEDNESDAY = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_visits_are_counted_by_hub_weekday_and_london_hour(borough, django_assert_num_queries):
    bow, cubitt = borough.hubs
    for at in ("2026-11-17T10:05", "2026-11-10T10:59", "2026-11-10T11:00"):
        borough.visit(datetime.fromisoformat(at).replace(tzinfo=UTC))
    borough.visit(datetime(2026, 10, 6, 9, 30, tzinfo=UTC), hub=cubitt)  # 10:30 in London

    with django_assert_num_queries(1):
        found = visits_by_hour(at=WEDNESDAY)
    assert found == {bow.pk: {(1, 10): 2, (1, 11): 1}, cubitt.pk: {(1, 10): 1}}


def test_the_running_week_and_what_is_older_than_twelve_weeks_do_not_count(borough):
    for at in ("2026-11-23T00:00", "2026-11-25T09:00", "2026-08-30T22:59"):
        borough.visit(datetime.fromisoformat(at).replace(tzinfo=UTC))
    borough.visit(datetime(2026, 11, 22, 23, 59, tzinfo=UTC))
    borough.visit(datetime(2026, 8, 30, 23, 0, tzinfo=UTC))  # Monday 31 August in London

    assert visits_by_hour(at=WEDNESDAY) == {borough.hubs[0].pk: {(6, 23): 1, (0, 0): 1}}
