"""Leads are told of each overdue referral once, and of nobody by name."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command

from enquiries import actions
from enquiries.models import Referral, ServiceTerms
from tests.conftest import MONDAY_NOON

FRIDAY = MONDAY_NOON + timedelta(days=4)
LATER = FRIDAY + timedelta(days=3)


@pytest.fixture
def lead(people, housing):
    people["manager"].email = "lead@example.org"
    people["manager"].save(update_fields=["email"])
    return people["manager"]


def test_a_lead_is_told_of_each_overdue_referral_once(refer, lead, settings):
    first = refer()
    assert actions.tell_leads(at=FRIDAY) == (1, 0)
    assert actions.tell_leads(at=FRIDAY) == (0, 0)
    second = refer(at=MONDAY_NOON + timedelta(days=1))
    assert actions.tell_leads(at=LATER) == (1, 0)

    assert [each.to for each in mail.outbox] == [["lead@example.org"]] * 2
    assert f"{settings.SITE_URL}/staff/referrals/{first.pk}/" in mail.outbox[0].body
    assert f"/staff/referrals/{second.pk}/" in mail.outbox[1].body
    assert f"/staff/referrals/{first.pk}/" not in mail.outbox[1].body
    assert set(Referral.objects.values_list("lead_told_at", flat=True)) == {FRIDAY, LATER}


def test_one_message_holds_all_and_nothing_about_anybody(refer, log, lead, people):
    resident = actions.add_resident(by=people["desk"], at=MONDAY_NOON, name="Amber Example")
    for _ in range(3):
        refer(enquiry=log(resident=resident, words="The ceiling leaks."))
    actions.tell_leads(at=FRIDAY)
    (sent,) = mail.outbox

    assert sent.subject == "Overdue referrals"
    assert len([line for line in sent.body.splitlines() if "/staff/referrals/" in line]) == 3
    assert ("Amber" in sent.body, "ceiling" in sent.body, "Housing" in sent.body) == (False, False, False)


def test_what_is_in_time_or_finished_is_not_told(refer, lead, people, outcomes):
    refer(at=FRIDAY)
    returned = refer()
    actions.return_to_desk(referral=returned, reason="x", by=people["officer"], at=MONDAY_NOON)

    assert actions.tell_leads(at=FRIDAY) == (0, 0)
    assert mail.outbox == []


def test_without_a_lead_it_stays_to_be_told(refer, lead, capsys):
    refer()
    ServiceTerms.objects.update(lead=None)
    assert actions.tell_leads(at=FRIDAY) == (0, 1)

    ServiceTerms.objects.update(lead=lead)
    assert actions.tell_leads(at=FRIDAY) == (1, 0)


class BrokenBackend(EmailBackend):
    def send_messages(self, messages):
        raise SMTPException("no")


def test_what_could_not_be_sent_is_told_the_next_time(refer, lead, settings):
    refer()
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.BrokenBackend"
    assert actions.tell_leads(at=FRIDAY) == (0, 0)

    settings.EMAIL_BACKEND = working
    assert actions.tell_leads(at=FRIDAY) == (1, 0)


def test_the_command_says_what_it_did(refer, lead, capsys):
    refer(at=MONDAY_NOON - timedelta(days=3000))
    call_command("tell_leads")
    call_command("tell_leads", verbosity=0)
    ServiceTerms.objects.update(lead=None)
    refer(at=MONDAY_NOON - timedelta(days=3000))
    call_command("tell_leads", verbosity=0)
    said = capsys.readouterr()

    assert said.out == "Overdue referrals that leads were told of: 1.\n"
    assert said.err.startswith("Overdue referrals that nobody could be told of: 1.")
