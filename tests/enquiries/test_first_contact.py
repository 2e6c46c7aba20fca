"""Resolved at first contact: in the visit, call or message in which it was raised, never referred."""

import uuid
from datetime import timedelta

import pytest

from enquiries import actions
from enquiries.models import Enquiry
from tests.conftest import MONDAY_NOON

IN_AN_HOUR, TOMORROW = MONDAY_NOON + timedelta(hours=1), MONDAY_NOON + timedelta(days=1)


def close(enquiry, outcome, by, at=IN_AN_HOUR) -> bool:
    return actions.close(enquiry=enquiry, outcome=outcome, by=by, at=at).first_contact


def test_resolved_while_they_were_there_is_first_contact(log, outcomes, people):
    assert log(outcome=outcomes["resolved"]).first_contact is True
    assert close(log(waiting=True), outcomes["resolved"], people["desk"]) is True


@pytest.mark.parametrize("group", ["signposted", "appointment", "could_not_help", "left", "referred"])
def test_another_ending_is_not_first_contact(log, outcomes, people, group):
    assert close(log(), outcomes[group], people["desk"]) is False


def test_resolved_on_a_later_day_is_not_first_contact(log, outcomes, people):
    assert close(log(), outcomes["resolved"], people["desk"], at=TOMORROW) is False


def test_an_online_question_answered_days_later_is_first_contact(topics, outcomes, people):
    asked = actions.open_enquiry(
        topic=topics["housing"],
        channel=Enquiry.Channel.ONLINE,
        by=None,
        at=MONDAY_NOON,
        token=uuid.uuid4(),
    )

    assert close(asked, outcomes["resolved"], people["desk"], at=TOMORROW) is True


def test_what_came_back_from_a_service_is_not_first_contact(refer, outcomes, people):
    referral = refer()
    actions.return_to_desk(referral=referral, reason="No letter", by=people["officer"], at=IN_AN_HOUR)

    assert close(referral.enquiry, outcomes["resolved"], people["desk"]) is False


def test_what_was_opened_again_is_not_first_contact(log, outcomes, people):
    enquiry = log(outcome=outcomes["resolved"])
    actions.reopen(enquiry=enquiry, by=people["desk"], at=IN_AN_HOUR, note="Came back")

    assert close(enquiry, outcomes["resolved"], people["desk"]) is False
