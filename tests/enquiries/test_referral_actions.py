"""Referrals: must-haves, consent, due dates, and every step by compare-and-swap."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from enquiries import actions
from enquiries.errors import AlreadyReferred, AlreadyTaken, ConsentMissing, MustHaveMissing, NotAllowedNow
from enquiries.models import Enquiry, EnquiryEvent, Referral
from tests.conftest import MONDAY_NOON

LATER = MONDAY_NOON + timedelta(hours=1)


def kinds(enquiry: Enquiry) -> list[str]:
    return list(enquiry.events.values_list("kind", flat=True))


def test_a_referral_carries_the_story_and_the_answers_as_they_were(refer, housing):
    referral = refer()
    Enquiry.objects.update(words="changed since")
    housing.questions.update(text_en="worded anew")
    referral.refresh_from_db()

    assert referral.story == "The ceiling leaks."
    assert referral.answers == [{"question": "How many people live with you?", "answer": "Four"}]
    assert referral.consent_wording == "I agree that you share this with Housing."


def test_referring_changes_the_enquiry_and_leaves_a_trail(refer):
    referral = refer()
    referral.enquiry.refresh_from_db()

    assert (referral.enquiry.status, referral.enquiry.due_on) == ("referred", date(2026, 11, 26))
    assert kinds(referral.enquiry) == ["opened", "referred"]


@pytest.mark.parametrize("answer", ["", "   ", None])
def test_a_must_have_that_is_missing_stops_it(refer, housing, answer):
    question = housing.questions.get(required=True)

    with pytest.raises(MustHaveMissing) as missing:
        refer(answers={} if answer is None else {question.pk: answer})

    assert missing.value.questions == [question.pk]
    assert Referral.objects.count() == 0


def test_without_consent_it_is_not_sent(refer):
    with pytest.raises(ConsentMissing):
        refer(consent_wording=" ")


def test_the_same_service_has_it_once(refer):
    first = refer()
    with pytest.raises(AlreadyReferred):
        refer(enquiry=first.enquiry)

    assert Referral.objects.count() == 1
    assert kinds(first.enquiry) == ["opened", "referred"]


def test_a_closed_enquiry_is_not_referred(refer, log, outcomes):
    with pytest.raises(NotAllowedNow):
        refer(enquiry=log(outcome=outcomes["resolved"]))


@pytest.mark.parametrize(
    ("sent_at", "due_on"),
    [
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), date(2026, 11, 26)),
        (datetime(2026, 11, 27, 12, 0, tzinfo=UTC), date(2026, 12, 2)),
        (
            datetime(2026, 12, 23, 12, 0, tzinfo=UTC),
            date(2026, 12, 30),
        ),  # Christmas and Boxing Day's substitute
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 6)),  # already 1 July in London
    ],
)
def test_the_due_date_counts_the_services_working_days(refer, sent_at, due_on):
    assert refer(at=sent_at).due_on == due_on


def test_accepting_says_whether_the_story_was_told_once(refer, people):
    accepted = actions.accept(referral=refer(), had_all=True, by=people["officer"], at=LATER)

    assert (accepted.status, accepted.had_all, accepted.accepted_by) == ("accepted", True, people["officer"])


def test_a_second_officer_comes_too_late(refer, people):
    referral = refer()
    actions.accept(referral=referral, had_all=False, by=people["officer"], at=LATER)

    with pytest.raises(AlreadyTaken):
        actions.accept(referral=referral, had_all=True, by=people["manager"], at=LATER)


def test_a_returned_referral_is_the_desks_again_and_can_be_sent_anew(refer, people):
    first = refer()
    actions.return_to_desk(referral=first, reason="No tenancy number", by=people["officer"], at=LATER)
    first.enquiry.refresh_from_db()
    assert (first.enquiry.status, kinds(first.enquiry)[-1]) == ("open", "returned")

    second = refer(enquiry=first.enquiry)
    assert [each.status for each in Referral.objects.order_by("id")] == ["returned", "sent"]
    assert second.pk != first.pk


def test_finishing_closes_the_enquiry_with_a_sentence_for_the_resident(refer, people, outcomes):
    referral = actions.accept(referral=refer(), had_all=True, by=people["officer"], at=LATER)
    actions.finish(
        referral=referral,
        outcome=outcomes["resolved"],
        sentence="We will come on Friday.",
        by=people["officer"],
        at=LATER,
    )
    enquiry = Enquiry.objects.get()

    assert (enquiry.status, enquiry.agreed, enquiry.first_contact) == (
        "closed",
        "We will come on Friday.",
        False,
    )
    assert kinds(enquiry) == ["opened", "referred", "accepted", "finished"]


def test_finishing_before_accepting_is_refused(refer, people, outcomes):
    with pytest.raises(AlreadyTaken):
        actions.finish(
            referral=refer(), outcome=outcomes["resolved"], sentence="Done.", by=people["officer"], at=LATER
        )


@pytest.mark.parametrize(
    "nonsense",
    [
        {"status": "accepted"},
        {"status": "finished"},
        {"status": "returned"},
        {"accepted_at": LATER},
        {"had_all": True},
        {"consent_wording": ""},
    ],
)
def test_the_database_refuses_a_status_without_its_facts(refer, nonsense):
    referral = refer()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**nonsense)


def test_overdue_begins_the_day_after(refer):
    referral = refer()

    assert [referral.is_overdue(date(2026, 11, day)) for day in (25, 26, 27)] == [False, False, True]
    assert Referral.objects.overdue(date(2026, 11, 27)).get() == referral
    assert EnquiryEvent.objects.count() == 2
