"""The desk's list of enquiries and the page of one: what is shown, done, refused, and to whom."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from enquiries import actions
from enquiries.models import Enquiry, EnquiryEvent, RecordView
from hubs import kept
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture
def at_desk(people) -> Client:
    client = Client()
    client.force_login(people["desk"])
    return client


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def amber(people):
    return actions.add_resident(
        by=people["desk"], at=MONDAY_NOON, name="Amber Example", phone="07700 900123", may_phone=False
    )


@pytest.fixture
def asked_online(topics):
    """Take an online question about a topic; returns its enquiry."""

    def asked(topic: str = "housing", **about) -> Enquiry:
        return actions.ask(
            token=uuid.uuid4(),
            caller="somebody",
            topic=topics[topic],
            words="Asked online",
            reply_by="email",
            language="en",
            at=MONDAY_NOON,
            **about,
        )[0]

    return asked


def address(enquiry: Enquiry) -> str:
    return f"/staff/enquiries/{enquiry.reference}/"


def send(client: Client, enquiry: Enquiry, step: str, **typed):
    last = enquiry.events.last().pk
    return client.post(address(enquiry), {"step": step, "seen": last} | typed)


def references(response) -> list[str]:
    return [text.replace("-", "") for text in Reading(response).texts("hub-reference")]


# The list


def test_the_list_holds_the_hubs_open_enquiries_and_online_questions_the_promised_first(
    at_desk, log, asked_online, outcomes, hubs, people
):
    walk_in = log(words="waits")
    log(outcome=outcomes["resolved"])
    log(hub=hubs["cubitt-town"], by=people["other_desk"])
    question = asked_online()
    asked_online("domestic-abuse")
    promised = log()
    actions.answer(
        enquiry=promised, sentence="We call.", due_on=date(2026, 11, 24), by=people["desk"], at=LATER
    )

    assert references(at_desk.get("/staff/enquiries/")) == [
        promised.reference,
        question.reference,
        walk_in.reference,
    ]


def test_walk_ins_and_online_questions_are_overdue_by_the_same_clock(at_desk, log, asked_online, people):
    question, walk_in, fresh = asked_online(), log(), log()
    for each, day in ((walk_in, 24), (fresh, 30)):
        actions.answer(enquiry=each, sentence="x", due_on=date(2026, 11, day), by=people["desk"], at=LATER)
    with time_machine.travel(MONDAY_NOON + timedelta(days=20), tick=False):
        at_desk.force_login(people["desk"])
        response = at_desk.get("/staff/enquiries/?show=overdue")
    late = Reading(response)

    assert references(response) == [walk_in.reference, fresh.reference, question.reference]
    assert late.texts("hub-late") == ["Overdue"] * 3
    assert late.texts("hub-count") == ["3"]


@pytest.mark.parametrize("show", ["open", "overdue", "online", "referred", "closed", "nonsense", "²"])
def test_each_part_of_the_list_opens(at_desk, log, outcomes, show):
    log(outcome=outcomes["resolved"])

    assert at_desk.get("/staff/enquiries/", {"show": show}).status_code == 200


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("1", 25),
        ("2", 2),
        ("3", 0),
        ("²", 25),
        ("0", 25),
        ("-1", 25),
        ("9" * 30, 25),
        ("1.5", 25),
        ("\x00", 400),
    ],
)
def test_a_page_of_the_list_has_25(at_desk, log, page, shown):
    for _ in range(27):
        log()
    response = at_desk.get("/staff/enquiries/", {"page": page})

    if shown == 400:
        assert response.status_code == 400
    else:
        assert len(references(response)) == shown


def test_a_search_finds_by_words_name_and_reference_and_leaves_nothing_in_the_address(at_desk, log, amber):
    enquiry = log(words="The ceiling leaks", resident=amber)
    log(words="Rent")
    for typed in ("ceiling", "ceil", "AMBER", enquiry.shown_reference):
        response = at_desk.post("/staff/enquiries/", {"q": typed})
        assert (response.status_code, response["Location"]) == (302, "/staff/enquiries/")
        assert references(at_desk.get("/staff/enquiries/")) == [enquiry.reference]

    at_desk.post("/staff/enquiries/", {"q": ""})
    assert len(references(at_desk.get("/staff/enquiries/"))) == 2


def test_choosing_a_part_of_the_list_ends_the_search(at_desk, log):
    enquiry = log(words="Rent")
    at_desk.post("/staff/enquiries/", {"q": "nothing like it"})

    assert references(at_desk.get("/staff/enquiries/")) == []
    assert references(at_desk.get("/staff/enquiries/?show=open")) == [enquiry.reference]


def test_a_search_stays_inside_the_hub(at_desk, log, hubs, people):
    log(words="secret", hub=hubs["cubitt-town"], by=people["other_desk"])
    at_desk.post("/staff/enquiries/", {"q": "secret"})

    assert references(at_desk.get("/staff/enquiries/")) == []


# One enquiry


def test_the_page_tells_the_story_the_rules_and_what_was_done(at_desk, log, amber):
    enquiry = log(words="The ceiling leaks", resident=amber)
    page = Reading(at_desk.get(address(enquiry)))

    assert page.texts("hub-story") == ["The ceiling leaks"]
    assert "Do not phone" in page.texts("hub-forbidden")
    assert "07700 900123" in page.words  # may still be texted
    assert [text.split(" ")[0] for text in page.texts("hub-events")] == ["Opened"]


def test_a_number_that_must_not_be_used_is_not_shown(at_desk, log, people):
    silent = actions.add_resident(
        by=people["desk"], at=MONDAY_NOON, name="A", phone="07700 900123", may_phone=False, may_text=False
    )

    assert "900123" not in Reading(at_desk.get(address(log(resident=silent)))).words


@pytest.mark.parametrize("reference", ["K7M3PQX9T", "nonsense", "²", "K7M-3PQ-X9"])
def test_an_unknown_reference_is_not_there(at_desk, reference):
    assert at_desk.get(f"/staff/enquiries/{reference}/").status_code == 404


def test_a_reference_is_read_however_it_is_typed(at_desk, log):
    enquiry = log()

    assert at_desk.get(f"/staff/enquiries/{enquiry.shown_reference.lower()}/").status_code == 200


def test_another_hubs_enquiry_is_not_there(people, log):
    enquiry = log()
    client = Client()
    client.force_login(people["other_desk"])

    assert [
        client.get(address(enquiry)).status_code,
        send(client, enquiry, "note", note="x").status_code,
    ] == [
        404,
        404,
    ]
    assert enquiry.events.count() == 1


def test_a_look_at_the_page_is_noted_where_somebody_is_named(at_desk, log, amber, people):
    at_desk.get(address(log()))
    assert RecordView.objects.count() == 0

    at_desk.get(address(log(resident=amber)))
    view = RecordView.objects.get()
    assert (view.resident, view.by, view.page, view.at) == (amber, people["desk"], "enquiry", LATER)


def test_the_history_shows_other_hubs_but_nothing_sensitive_of_theirs(at_desk, log, amber, hubs, people):
    there = {"hub": hubs["cubitt-town"], "by": people["other_desk"], "resident": amber}
    log(**there)
    log(topic="benefits", kind="urgent", urgent_reason="x", **there)
    log(topic="domestic-abuse", **there)
    ours = log(resident=amber)
    page = Reading(at_desk.get(address(ours)))
    (history,) = page.texts("hub-history")

    assert ("Housing" in history, "Benefits" in history, "Domestic" in history) == (True, True, False)
    assert [link for link in page.links() if link.startswith("/staff/enquiries/")] == [
        "/staff/enquiries/",
        f"{address(ours)}refer/",
        f"{address(ours)}slip/",
    ]


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


def test_a_sensitive_online_question_is_the_services_alone(asked_online, people, topics, housing):
    question = asked_online("domestic-abuse")
    got = {}
    for who in ("desk", "officer", "manager"):
        client = Client()
        client.force_login(people[who])
        got[who] = client.get(address(question)).status_code
    assert got == {"desk": 404, "officer": 200, "manager": 200}

    officer = Client()
    officer.force_login(people["officer"])
    assert send(officer, question, "answer", sentence="Come at ten.").status_code == 302


def test_a_service_reads_what_was_referred_but_does_not_close_it(refer, people):
    enquiry = refer().enquiry
    officer = Client()
    officer.force_login(people["officer"])

    assert officer.get(address(enquiry)).status_code == 200
    assert send(officer, enquiry, "note", note="x").status_code == 403
    assert officer.get(f"{address(enquiry)}refer/").status_code == 403


# Text and figures


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


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_three(
    at_desk, log, amber, number, django_assert_num_queries
):
    for _ in range(number):
        log(resident=amber)
    at_desk.get("/staff/enquiries/")
    with django_assert_num_queries(4):  # session, officer, rows, how many are overdue
        assert at_desk.get("/staff/enquiries/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_as_many_queries_for_one_row_as_for_three(
    at_desk, refer, log, amber, housing, number, people, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)
    enquiry = log(resident=amber, words="x")
    for _ in range(number):
        log(resident=amber)
        actions.add_note(enquiry=enquiry, note="x", by=people["manager"], at=LATER)
        referral = refer(enquiry=enquiry)
        actions.return_to_desk(referral=referral, reason="x", by=people["officer"], at=LATER)
    at_desk.get(address(enquiry))
    # session, officer; the enquiry, its events, referrals; the history, what of it opens; noting the look
    with django_assert_num_queries(8):
        assert at_desk.get(address(enquiry)).status_code == 200


def test_only_the_trail_changes_where_a_note_is_added(at_desk, log):
    enquiry = log()
    before = Enquiry.objects.values().get()
    send(at_desk, enquiry, "note", note="x")

    assert Enquiry.objects.values().get() == before
    assert EnquiryEvent.objects.count() == 2
