"""The desk's list of enquiries and the page of one: what is shown, done, refused, and to whom."""

from __future__ import annotations

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


# Figures


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
