"""Looking an enquiry up: what its resident sees, and that guessing tells nothing."""

from __future__ import annotations

import statistics
import time
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enquiries import actions
from enquiries.models import Resident
from enquiries.tracking import second_fact_fits
from hubportal.logs import WithoutPersonalData
from hubs import kept
from tests.conftest import MONDAY_NOON
from tests.hubs.test_pages_words import text_of
from tests.reading import Reading
from tests.test_access import EVERYBODY

WRONG = "Nothing fits this reference and this postcode or phone number. Check both."
SECRET_WORDS = "my-own-story"


@pytest.fixture
def question(topics, clock):
    """Ask about housing online, with whatever a test wants otherwise."""

    def asked(**facts):
        values = {
            "topic": topics["housing"],
            "words": SECRET_WORDS,
            "reply_by": "phone",
            "language": "en",
            "name": "Rahima Begum",
            "phone": "07700 900123",
            "postcode": "E14 3HG",
            "email": "rahima@example.org",
        } | facts
        enquiry, _ = actions.ask(token=uuid.uuid4(), caller="one", at=MONDAY_NOON, **values)
        return enquiry

    return asked


def look_up(reference: str, second_fact: str, *, prefix: str = "", address: str = "192.0.2.1"):
    return Client(REMOTE_ADDR=address).post(
        f"{prefix}/track/", {"reference": reference, "second_fact": second_fact}
    )


def opened(response) -> bool:
    return "enquiry" in (response.context or {}) and response.status_code == 200


@pytest.mark.parametrize("prefix", ["", "/bn"])
@pytest.mark.parametrize(
    "second_fact", ["E14 3HG", "e143hg", "ই১৪ ৩এইচজি", "07700 900123", "+44 7700 900 123", "০৭৭০০ ৯০০১২৩"]
)
def test_the_postcode_or_the_phone_number_opens_it_however_typed(question, second_fact, prefix):
    enquiry = question()
    typed = f" {enquiry.shown_reference.lower()} "

    response = look_up(typed, second_fact, prefix=prefix)

    assert opened(response)
    assert enquiry.shown_reference in text_of(response)


@pytest.mark.parametrize(
    "second_fact",
    [
        "E14 3HH",
        "07700 900124",
        "Rahima Begum",
        "rahima@example.org",
        "143",
        "0",
        "-",
        "E14",
        "²",
        "a\u202eb",
    ],
)
def test_nothing_else_opens_it(question, second_fact):
    response = look_up(question().reference, second_fact)
    assert (response.status_code, opened(response)) == (422, False)


@pytest.mark.parametrize("second_fact", ["E14 3HG", "07700 900123", ".", "0", "০"])
def test_where_no_postcode_and_no_phone_was_given_only_the_link_opens_it(question, second_fact):
    nothing = {"name": "", "phone": "", "postcode": "", "email": ""}
    for facts in (nothing, nothing | {"name": "Rahima"}):
        enquiry = question(**facts)
        assert look_up(enquiry.reference, second_fact).status_code == 422
        assert Client().get(f"/track/{enquiry.private_key}/").status_code == 200


def test_a_wrong_reference_and_a_wrong_second_fact_look_the_same(question):
    enquiry = question()
    token = "csrfmiddlewaretoken"
    tries = [
        (enquiry.reference, "E14 3HH"),
        ("222222222", "E14 3HG"),
        ("not a reference", "E14 3HG"),
        (question(phone="", postcode="", name="", email="").reference, "E14 3HG"),
    ]
    pages, queries = [], []
    for number, (reference, second_fact) in enumerate(tries):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = look_up(reference, second_fact, address=f"192.0.2.{number}")
        queries.append(len(captured))
        typed = {"id_reference", "id_second_fact"}
        page = Reading(response)
        for field in page.all("input"):
            if field.get("name") == token or field.get("id") in typed:
                field.attrib.pop("value", None)
        pages.append(
            (response.status_code, page.words, sorted(each.get("id", "") for each in page.root.iter()))
        )

    assert [pages.count(page) for page in pages] == [4] * 4
    assert WRONG in pages[0][1]
    assert len(set(queries[1:])) == 1
    # The first try of a minute also makes the count of everybody.
    assert queries[0] > queries[1]


def test_a_wrong_reference_and_a_wrong_second_fact_take_the_same_time(question, settings):
    settings.TRACK_PER_ADDRESS_A_MINUTE = settings.TRACK_OVERALL_A_MINUTE = 10_000
    right = question().reference
    took: dict[str, list[float]] = {right: [], "222222222": []}
    for _ in range(30):
        for reference, times in took.items():
            started = time.thread_time_ns()
            look_up(reference, "E14 3HH")
            times.append(time.thread_time_ns() - started)
    known, unknown = (statistics.median(times) / 1e6 for times in took.values())

    assert abs(known - unknown) < max(5, 0.5 * min(known, unknown)), (known, unknown)


