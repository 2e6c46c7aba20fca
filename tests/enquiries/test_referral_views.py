"""Referring an enquiry, the service's inbox and its page: what is asked, shown, done and refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from enquiries import actions
from enquiries.models import Enquiry, RecordView, Referral, ServiceQuestion
from hubs import kept
from hubs.models import Service
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def at_housing(signed_in, housing) -> Client:
    return signed_in("officer")


@pytest.fixture
def amber(people):
    return actions.add_resident(
        by=people["desk"],
        at=MONDAY_NOON,
        name="Amber Example",
        phone="07700 900123",
        language="bn",
        contact_note="Not before 14:00",
    )


def typed(housing, **other) -> dict[str, str]:
    question = housing.questions.get(required=True)
    return {
        "service": "housing",
        "story": "The ceiling leaks.",
        f"question_{question.pk}": "Four",
        "consent": "on",
    } | other


def refer_address(enquiry: Enquiry) -> str:
    return f"/staff/enquiries/{enquiry.reference}/refer/"


def address(referral: Referral) -> str:
    return f"/staff/referrals/{referral.pk}/"


def references(response) -> list[str]:
    return [text.replace("-", "") for text in Reading(response).texts("hub-reference")]


# Referring


def test_the_topics_service_is_chosen_and_its_questions_are_asked(at_desk, log, housing):
    page = Reading(at_desk.get(refer_address(log(words="The ceiling leaks."))))

    labels = page.texts("govuk-label")
    assert "How many people live with you?" in labels
    assert "Anything else? (if known)" in labels
    assert page.one("#id_story").text.strip() == "The ceiling leaks."
    assert "Sent now, Housing options answers by 26 Nov 2026." in page.words


def test_another_service_asks_other_questions(at_desk, log, housing):
    parking = Service.objects.create(slug="parking", name_en="Parking")
    ServiceQuestion.objects.create(service=parking, text_en="The PCN number")
    page = Reading(at_desk.get(refer_address(log()), {"service": "parking"}))

    assert "The PCN number" in page.texts("govuk-label")
    assert "How many people live with you?" not in page.texts("govuk-label")
    assert Reading(at_desk.get(refer_address(log()), {"service": "nonsense"})).status == 200


def test_it_is_sent_with_story_answers_and_the_words_that_were_agreed_to(at_desk, log, housing, amber):
    enquiry = log(resident=amber)
    response = at_desk.post(refer_address(enquiry), typed(housing))
    referral = Referral.objects.get()

    assert (response.status_code, response["Location"]) == (
        302,
        f"/staff/enquiries/{enquiry.reference}/slip/",
    )
    assert (referral.story, referral.answers) == (
        "The ceiling leaks.",
        [{"question": "How many people live with you?", "answer": "Four"}],
    )
    assert referral.consented_at == referral.sent_at == LATER
    shown = Reading(at_desk.get(refer_address(log(resident=amber)))).texts("hub-inset")
    assert shown == [referral.consent_wording]


def test_the_consent_is_worded_in_the_language_of_the_resident(at_desk, log, housing, amber):
    english = Reading(at_desk.get(refer_address(log())))
    bengali = Reading(at_desk.get(refer_address(log(resident=amber))))

    assert english.one("hub-inset")[0].attrib["lang"] == "en"
    assert bengali.one("hub-inset")[0].attrib["lang"] == "bn"
    assert "আবাসন" in bengali.texts("hub-inset")[0]


@pytest.mark.parametrize("missing", ["story", "question", "consent"])
def test_with_a_must_have_missing_it_is_not_sent_and_the_words_are_kept(at_desk, log, housing, missing):
    name = f"question_{housing.questions.get(required=True).pk}" if missing == "question" else missing
    data = typed(housing)
    del data[name]
    response = at_desk.post(refer_address(log()), data)
    page = Reading(response)

    assert (response.status_code, Referral.objects.count()) == (422, 0)
    assert page.one("govuk-error-summary") is not None
    assert [each.attrib["href"] for each in page.one("govuk-error-summary__list").iter("a")] == [
        f"#id_{name}"
    ]
    for other, text in data.items():
        if other.startswith(("question", "story")):
            assert page.one(f"#id_{other}").text.strip() == text


def test_a_question_that_came_meanwhile_is_asked(at_desk, log, housing):
    data = typed(housing)
    new = ServiceQuestion.objects.create(service=housing, text_en="Since when?")
    response = at_desk.post(refer_address(log()), data)

    assert (response.status_code, Referral.objects.count()) == (422, 0)
    assert Reading(response).one(f"#id_question_{new.pk}-error") is not None


def test_the_second_to_refer_it_is_told_and_keeps_the_words(at_desk, log, housing, refer):
    enquiry = log()
    refer(enquiry=enquiry)
    response = at_desk.post(refer_address(enquiry), typed(housing, story="Typed for nothing?"))
    page = Reading(response)

    assert (response.status_code, Referral.objects.count()) == (409, 1)
    assert "Referred by desk" in page.words
    assert "Typed for nothing?" in page.texts("hub-typed")


def test_a_closed_enquiry_is_not_referred(at_desk, log, housing, outcomes):
    enquiry = log(outcome=outcomes["resolved"])

    assert at_desk.get(refer_address(enquiry)).status_code == 200
    assert at_desk.post(refer_address(enquiry), typed(housing)).status_code == 409
    assert Referral.objects.count() == 0


def test_only_who_sees_and_works_the_enquiry_refers_it(signed_in, log, housing):
    enquiry = log()
    who = ("outsider", "other_desk", "officer", "administrator", "manager", "desk")
    got = {each: signed_in(each).post(refer_address(enquiry), typed(housing)).status_code for each in who}

    assert got == {
        "outsider": 403,
        "other_desk": 404,
        "officer": 404,
        "administrator": 403,
        "manager": 302,
        "desk": 409,
    }


# The inbox


def test_the_inbox_holds_the_services_live_referrals_the_most_urgent_first(
    at_housing, refer, log, topics, people
):
    parking = Service.objects.create(slug="parking", name_en="Parking")
    first, later = refer(), refer(at=MONDAY_NOON + timedelta(days=2))
    refer(enquiry=log(), service=parking, answers={})
    returned = refer()
    actions.return_to_desk(referral=returned, reason="x", by=people["officer"], at=LATER)

    assert references(at_housing.get("/staff/referrals/")) == [
        first.enquiry.reference,
        later.enquiry.reference,
    ]


def test_overdue_is_red_in_both_lists(signed_in, refer, housing):
    referral = refer()
    with time_machine.travel(MONDAY_NOON + timedelta(days=4), tick=False):
        at_service, at_desk = signed_in("officer"), signed_in("desk")
        inbox = Reading(at_service.get("/staff/referrals/"))
        narrowed = references(at_service.get("/staff/referrals/?show=overdue"))
        desk = Reading(at_desk.get("/staff/enquiries/?show=overdue"))
    with time_machine.travel(MONDAY_NOON + timedelta(days=3), tick=False):
        today = Reading(signed_in("officer").get("/staff/referrals/"))

    assert (inbox.texts("hub-late"), desk.texts("hub-late"), today.texts("hub-late")) == (
        ["Overdue"],
        ["Overdue"],
        [],
    )
    assert narrowed == [referral.enquiry.reference]
    assert inbox.texts("dd")[:3] == ["1", "0", "1"]


def test_the_inbox_is_narrowed_by_state_and_service(signed_in, refer, housing, people, outcomes):
    new, accepted, finished = refer(), refer(), refer()
    for each in (accepted, finished):
        actions.accept(referral=each, had_all=True, by=people["officer"], at=LATER)
    actions.finish(
        referral=finished, outcome=outcomes["resolved"], sentence="Done.", by=people["officer"], at=LATER
    )
    Service.objects.create(slug="parking", name_en="Parking")
    manager = signed_in("manager")
    shown = {
        query: references(manager.get(f"/staff/referrals/?{query}"))
        for query in (
            "show=sent",
            "show=accepted",
            "show=finished",
            "service=parking",
            "service=housing&show=²",
        )
    }

    assert shown == {
        "show=sent": [new.enquiry.reference],
        "show=accepted": [accepted.enquiry.reference],
        "show=finished": [finished.enquiry.reference],
        "service=parking": [],
        "service=housing&show=²": [new.enquiry.reference, accepted.enquiry.reference],
    }


@pytest.mark.parametrize("page", ["1", "2", "²", "0", "99999999999999999999"])
def test_any_page_of_the_inbox_opens(at_housing, page):
    assert at_housing.get("/staff/referrals/", {"page": page}).status_code == 200


# One referral


def test_its_page_holds_everything_the_service_needs(at_housing, refer, log, amber):
    log(resident=amber)
    refer(enquiry=log(resident=amber, words="Rent", on_behalf_of="her mother", needs="A chair"))
    earlier = Referral.objects.get()
    referral = refer(enquiry=log(resident=amber, words="The ceiling leaks."))
    page = Reading(at_housing.get(address(referral)))

    for words in (
        "The ceiling leaks.",
        "How many people live with you?",
        "Four",
        "I agree that you share this with Housing.",
        "Amber Example",
        "07700 900123",
        "Not before 14:00",
        "Bengali",
        "Due 26 Nov 2026",
        "23 Nov 2026, 12:05, desk",
        "Bow hub",
    ):
        assert words in page.words, words
    # Only what was referred to the service opens; other visits stay out of its sight.
    assert [link for link in page.links() if "/enquiries/" in link] == [
        "/staff/enquiries/",
        f"/staff/enquiries/{earlier.enquiry.reference}/",
        f"/staff/enquiries/{referral.enquiry.reference}/slip/",
    ]


def test_the_look_at_the_record_is_noted(at_housing, refer, log, amber, people):
    at_housing.get(address(refer(enquiry=log(resident=amber))))

    assert RecordView.objects.values_list("resident", "by", "page").get() == (
        amber.pk,
        people["officer"].pk,
        "referral",
    )


def test_accepting_asks_whether_everything_was_there(at_housing, refer, people):
    referral = refer()
    assert at_housing.post(address(referral), {"step": "accept"}).status_code == 422
    at_housing.post(address(referral), {"step": "accept", "had_all": "no"})
    referral.refresh_from_db()

    assert (referral.status, referral.had_all, referral.accepted_by, referral.accepted_at) == (
        "accepted",
        False,
        people["officer"],
        LATER,
    )


def test_it_goes_back_to_the_desk_with_a_reason(at_housing, at_desk, refer):
    referral = refer()
    assert at_housing.post(address(referral), {"step": "return", "reason": " "}).status_code == 422
    response = at_housing.post(address(referral), {"step": "return", "reason": "No tenancy number"})
    page = Reading(at_desk.get(f"/staff/enquiries/{referral.enquiry.reference}/"))

    assert response["Location"] == "/staff/referrals/"
    assert "Returned: No tenancy number" in page.words
    assert Enquiry.objects.get().status == "open"


def test_it_is_finished_with_an_outcome_and_one_sentence(at_housing, refer, people, outcomes):
    referral = actions.accept(referral=refer(), had_all=True, by=people["officer"], at=LATER)
    finished = {"step": "finish", "outcome": outcomes["resolved"].pk, "sentence": "We come on Friday."}
    assert at_housing.post(address(referral), finished | {"sentence": ""}).status_code == 422
    at_housing.post(address(referral), finished)

    assert Enquiry.objects.values_list("status", "agreed").get() == ("closed", "We come on Friday.")


def test_the_later_of_two_officers_is_told_and_keeps_the_words(at_housing, refer, people):
    referral = refer()
    actions.accept(referral=referral, had_all=True, by=people["manager"], at=LATER)
    accepting = at_housing.post(address(referral), {"step": "accept", "had_all": "yes"})
    assert (accepting.status_code, "Accepted by the service by manager" in Reading(accepting).words) == (
        409,
        True,
    )

    actions.return_to_desk(referral=referral, reason="x", by=people["manager"], at=LATER)
    returning = at_housing.post(address(referral), {"step": "return", "reason": "My long reason"})
    assert (returning.status_code, Reading(returning).texts("hub-typed")) == (409, ["My long reason"])


@pytest.mark.parametrize("step", ["", "nonsense"])
def test_a_step_that_says_nothing_changes_nothing(at_housing, refer, step):
    assert at_housing.post(address(refer()), {"step": step}).status_code == 422
    assert Referral.objects.get().status == "sent"


def test_a_referral_is_seen_by_its_service_and_managers_alone(signed_in, refer, people):
    referral = refer()
    seen = {who: signed_in(who).get(address(referral)).status_code for who in people}
    people["officer"].services.clear()

    assert seen == {
        "desk": 403,
        "other_desk": 403,
        "officer": 200,
        "manager": 200,
        "administrator": 403,
        "outsider": 403,
    }
    assert signed_in("officer").get(address(referral)).status_code == 404
    assert (
        signed_in("officer").post(address(referral), {"step": "accept", "had_all": "yes"}).status_code == 404
    )


# Figures


@pytest.mark.parametrize("number", [1, 3])
def test_the_inbox_takes_as_many_queries_for_one_row_as_for_three(
    at_housing, refer, number, django_assert_num_queries
):
    for _ in range(number):
        refer()
    at_housing.get("/staff/referrals/")
    with django_assert_num_queries(5):  # session, officer, the officer's services, rows, counts
        assert at_housing.get("/staff/referrals/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_as_many_queries_for_one_row_as_for_three(
    at_housing, refer, log, amber, number, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)
    for _ in range(number):
        referral = refer(enquiry=log(resident=amber))
    at_housing.get(address(referral))
    # session, officer; the referral; the history, what of it opens; events; noting the look
    with django_assert_num_queries(7):
        assert at_housing.get(address(referral)).status_code == 200
