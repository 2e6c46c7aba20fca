"""One question and a comment, once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from enquiries import actions
from enquiries.models import Enquiry, Feedback
from tests.conftest import MONDAY_NOON
from tests.enquiries.racing import at_once
from tests.hubs.test_pages_words import text_of
from tests.reading import Reading


@pytest.fixture
def path(log, clock):
    return f"/feedback/{log().private_key}/"


@pytest.mark.parametrize("prefix", ["", "/bn"])
@pytest.mark.parametrize("answer", ["yes", "partly", "no"])
def test_an_answer_and_a_comment_are_kept(client, path, prefix, answer):
    response = client.post(prefix + path, {"answer": answer, "comment": "ধন্যবাদ <b>\r\nBye"})
    given = Feedback.objects.get()

    assert (response.status_code, response.headers["Location"]) == (302, prefix + path)
    assert (given.answer, given.comment, given.given_at) == (answer, "ধন্যবাদ <b>\nBye", MONDAY_NOON)


def test_a_second_answer_changes_nothing_and_is_thanked(client, path):
    client.post(path, {"answer": "no", "comment": "Nobody called."})
    again = client.post(path, {"answer": "yes", "comment": "Changed"}, follow=True)

    assert (Feedback.objects.get().answer, Feedback.objects.get().comment) == ("no", "Nobody called.")
    assert "Thank you We have your answer." in text_of(again)
    assert Reading(client.get(path)).root.findall(".//form") == []


def test_feedback_on_what_is_taken_back_at_that_moment_finds_no_page(client, path):
    """The page was asked for before a colleague noted the visit as a mistake, and is sent after."""

    def taken_back_first(execute, sql, params, many, context):
        if "enquiries_feedback" in sql and not Enquiry.objects.filter(status="mistake").exists():
            Enquiry.objects.update(status="mistake")
        return execute(sql, params, many, context)

    client.raise_request_exception = False
    with connection.execute_wrapper(taken_back_first):
        answer = client.post(path, {"answer": "yes", "comment": ""})

    assert (answer.status_code, Feedback.objects.count()) == (404, 0)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Choose yes, partly or no."),
        ({"answer": "maybe"}, "Select a valid choice. maybe is not one of the available choices."),
        ({"answer": "yes", "comment": "x" * 2_001}, "That is too long. Make it 2,000 characters or fewer."),
        ({"answer": "yes", "comment": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_mistake_is_said_and_the_comment_stays(client, path, typed, message):
    response = client.post(path, typed)

    assert (response.status_code, Feedback.objects.count()) == (422, 0)
    assert message in text_of(response)
    assert response.context["form"]["comment"].value() == typed.get("comment")


def test_an_unknown_key_is_not_found(client, path):
    assert [client.get("/feedback/unknown/").status_code, client.post("/feedback/unknown/").status_code] == [
        404,
        404,
    ]


def test_the_page_keeps_its_address_to_itself_and_its_form_still_works_under_csrf(path):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(path)
    token = page.cookies["csrftoken"].value
    origin = {"origin": "http://testserver"}

    assert [page.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")] == [
        "no-store",
        "same-origin",
        "noindex, nofollow",
    ]
    assert strict.post(path, {"answer": "yes"}, headers=origin).status_code == 403
    fields = {"answer": "yes", "csrfmiddlewaretoken": token}
    assert strict.post(path, fields, headers=origin).status_code == 302


def test_a_closed_enquiry_asks_how_it_went_until_it_was_answered(client, log, outcomes, clock):
    enquiry = log(outcome=outcomes["resolved"])
    track, feedback = f"/track/{enquiry.private_key}/", f"/feedback/{enquiry.private_key}/"
    assert feedback in Reading(client.get(track)).links()

    actions.give_feedback(enquiry=enquiry, answer="yes", comment="", at=MONDAY_NOON)
    assert feedback not in Reading(client.get(track)).links()


def test_an_open_enquiry_does_not_ask_yet(client, path):
    assert path not in Reading(client.get(path.replace("feedback", "track"))).links()


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_keep_one(log, shared_database):
    enquiry = log()
    answers = ["yes", "no", "partly"] * 3
    jobs = [
        lambda answer=answer: actions.give_feedback(
            enquiry=enquiry, answer=answer, comment="", at=MONDAY_NOON
        )
        for answer in answers
    ]
    results = at_once(jobs)

    assert sorted(is_new for _, is_new in results) == [False] * 8 + [True]
    assert {given.answer for given, _ in results} == {Feedback.objects.get().answer}
