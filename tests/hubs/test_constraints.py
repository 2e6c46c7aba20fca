"""What the database itself refuses, on SQLite and on PostgreSQL."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hubs.models import (
    ContentVersion,
    DatedHours,
    DatedPeriod,
    Facility,
    HubFacility,
    Notice,
    OpeningPeriod,
    Topic,
    TopicOffer,
)

pytestmark = pytest.mark.django_db

NOON = timezone.make_aware(datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001


def refused(make) -> bool:
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("opens", "closes", "is_refused"),
    [
        (time(8), time(9), False),
        (time(17), time(18), False),
        (time(8), time(9, 1), True),
        (time(16, 59), time(18), True),
        (time(12), time(13), True),
        (time(8), time(18), True),
        (time(18), time(18), True),
        (time(19), time(18), True),
        (time(17), time(0), False),
        (time(16), time(0), True),
    ],
)
def test_an_opening_period_that_overlaps_or_ends_early(hubs, opens, closes, is_refused):
    bow = hubs["bow"]  # open 09:00 to 17:00

    was_refused = refused(
        lambda: OpeningPeriod.objects.create(hub=bow, weekday=0, opens=opens, closes=closes)
    )

    assert was_refused == is_refused


def test_the_same_times_on_another_day_or_at_another_hub_are_fine(hubs):
    OpeningPeriod.objects.create(hub=hubs["bow"], weekday=6, opens=time(9), closes=time(17))

    assert OpeningPeriod.objects.filter(opens=time(9)).count() == 16


def test_changing_a_period_into_another_is_refused(hubs):
    late = OpeningPeriod.objects.create(hub=hubs["bow"], weekday=0, opens=time(18), closes=time(19))
    late.closes = time(20)
    late.save()
    late.opens = time(16)

    assert refused(late.save)


def test_special_periods_of_one_date_do_not_overlap(hubs):
    dated = DatedHours.objects.create(hub=hubs["bow"], on=date(2026, 12, 24), closed=False)
    DatedPeriod.objects.create(dated_hours=dated, opens=time(9), closes=time(12))

    assert refused(lambda: DatedPeriod.objects.create(dated_hours=dated, opens=time(11), closes=time(13)))
    assert not refused(lambda: DatedPeriod.objects.create(dated_hours=dated, opens=time(12), closes=time(13)))


def test_a_date_has_one_row_a_hub_and_one_for_all(hubs):
    christmas = date(2026, 12, 25)
    DatedHours.objects.create(on=christmas)
    DatedHours.objects.create(hub=hubs["bow"], on=christmas)

    assert refused(lambda: DatedHours.objects.create(on=christmas))
    assert refused(lambda: DatedHours.objects.create(hub=hubs["bow"], on=christmas))
    assert not refused(lambda: DatedHours.objects.create(hub=hubs["cubitt-town"], on=christmas))


def test_other_nonsense_is_refused(hubs, topics):
    bow = hubs["bow"]

    def set_access():
        bow.access = "anyhow"
        bow.save()

    assert refused(set_access)
    assert refused(lambda: TopicOffer.objects.create(hub=bow, topic=topics["housing"]))
    assert refused(lambda: Topic.objects.create(slug="blank", name_en="", summary_en="x"))
    before = NOON - timedelta(hours=1)
    assert refused(lambda: Notice.objects.create(text_en="x", shows_from=NOON, shows_until=before))
    assert refused(lambda: ContentVersion.objects.create(id=2))
    lift = Facility.objects.create(slug="lift", name_en="Lift")
    assert refused(lambda: HubFacility.objects.create(hub=bow, facility=lift, available="perhaps"))