def test_comparing_facts_does_the_same_work_for_nobody():
    resident = Resident(postcode="E14 3HG", phone="07700 900123")
    typed = ["E14 3HG", "07700 900123", "E14 3HH", "", "1"]
    assert [second_fact_fits(resident, each) for each in typed] == [True, True, False, False, False]
    assert [second_fact_fits(Resident(), each) for each in typed] == [False] * 5
    assert [second_fact_fits(None, each) for each in typed] == [False] * 5


# What it shows


def test_a_fresh_question_says_who_acts_and_by_when(question):
    said = text_of(look_up(question().reference, "E14 3HG"))
    assert "We have it. Nobody has answered it yet. You will hear from us by Monday 7 December." in said
    assert "Topic Housing Who acts The Residents’ Hubs We got it on Monday 23 November" in said


def test_it_never_shows_words_notes_names_or_contacts(question, people):
    enquiry = question()
    actions.add_note(enquiry=enquiry, note="NOTE-for-colleagues", by=people["desk"], at=MONDAY_NOON)
    actions.answer(enquiry=enquiry, sentence="We looked into it.", by=people["desk"], at=MONDAY_NOON)
    for response in (look_up(enquiry.reference, "E14 3HG"), Client().get(f"/track/{enquiry.private_key}/")):
        page = response.content.decode()
        hidden = [SECRET_WORDS, "NOTE-", "Rahima", "07700", "E14 3HG", "rahima@", ">desk<", "by desk"]
        assert [text for text in hidden if text in page] == []
        assert "We have answered, and we are still working on it." in text_of(response)
        assert "We looked into it." in text_of(response)


def test_an_overdue_enquiry_says_sorry(question, clock):
    enquiry = question()
    clock.shift(timedelta(days=15))
    assert "You should have heard from us by Monday 7 December. We are late, and we are sorry." in text_of(
        look_up(enquiry.reference, "E14 3HG")
    )


def test_a_referral_names_the_service_and_its_answer(question, refer, people, outcomes):
    enquiry = question()
    referral = refer(enquiry=enquiry)
    said = text_of(look_up(enquiry.reference, "E14 3HG"))
    assert "We have passed on your whole story. You need not tell it again." in said
    assert "Who acts Housing options" in said

    actions.accept(referral=referral, had_all=True, by=people["officer"], at=MONDAY_NOON)
    sentence = "A plumber comes on Friday. <b>"
    actions.finish(
        referral=referral,
        outcome=outcomes["resolved"],
        sentence=sentence,
        by=people["officer"],
        at=MONDAY_NOON,
    )
    said = text_of(look_up(enquiry.reference, "E14 3HG"))
    assert "This is finished." in said
    assert f"What we told you Housing options {sentence}" in said
    assert said.count("A plumber comes") == 1
    assert "Finished on Monday 23 November" in said
    assert "Who acts" not in said


def test_a_returned_referral_never_shows_its_reason(question, refer, people):
    enquiry = question()
    referral = refer(enquiry=enquiry)
    actions.return_to_desk(referral=referral, reason="REASON-inside", by=people["officer"], at=MONDAY_NOON)
    said = text_of(look_up(enquiry.reference, "E14 3HG"))
    assert "REASON-inside" not in said
    assert "Who acts The Residents’ Hubs" in said


def test_a_visit_to_a_hub_is_tracked_too(log, people, clock):
    resident = actions.add_resident(by=people["desk"], at=MONDAY_NOON, name="Ali", postcode="E14 3HG")
    enquiry = log(resident=resident, words=SECRET_WORDS)
    said = text_of(look_up(enquiry.reference, "E143HG"))
    assert "Who acts Bow hub" in said


def test_an_answer_in_another_language_is_marked(question, people):
    enquiry = question()
    actions.answer(enquiry=enquiry, sentence="আমরা দেখছি।", by=people["desk"], at=MONDAY_NOON)
    page = Reading(Client().get(f"/track/{enquiry.private_key}/"))
    assert page.one("hub-inset").find("p").get("lang") == "bn"


def test_a_sensitive_enquiry_shows_how_far_it_is_and_nothing_else(question, topics, people, outcomes):
    enquiry = question(topic=topics["domestic-abuse"])
    actions.answer(enquiry=enquiry, sentence="ANSWER-inside", by=people["manager"], at=MONDAY_NOON)
    outcome = outcomes["resolved"]
    for _ in range(2):
        for response in (
            look_up(enquiry.reference, "E14 3HG"),
            Client().get(f"/track/{enquiry.private_key}/"),
            Client().get(f"/ask/sent/{enquiry.private_key}/"),
        ):
            said = text_of(response)
            hidden = ["Domestic", "abuse", "Housing options", "ANSWER-inside", SECRET_WORDS, "Who acts"]
            assert [text for text in hidden if text in response.content.decode()] == []
            assert "Exit this page" in said
        enquiry.refresh_from_db()
        if enquiry.closed_at is None:
            actions.close(enquiry=enquiry, outcome=outcome, by=people["manager"], at=MONDAY_NOON)
    assert "This is finished." in text_of(Client().get(f"/track/{enquiry.private_key}/"))


