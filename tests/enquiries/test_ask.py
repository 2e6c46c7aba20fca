"""Asking online: what is kept, what comes back when something is wrong, and that nothing typed is lost."""

from __future__ import annotations

from datetime import date, timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from enquiries.models import Enquiry, Resident
from enquiries.models.residents import Language
from enquiries.stamps import Stamp
from hubs.models import Topic
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import ANSWERS, Asker, hidden
from tests.enquiries.racing import SECRET, at_once
from tests.hubs.test_pages_words import text_of
from tests.reading import Reading

BOTH = ["", "/bn"]


@pytest.mark.parametrize("prefix", BOTH)
def test_a_question_is_kept_with_its_resident_and_a_date(topics, clock, prefix):
    response = Asker(clock, prefix=prefix).ask()
    enquiry = Enquiry.objects.get()

    assert response.headers["Location"] == f"{prefix}/ask/sent/{enquiry.private_key}/"
    assert (enquiry.channel, enquiry.hub, enquiry.opened_by, enquiry.status) == ("online", None, None, "open")
    assert (enquiry.topic, enquiry.words, enquiry.reply_by) == (
        topics["housing"],
        "The ceiling leaks.",
        "phone",
    )
    assert enquiry.due_on == date(2026, 12, 7)
    resident = enquiry.resident
    assert (resident.name, resident.phone, resident.postcode) == ("Rahima Begum", "07700 900123", "E14 3HG")
    assert (resident.email, resident.address, resident.created_by) == ("", "", None)
    assert list(enquiry.events.values_list("kind", "by")) == [("opened", None)]


def test_the_due_date_counts_working_days_by_the_setting(asker, clock, settings):
    settings.ONLINE_WORKING_DAYS = 3
    clock.move_to(MONDAY_NOON.replace(month=12, day=23))
    asker.ask()

    assert Enquiry.objects.get().due_on == date(2026, 12, 30)


def test_the_confirmation_says_reference_what_next_by_when_and_the_private_link(asker):
    page = asker.client.get(asker.ask().headers["Location"])
    enquiry, said = Enquiry.objects.get(), text_of(page)

    assert f"Your reference {enquiry.shown_reference}" in said
    assert "We will call the phone number that you gave us. We will answer by Monday 7 December." in said
    assert f"http://127.0.0.1:8000/track/{enquiry.private_key}/" in said
    assert "only this private link" not in said
    assert [page.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")] == [
        "no-store",
        "no-referrer",
        "noindex, nofollow",
    ]
    assert [each.get("rel") for each in Reading(page).all("link") if each.get("rel") == "canonical"] == []


def test_a_question_without_name_or_contact_makes_no_resident(asker):
    response = asker.ask(name="", reply_by="come_back", phone="", postcode="")

    assert Resident.objects.count() == 0
    assert "only this private link opens your question" in text_of(
        asker.client.get(response.headers["Location"])
    )


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ({"reply_by": "email", "email": "rahima@example.org"}, {"email": "rahima@example.org"}),
        ({"reply_by": "phone", "phone": "+44 7700 900123"}, {"phone": "+44 7700 900123"}),
        ({"reply_by": "post", "address": "1 Test Street\r\nFlat 2"}, {"address": "1 Test Street\nFlat 2"}),
        ({"reply_by": "come_back"}, {}),
    ],
)
def test_only_the_contact_that_the_answer_needs_is_kept(asker, answers, kept):
    everything = {"email": "not kept", "phone": "not kept", "address": "not kept"}
    asker.ask(**(everything | answers))
    resident = Resident.objects.get()

    assert {name: getattr(resident, name) for name in everything if getattr(resident, name)} == kept


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"topic": ""}, "Choose what your question is about."),
        ({"words": " \n "}, "Write your question."),
        ({"words": "x" * 5001}, "Your question is too long. Make it 5,000 characters or fewer."),
        ({"reply_by": ""}, "Choose how we should answer."),
        ({"reply_by": "email", "email": "rahima"}, "Enter an e-mail address like name@example.com."),
        ({"reply_by": "email", "email": "a@\u200d.org"}, "Enter an e-mail address like name@example.com."),
        (
            {"reply_by": "email", "email": f"a@{'ü' * 60}.org"},
            "Enter an e-mail address like name@example.com.",
        ),
        ({"phone": "12345"}, "Enter a phone number like 07700 900123."),
        ({"reply_by": "post"}, "Enter your address."),
        (
            {"reply_by": "post", "address": "1 Test Street", "postcode": ""},
            "Enter the postcode of your address.",
        ),
        ({"postcode": "hello"}, "That is not a postcode. Enter one like E14 3HG."),
        ({"language": ""}, "Choose a language."),
    ],
)
def test_each_mistake_has_its_own_sentence_and_the_rest_stays_typed(asker, answers, message):
    response = asker.send("check", asker.open() | ANSWERS | answers)
    form = response.context["form"]

    assert response.status_code == 422
    assert [str(each) for errors in form.errors.values() for each in errors] == [message]
    typed = ANSWERS | answers
    assert {name: form[name].value() for name in typed} == typed
    assert message in text_of(response)
    assert Reading(response).one("title").text.strip().startswith("Error:")


