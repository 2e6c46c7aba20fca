"""What an officer does to an enquiry: notes, answers, endings, corrections, and two who do it at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from enquiries import actions
from enquiries.models import Enquiry
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def amber(people):
    return actions.add_resident(
        by=people["desk"], at=MONDAY_NOON, name="Amber Example", phone="07700 900123", may_phone=False
    )


def address(enquiry: Enquiry) -> str:
    return f"/staff/enquiries/{enquiry.reference}/"


def send(client: Client, enquiry: Enquiry, step: str, **typed):
    last = enquiry.events.last().pk
    return client.post(address(enquiry), {"step": step, "seen": last} | typed)


def test_a_note_is_kept_for_colleagues(at_desk, log):
    enquiry = log()
    response = send(at_desk, enquiry, "note", note="Ring the caretaker")

    assert (response.status_code, response["Location"]) == (302, address(enquiry))
    assert enquiry.events.values_list("kind", "note").last() == ("noted", "Ring the caretaker")


def test_an_answer_is_for_the_resident_and_says_by_when(at_desk, log):
    enquiry = log()
    send(at_desk, enquiry, "answer", sentence="We send a plumber.", due_on="2026-11-30")
    enquiry.refresh_from_db()

    assert (enquiry.agreed, enquiry.due_on, enquiry.status) == (
        "We send a plumber.",
        date(2026, 11, 30),
        "open",
    )


@pytest.mark.parametrize("due_on", ["2026-11-22", "2028-01-01", "13/13/2026", "x" * 200])
def test_a_promise_in_the_past_or_of_no_date_is_refused_and_the_words_kept(at_desk, log, due_on):
    enquiry = log()
    response = send(at_desk, enquiry, "answer", sentence="We send a plumber.", due_on=due_on)

    assert response.status_code == 422
    assert Reading(response).one("#answer_sentence").text.strip() == "We send a plumber."
    assert Enquiry.objects.get().agreed == ""


def test_closing_takes_an_outcome_and_a_cause(at_desk, log, outcomes, cause):
    enquiry = log()
    send(at_desk, enquiry, "close", outcome=outcomes["resolved"].pk, cause=cause.pk, agreed="It is paid.")
    enquiry.refresh_from_db()

    assert (enquiry.status, enquiry.outcome, enquiry.cause, enquiry.agreed, enquiry.first_contact) == (
        "closed",
        outcomes["resolved"],
        cause,
        "It is paid.",
        True,
    )


def test_whoever_could_not_be_helped_is_told_why(at_desk, log, outcomes):
    enquiry = log()
    response = send(at_desk, enquiry, "close", outcome=outcomes["could_not_help"].pk)

    assert response.status_code == 422
    assert Enquiry.objects.get().status == "open"


def test_what_only_a_service_can_end_is_not_offered_to_the_desk(at_desk, log, outcomes):
    enquiry = log()

    assert send(at_desk, enquiry, "close", outcome=outcomes["referred"].pk).status_code == 422


def test_a_closed_enquiry_is_opened_again_with_a_reason(at_desk, log, outcomes):
    enquiry = log(outcome=outcomes["resolved"])
    assert send(at_desk, enquiry, "reopen", note="").status_code == 422
    send(at_desk, enquiry, "reopen", note="They came back")
    enquiry.refresh_from_db()

    assert (enquiry.status, enquiry.events.last().note) == ("open", "They came back")


def test_a_wrong_topic_is_corrected(at_desk, log, topics):
    enquiry = log()
    send(at_desk, enquiry, "topic", topic=topics["benefits"].pk)
    enquiry.refresh_from_db()

    assert enquiry.topic == topics["benefits"]


def test_an_anonymous_enquiry_gets_a_name_once(at_desk, log, amber):
    enquiry = log()
    assert send(at_desk, enquiry, "name", resident=amber.pk).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.resident, enquiry.visit.resident) == (amber, amber)

    assert send(at_desk, enquiry, "name", resident=amber.pk).status_code == 409


def test_a_resident_out_of_sight_cannot_be_named(at_desk, log, amber, hubs, people):
    log(topic="domestic-abuse", hub=hubs["cubitt-town"], by=people["other_desk"], resident=amber)

    assert send(at_desk, log(), "name", resident=amber.pk).status_code == 422


@pytest.mark.parametrize("step", ["", "nonsense", "close"])
def test_a_step_that_says_nothing_changes_nothing(at_desk, log, step):
    enquiry = log()

    assert at_desk.post(address(enquiry), {"step": step}).status_code == 422
    assert enquiry.events.count() == 1


# Two at once


def test_the_later_of_two_who_close_is_told_and_keeps_the_words(at_desk, log, outcomes, people):
    enquiry = log()
    seen = enquiry.events.last().pk
    actions.close(enquiry=enquiry, outcome=outcomes["resolved"], by=people["manager"], at=LATER)
    typed = {"step": "close", "seen": seen, "outcome": outcomes["signposted"].pk, "agreed": "Go to the bank"}
    response = at_desk.post(address(enquiry), typed)
    page = Reading(response)

    assert response.status_code == 409
    assert "Closed by manager, 23 Nov 2026, 13:00" in page.words
    assert page.texts("hub-typed") == ["Go to the bank"]
    assert Enquiry.objects.get().outcome == outcomes["resolved"]


def test_the_later_of_two_who_answer_does_not_overwrite(at_desk, log, people):
    enquiry = log()
    seen = enquiry.events.last().pk
    actions.answer(enquiry=enquiry, sentence="First.", by=people["manager"], at=LATER)
    typed = {"step": "answer", "seen": seen, "sentence": "Second."}
    response = at_desk.post(address(enquiry), typed)

    assert response.status_code == 409
    assert (Enquiry.objects.get().agreed, Reading(response).texts("hub-typed")) == ("First.", ["Second."])
    assert send(at_desk, enquiry, "answer", sentence="Second.").status_code == 302


def test_a_note_in_between_is_no_reason_to_refuse(at_desk, log, people):
    enquiry = log()
    seen = enquiry.events.last().pk
    actions.add_note(enquiry=enquiry, note="x", by=people["manager"], at=LATER)

    typed = {"step": "answer", "seen": seen, "sentence": "Second."}
    assert at_desk.post(address(enquiry), typed).status_code == 302


# Online questions


def test_an_answer_to_an_online_question_leads_to_the_slip(at_desk, asked_online):
    question = asked_online(email="amber@example.org")
    response = send(at_desk, question, "answer", sentence="Yes, it is free.")

    assert response["Location"] == f"{address(question)}slip/"


@pytest.mark.parametrize("step", ["note", "answer"])
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "রাবেয়া \u202egnp", "🏠" * 300, "a\ud800b", "x" * 100_000, "a\x00b"]
)
def test_hostile_words_break_nothing(at_desk, log, step, text):
    enquiry = log()
    field = {"note": "note", "answer": "sentence"}[step]
    data = {"step": step, "seen": "", field: text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
    response = at_desk.post(address(enquiry), data)

    assert response.status_code in (302, 422)
    assert b"<script>alert" not in at_desk.get(address(enquiry)).content