# Limits


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_the_eleventh_try_in_a_minute_is_refused_in_both_languages_even_a_right_one(question, clock, prefix):
    enquiry = question()
    statuses = [look_up("222222222", "E14 3HG").status_code for _ in range(10)]
    refused = look_up(enquiry.reference, "E14 3HG", prefix=prefix)

    assert statuses == [422] * 10
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "Wait a few minutes, then try again." in text_of(refused)
    assert "অনেকবার চেষ্টা করা হয়েছে".replace("\u09df", "\u09af\u09bc") in text_of(refused).replace(
        "\u09df", "\u09af\u09bc"
    )
    assert look_up(enquiry.reference, "E14 3HG", address="192.0.2.2").status_code == 200
    clock.shift(60)
    assert look_up(enquiry.reference, "E14 3HG").status_code == 200


def test_guessing_from_many_addresses_meets_the_overall_cap(question, settings):
    settings.TRACK_OVERALL_A_MINUTE = 25
    statuses = [
        look_up(
            f"2222222{number:02}".replace("0", "3").replace("1", "4"), "E14 3HG", address=f"192.0.2.{number}"
        )
        for number in range(60)
    ]
    assert sorted(each.status_code for each in statuses) == [422] * 25 + [429] * 35


def test_an_empty_form_is_not_a_try(question):
    enquiry = question()
    assert [look_up("", "").status_code for _ in range(20)] == [422] * 20
    assert look_up(enquiry.reference, "E14 3HG").status_code == 200


# The private link


@pytest.mark.parametrize("who", EVERYBODY)
def test_whoever_holds_the_link_opens_it_signed_in_or_not(question, people, client, who):
    enquiry = question()
    if who != "nobody":
        client.force_login(people[who])
    response = client.get(f"/track/{enquiry.private_key}/")

    assert response.status_code == 200
    assert [response.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")] == [
        "no-store",
        "no-referrer",
        "noindex, nofollow",
    ]
    robots = next(each for each in Reading(response).all("meta") if each.get("name") == "robots")
    assert robots.get("content") == "noindex, nofollow"
    assert enquiry.private_key not in "".join(each.get("href", "") for each in Reading(response).all("link"))


@pytest.mark.parametrize("key", ["x", "-" * 43, "x" * 5_000])
def test_an_unknown_link_is_not_found(question, key):
    question()
    assert [
        Client().get(f"{start}/{key}/").status_code for start in ("/track", "/ask/sent", "/feedback")
    ] == [404] * 3


def test_the_confirmation_of_a_visit_is_not_found(log, clock):
    assert Client().get(f"/ask/sent/{log().private_key}/").status_code == 404


def test_neither_reference_nor_key_nor_fact_stands_in_a_log_line(question, caplog):
    enquiry = question()
    caplog.handler.addFilter(WithoutPersonalData())
    browser = Client(raise_request_exception=False)
    with caplog.at_level("DEBUG"):
        look_up(enquiry.reference, "E14 3HH")
        browser.put(f"/track/{enquiry.private_key}/")
        browser.post(f"/bn/track/{enquiry.private_key}/")
        browser.get(f"/track/{enquiry.private_key}")
        browser.get("/track/nobody-was-given-this/")

    assert "/track/<slug:key>/" in caplog.text, "nothing was watched"
    secrets = (enquiry.private_key, enquiry.reference, "E14", "3HH", "nobody-was-given-this")
    assert [text for text in secrets if text in caplog.text] == []


def test_the_link_takes_the_same_statements_with_one_referral_and_with_three(
    question, refer, people, django_assert_num_queries
):
    enquiry = question()
    for _ in range(3):
        referral = refer(enquiry=enquiry)
        kept.forget()
        # Version of the public facts, the enquiry, its referrals, whether it was answered, notices.
        with django_assert_num_queries(5):
            Client().get(f"/track/{enquiry.private_key}/")
        actions.return_to_desk(referral=referral, reason="Again", by=people["officer"], at=MONDAY_NOON)
        enquiry.refresh_from_db()


def test_dates_are_of_london(question, clock):
    clock.move_to(MONDAY_NOON.replace(month=7, day=1, hour=23, minute=30))
    enquiry = question()
    type(enquiry).objects.update(opened_at=MONDAY_NOON.replace(month=6, day=30, hour=23, minute=30))
    response = Client().get(f"/track/{enquiry.private_key}/")
    assert response.context["enquiry"].opened_on == date(2026, 7, 1)