def test_a_question_of_exactly_the_longest_length_is_taken_whatever_its_line_ends(asker):
    asker.ask(words=("x" * 99 + "\r\n") * 49 + "x" * 100)
    assert len(Enquiry.objects.get().words) == 5_000


def test_nothing_is_sent_before_the_answers_are_checked(asker):
    response = asker.send("check", asker.open() | ANSWERS)

    said = text_of(response)
    assert Enquiry.objects.count() == 0
    assert "Nothing is sent yet." in said
    assert [text in said for text in ("Housing", "The ceiling leaks.", "07700 900123", "E14 3HG")] == [
        True
    ] * 4
    assert hidden(Reading(response)) == ANSWERS | {
        "postcode": "E14 3HG",
        "stamp": response.context["form"].next_stamp.signed(),
    }


def test_changing_an_answer_keeps_all_the_others_and_shows_no_error(asker):
    fields = asker.open() | ANSWERS | {"words": ""}
    response = asker.send("change", fields)
    form = response.context["form"]

    assert response.status_code == 200
    assert {name: form[name].value() for name in ANSWERS} == ANSWERS | {"words": ""}
    assert form.next_stamp.signed() == fields["stamp"]


def test_the_other_language_takes_along_what_was_typed(asker):
    fields = asker.open()
    switch = Reading(asker.client.get("/ask/")).one("hub-languages").find(".//button")
    assert (switch.get("formaction"), switch.get("value"), switch.get("form")) == (
        "/bn/ask/",
        "change",
        "ask",
    )

    page = asker.client.post(switch.get("formaction"), fields | ANSWERS | {"step": "change"})

    assert page.context["form"]["words"].value() == "The ceiling leaks."
    assert Reading(page).one("html").get("lang") == "bn"


def test_a_topic_comes_chosen_from_its_own_page(asker):
    assert 'href="/ask/?topic=housing"' in asker.client.get("/topics/housing/").content.decode()
    chosen = Reading(asker.client.get("/ask/?topic=housing")).one("#id_topic").find("option[@selected]")
    assert chosen.get("value") == "housing"


def test_a_retired_topic_cannot_be_asked_about(asker, topics):
    Topic.objects.filter(slug="housing").update(retired_on=date(2026, 11, 1))
    assert asker.send("check", asker.open() | ANSWERS).status_code == 422


# Once


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_form_again_leads_to_the_same_reference(asker, times):
    fields = asker.open() | ANSWERS
    places = {asker.send("send", fields).headers["Location"] for _ in range(times)}

    assert places == {f"/ask/sent/{Enquiry.objects.get().private_key}/"}
    assert (Enquiry.objects.count(), Resident.objects.count()) == (1, 1)


