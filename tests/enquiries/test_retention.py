"""What is past its period is emptied, nobody can be found again, and no count moves."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count

from enquiries import actions, append_only, retention
from enquiries.londontime import month_number
from enquiries.models import (
    DataProtectionComplaint,
    Enquiry,
    EnquiryEvent,
    RecordView,
    Referral,
    Resident,
    RetentionPeriod,
    Visit,
)
from hubs.data_map import Fate, all_records
from hubs.opening import LONDON
from tests.conftest import MONDAY_NOON
from tests.enquiries.lives import CANARY, PHONE, live, traces, word

LONG_AGO = MONDAY_NOON - timedelta(days=800)
MONTHS = {month_number(LONG_AGO)}


@pytest.fixture
def decide(db):
    """Enter periods as an administrator does: `decide(people=24)`."""

    def decided(**periods: int) -> None:
        for period, months in periods.items():
            RetentionPeriod.objects.update_or_create(
                period=period,
                defaults={"months": months, "decided_on": date(2026, 1, 5), "source": "made up for tests"},
            )

    return decided


@pytest.fixture
def cast(people, hubs, topics, outcomes, housing):
    return {"people": people, "hubs": hubs, "topics": topics, "outcomes": outcomes, "service": housing}


@pytest.fixture
def amber(cast) -> Resident:
    """Somebody whose last visit was 800 days ago."""
    return live(at=LONG_AGO, **cast)


def expired(months=frozenset(MONTHS), at=MONDAY_NOON):
    return retention.expired(at=at, months=months)


def figures() -> dict[str, list]:
    """What reports count, by all they count it by."""
    return {
        "visits": list(
            Visit.objects.order_by("pk").values(
                "pk", "month", "hub", "kind", "language", "arrived_at", "called_at", "left_reason", "resident"
            )
        ),
        "enquiries": list(
            Enquiry.objects.order_by("pk").values(
                "pk", "month", "hub", "topic", "channel", "outcome", "cause", "first_contact", "resident",
                "language", "opened_at", "closed_at", "status", "reply_by",
            )
        ),
        "referrals": list(
            Referral.objects.order_by("pk").values(
                "pk", "service", "status", "had_all", "outcome", "sent_at", "accepted_at", "finished_at"
            )
        ),
        "events": list(EnquiryEvent.objects.order_by("pk").values("pk", "enquiry", "kind", "at", "by")),
        "answers": list(Enquiry.objects.values("feedback__answer").annotate(n=Count("pk")).order_by("n")),
    }  # fmt: skip


def test_nothing_is_past_a_period_that_the_council_has_not_decided(amber):
    found = expired()

    assert (found.due, found.deletions, found.counts()) == ((), (), Counter())


def test_a_person_is_emptied_and_no_figure_moves(amber, decide):
    decide(people=24)
    before = figures()

    done = retention.anonymise(expired(), at=MONDAY_NOON)

    assert done == Counter({"residents emptied": 1})
    assert traces() == {}
    assert traces(PHONE, "07700900555", "900555") == {}
    assert figures() == before
    amber.refresh_from_db()
    assert amber.anonymised_at == MONDAY_NOON
    assert not Resident.objects.current().exists()


def test_every_personal_field_has_met_its_fate(amber, decide):
    """For each row: emptied fields hold their default, words are "Removed", keys are not what they were."""
    fresh = {"reference", "private_key"}
    keys = set(Enquiry.objects.values_list("reference", flat=True))
    keys |= set(Enquiry.objects.values_list("private_key", flat=True))
    decide(people=24)
    retention.anonymise(expired(), at=MONDAY_NOON)

    for record in all_records().values():
        if "resident" not in record.found_by:
            continue
        for row in record.table._base_manager.all():
            for name, field in record.personal.items():
                value = getattr(row, name)
                if field.fate is Fate.EMPTIED and field.unless is None:
                    assert value == row._meta.get_field(name).get_default(), f"{record.model}.{name}"
                if field.fate is Fate.WORD:
                    assert value in ("", "Removed"), f"{record.model}.{name}"
                if field.fate is Fate.FRESH:
                    assert name in fresh
                    assert value not in keys


def test_the_program_s_own_notes_stay(amber, decide):
    decide(people=24)
    retention.anonymise(expired(), at=MONDAY_NOON)

    assert set(EnquiryEvent.objects.exclude(note="").values_list("note", flat=True)) == {
        "Housing options",
        "Printed",
    }


def test_nobody_finds_the_person_again(amber, decide):
    assert [each.pk for each in Resident.objects.search(word("na"))] == [amber.pk]
    decide(people=24)
    retention.anonymise(expired(), at=MONDAY_NOON)

    for asked in (word("na"), word("name"), "900555", "E14 3HG"):
        assert not Resident.objects.search(asked).exists()
        assert not Enquiry.objects.search(asked).exists()


def test_records_merged_into_one_are_emptied_together(amber, people, decide):
    other = actions.add_resident(name=word("other"), phone="020 7946 0000", by=people["desk"], at=LONG_AGO)
    actions.merge_residents(keep=amber, other=other, by=people["desk"], at=LONG_AGO)
    decide(people=24)

    retention.anonymise(expired(), at=MONDAY_NOON)

    assert traces() == {}
    assert Resident.objects.filter(anonymised_at=MONDAY_NOON).count() == 2


def test_somebody_who_came_again_is_kept_whole(amber, log, decide):
    log(resident=amber, at=MONDAY_NOON)
    decide(people=24)

    assert expired(months=MONTHS | {202611}).counts() == Counter()


@pytest.mark.parametrize("subject", ["people", "stories"])
def test_a_month_that_is_not_signed_off_is_left_alone(amber, decide, subject):
    decide(**{subject: 24})

    found = expired(months={202611})

    assert found.counts() == Counter()
    assert any("not signed off" in reason for reason in found.held_back)
    assert retention.anonymise(found, at=MONDAY_NOON) == Counter()


def test_an_open_enquiry_keeps_the_person_and_the_story(log, people, decide):
    resident = actions.add_resident(name="Ali Example", by=people["desk"], at=LONG_AGO)
    log(resident=resident, words="Still waiting", at=LONG_AGO)
    decide(people=24, stories=24)

    found = expired()

    assert found.counts() == Counter()
    assert found.held_back == Counter(
        {
            "residents kept: somebody still has to act": 1,
            "enquiries kept: somebody still has to act": 1,
            "visits kept: somebody still has to act": 1,
        }
    )


def test_stories_of_people_unknown_go_by_their_own_period(log, outcomes, decide):
    said = {"words": word("words"), "needs": word("needs"), "on_behalf_of": word("mother")}
    log(outcome=outcomes["resolved"], at=LONG_AGO, **said)
    log(outcome=outcomes["resolved"], words="Lately", at=MONDAY_NOON)
    decide(stories=24)
    before = figures()

    done = retention.anonymise(expired(months=MONTHS | {202611}), at=MONDAY_NOON)

    assert done == Counter({"enquiries emptied": 1, "visits emptied": 1})
    assert traces() == {}
    assert sorted(Enquiry.objects.values_list("words", flat=True)) == ["", "Lately"]
    assert figures() == before


def test_a_story_goes_and_its_person_stays(amber, decide):
    decide(stories=24)

    retention.anonymise(expired(), at=MONDAY_NOON)

    assert {column.split(".")[1] for column in traces()} == {"Resident"}


def test_a_visit_stays_whole_while_its_story_is_worked_on(log, outcomes, people, decide):
    enquiry = log(outcome=outcomes["resolved"], words="The ceiling leaks.", needs="A chair", at=LONG_AGO)
    actions.add_note(enquiry=enquiry, note="Rang again", by=people["desk"], at=MONDAY_NOON)
    decide(stories=24)

    assert retention.anonymise(expired(), at=MONDAY_NOON) == Counter()
    assert (Visit.objects.get().needs, Enquiry.objects.get().words) == ("A chair", "The ceiling leaks.")


def test_a_second_run_finds_nothing(amber, decide):
    decide(people=24, stories=24)
    retention.anonymise(expired(), at=MONDAY_NOON)
    references = set(Enquiry.objects.values_list("reference", flat=True))

    assert retention.anonymise(expired(), at=MONDAY_NOON + timedelta(days=1)) == Counter()
    assert set(Enquiry.objects.values_list("reference", flat=True)) == references


def test_somebody_who_came_back_after_the_look_is_left_out(amber, log, decide):
    decide(people=24)
    found = expired()
    log(resident=amber, at=MONDAY_NOON)

    assert retention.anonymise(found, at=MONDAY_NOON) == Counter()
    assert traces() != {}


def test_looks_at_records_and_complaints_are_deleted_by_their_own_periods(amber, people, decide):
    facts = {"words": word("complaint"), "name": "Ali", "reply_by": "post", "language": "en"}
    received = {"received_at": LONG_AGO, "acknowledge_by": LONG_AGO.date()}
    done = dict.fromkeys(("acknowledged_at", "answered_at"), LONG_AGO)
    by = dict.fromkeys(("acknowledged_by", "answered_by"), people["manager"])
    for number, more in enumerate(({}, done | by | {"answer": "Put right"})):
        DataProtectionComplaint.objects.create(
            token=f"{number:032}", reference=f"{number:09}", **facts, **received, **more
        )
    actions.note_view(resident=amber, page="resident", by=people["desk"], at=MONDAY_NOON)
    decide(record_views=24, complaints=24)

    found = expired()
    done_counts = retention.anonymise(found, at=MONDAY_NOON)

    assert found.counts() == done_counts
    assert done_counts == Counter({"record views deleted": 1, "data protection complaints deleted": 1})
    assert RecordView.objects.get().at == MONDAY_NOON
    assert not DataProtectionComplaint.objects.get().answered_at


def test_an_opened_history_takes_no_other_change(amber, people):
    for change in (
        {"note": "Something else"},
        {"note": "", "by": people["manager"]},
        {"note": "", "at": MONDAY_NOON},
        {"kind": "noted", "note": ""},
    ):
        with pytest.raises(IntegrityError, match="append-only"), append_only.opened():
            EnquiryEvent.objects.filter(kind="opened").update(**change)
    with pytest.raises(IntegrityError, match="append-only"), append_only.opened():
        RecordView.objects.update(page="")


@pytest.mark.parametrize(
    ("at", "months", "start"),
    [
        (datetime(2026, 11, 23, 12, tzinfo=UTC), 24, datetime(2024, 11, 23, tzinfo=UTC)),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 12, datetime(2023, 2, 28, tzinfo=UTC)),
        # 23:30 in UTC is the next day in London in summer, whose midnight is 23:00 in UTC.
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), 12, datetime(2025, 6, 30, 23, tzinfo=UTC)),
        (datetime(2026, 1, 15, 12, tzinfo=UTC), 13, datetime(2024, 12, 15, tzinfo=UTC)),
    ],
)
def test_a_period_ends_at_midnight_in_london(at, months, start):
    assert retention.cutoff(at, months) == start


def test_a_period_ends_with_its_last_day(amber, decide):
    decide(people=24)
    over = datetime(LONG_AGO.year + 2, LONG_AGO.month, LONG_AGO.day + 1, tzinfo=LONDON)

    assert expired(at=over - timedelta(seconds=1)).counts() == Counter()
    assert expired(at=over).counts() == Counter({"residents emptied": 1})


@pytest.mark.parametrize("number", [1, 3])
def test_looking_takes_as_many_statements_for_more_people(cast, decide, number, django_assert_num_queries):
    for _ in range(number):
        live(at=LONG_AGO, **cast)
    decide(people=24, stories=24)

    # The time limit is lifted and set again.
    more = 2 if connection.vendor == "postgresql" else 0
    with django_assert_num_queries(10 + more):
        expired()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_in_the_database_s_own_files(amber, decide):
    """Deleted words must not be readable in the file, its log or the index of words either."""
    decide(people=24)
    retention.anonymise(expired(), at=MONDAY_NOON)
    retention.sweep()

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            kept = "SELECT count(*) FROM enquiries_resident WHERE search_words @@ %s::tsquery"
            cursor.execute(kept, [word("name")])
            assert cursor.fetchone() == (0,)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("enquiries_enquiry_words", "enquiries_resident_words"):
            cursor.execute(f"SELECT block FROM {table}_data")
            assert all(CANARY.encode() not in bytes(block) for (block,) in cursor.fetchall())
    connection.ensure_connection()
    assert CANARY.encode() not in connection.connection.serialize()