def test_the_same_form_with_other_words_says_that_the_first_ones_count(asker):
    fields = asker.open() | ANSWERS
    asker.send("send", fields)
    again = asker.send("send", fields | {"words": "Also the wall."})

    assert Enquiry.objects.get().words == "The ceiling leaks."
    assert "We have kept what you sent first." in text_of(asker.client.get(again.headers["Location"]))


@pytest.mark.django_db(transaction=True)
def test_the_same_form_five_times_at_once_over_http_is_one_enquiry(topics, desk_server):
    def post(stamp: str) -> tuple[int, str | None]:
        connection = HTTPConnection("127.0.0.1", desk_server, timeout=60)
        body = urlencode(ANSWERS | {"stamp": stamp, "step": "send", "csrfmiddlewaretoken": SECRET})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={SECRET}",
        }
        connection.request("POST", "/ask/", body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers["Location"]

    told = []
    for _ in range(4):
        stamp = Stamp.fresh(timezone.now() - timedelta(minutes=1)).signed()
        told.append(set(at_once([lambda stamp=stamp: post(stamp)] * 5)))

    assert [len(each) for each in told] == [1] * 4
    assert [status for each in told for status, _ in each] == [302] * 4
    assert (Enquiry.objects.count(), Resident.objects.count()) == (4, 4)


# A person, not a program


@pytest.mark.parametrize("step", ["check", "send"])
@pytest.mark.parametrize(
    ("wait", "extra", "message"),
    [
        (timedelta(seconds=2), {}, "That was very quick."),
        (timedelta(hours=24, seconds=1), {}, "This page was open for a long time."),
        (timedelta(minutes=1), {"stamp": "made:up"}, "This page was open for a long time."),
        (timedelta(minutes=1), {"stamp": ""}, "This page was open for a long time."),
        (timedelta(minutes=1), {"website": "http://x"}, "A box that people do not see was filled in."),
    ],
)
def test_a_program_is_stopped_and_a_person_goes_on(asker, clock, step, wait, extra, message):
    fields = asker.open()
    clock.move_to(MONDAY_NOON + wait)
    response = asker.send(step, fields | ANSWERS | extra)
    form = response.context["form"]

    assert response.status_code == 422
    assert message in text_of(response)
    assert {name: form[name].value() for name in ANSWERS} == ANSWERS
    assert (Enquiry.objects.count(), Reading(response).one("#id_website").get("value")) == (0, None)

    clock.shift(10)
    again = asker.send("send", ANSWERS | hidden(Reading(response)))
    assert (again.status_code, Enquiry.objects.count()) == (302, 1)


def test_a_form_that_lay_open_too_long_still_makes_one_enquiry(asker, clock):
    fields = asker.open() | ANSWERS
    asker.send("send", fields)
    clock.shift(timedelta(days=2))
    fresh = hidden(Reading(asker.send("send", fields)))
    clock.shift(10)

    assert asker.send("send", ANSWERS | fresh).status_code == 302
    assert Enquiry.objects.count() == 1


def test_over_the_cap_the_page_says_to_phone_and_keeps_the_words(asker, settings):
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 1
    asker.ask()
    response = asker.ask(words="A second <question>\nwith two lines")

    said = text_of(response)
    assert (response.status_code, Enquiry.objects.count()) == (429, 1)
    assert response.headers["Retry-After"] == "3560"
    assert "Nothing was sent. Call us instead: 020 7364 5000" in said
    assert "A second <question> with two lines" in said

    asker.clock.shift(timedelta(hours=1))
    assert asker.send("send", hidden(Reading(response))).status_code == 302
    assert Enquiry.objects.count() == 2


def test_another_address_is_not_held_back_until_the_overall_cap(asker, clock, settings):
    settings.ONLINE_PER_ADDRESS_AN_HOUR, settings.ONLINE_OVERALL_AN_HOUR = 1, 2
    statuses = [Asker(clock, address=f"192.0.2.{number}").ask().status_code for number in range(1, 4)]
    assert statuses == [302, 302, 429]


def test_a_form_without_its_token_is_refused(topics, clock):
    strict = Client(enforce_csrf_checks=True)
    assert [strict.post(path, ANSWERS).status_code for path in ("/ask/", "/track/")] == [403, 403]


# Sensitive topics


def test_a_sensitive_topic_first_asks_how_it_is_safe(asker):
    response = asker.send("send", asker.open() | ANSWERS | {"topic": "domestic-abuse"})
    page = Reading(response)

    assert (response.status_code, Enquiry.objects.count()) == (200, 0)
    assert "This topic is kept private" in text_of(response)
    assert "Exit this page" in text_of(response)
    assert page.one("#id_words").text.strip() == "The ceiling leaks."
    assert [each.get("value") for each in page.all("input") if each.get("name") == "safe"] == [
        "phone",
        "text",
        "email",
        "post",
    ]


def test_other_topics_do_not_ask_and_have_no_exit(asker):
    said = text_of(asker.client.get("/ask/?topic=housing"))
    assert [words for words in ("safe", "Exit this page") if words in said] == []


@pytest.mark.parametrize(
    ("safe", "flags"),
    [
        (["phone"], (True, False, False, False)),
        (["phone", "text", "email", "post"], (True, True, True, True)),
    ],
)
def test_what_is_safe_is_kept_with_the_resident(asker, safe, flags):
    asker.ask(topic="domestic-abuse", safety_asked="on", safe=safe, contact_note="Mornings \u202eonly")
    resident = Resident.objects.get()

    assert (resident.may_phone, resident.may_text, resident.may_email, resident.may_post) == flags
    assert resident.contact_note == "Mornings only"


def test_somebody_who_says_that_nothing_is_safe_is_not_reached_at_all(asker):
    asker.ask(topic="domestic-abuse", safety_asked="on", safe=[], reply_by="come_back", phone="")
    resident = Resident.objects.get()
    assert (resident.may_phone, resident.may_text, resident.may_email, resident.may_post) == (False,) * 4


def test_an_answer_by_a_way_that_is_not_safe_is_asked_about(asker):
    fields = asker.open() | ANSWERS | {"topic": "domestic-abuse", "safety_asked": "on", "safe": ["email"]}
    response = asker.send("check", fields)

    assert response.status_code == 422
    assert "You have not ticked the way you want us to answer." in text_of(response)
    assert response.context["form"]["safe"].value() == ["email"]


def test_only_its_service_and_managers_see_a_sensitive_question(asker, people, topics):
    asker.ask(topic="domestic-abuse", safety_asked="on", safe=["phone"])
    people["officer"].services.add(topics["domestic-abuse"].service)

    seen = {name: Enquiry.objects.visible_to(user).count() for name, user in people.items()}
    assert seen == {
        "desk": 0,
        "other_desk": 0,
        "officer": 1,
        "manager": 1,
        "administrator": 0,
        "outsider": 0,
    }


# What holds for the page


@pytest.mark.parametrize("prefix", BOTH)
def test_the_page_is_stored_nowhere_and_sets_only_the_cookie_of_forms(asker, prefix):
    response = asker.client.get(f"{prefix}/ask/")

    assert response.headers["Cache-Control"] == "no-store"
    assert set(response.cookies) == {"csrftoken"}
    assert response.headers["Content-Language"] == ("bn" if prefix else "en")


@pytest.mark.parametrize("code", Language.values)
def test_every_language_can_be_chosen_and_bengali_is_offered_first_on_bengali_pages(asker, code):
    asker.ask(language=code)
    assert (Enquiry.objects.get().language, Resident.objects.get().language) == (code, code)
    assert Asker(asker.clock, prefix="/bn").client.get("/bn/ask/").context["form"]["language"].value() == "bn"


@pytest.mark.usefixtures("asked_once")
def test_asking_takes_a_fixed_number_of_statements(asker, django_assert_num_queries):
    fields = asker.open() | ANSWERS
    with django_assert_num_queries(2):
        asker.client.get("/ask/")
    # The first question of an hour also makes the two counts, and sweeps those of yesterday.
    with django_assert_num_queries(24):
        asker.send("send", fields)
    again = asker.open() | ANSWERS
    with django_assert_num_queries(13):
        asker.send("send", again)
