"""Slips: what they say and never say, how they are sent, and when that is refused."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from smtplib import SMTPException

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from notifications_python_client.notifications import NotificationsAPIClient

from enquiries import actions, notifications
from enquiries.actions.slips import give_slip
from enquiries.errors import NotDelivered, SlipRefused
from enquiries.models import EnquiryEvent, RecordView, Resident, Slip
from enquiries.slips import COUNCIL_PHONE, language_of, ways_out
from tests.conftest import MONDAY_NOON
from tests.reading import Reading, text_of

LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def amber(people) -> Resident:
    return actions.add_resident(
        by=people["desk"],
        at=MONDAY_NOON,
        name="Amber Example",
        phone="07700 900123",
        email="amber@example.org",
    )


@pytest.fixture
def agreed(log, amber, people):
    """An enquiry of Amber's with something agreed; returns it."""

    def made(**facts):
        enquiry = log(**{"resident": amber, "words": "My husband does not know."} | facts)
        return actions.answer(
            enquiry=enquiry, sentence="We call you.", due_on=date(2026, 11, 26), by=people["desk"], at=LATER
        )

    return made


def address(enquiry) -> str:
    return f"/staff/enquiries/{enquiry.reference}/slip/"


def slip_on(response) -> str:
    return text_of(Reading(response).one("hub-slip"))


# What it says


def test_a_slip_says_reference_what_was_agreed_who_acts_by_when_and_where_to_look(at_desk, agreed, settings):
    enquiry = agreed()
    slip = slip_on(at_desk.get(address(enquiry)))

    for words in (
        enquiry.shown_reference,
        "We call you.",
        "Bow hub",
        "26 November",
        f"{settings.SITE_URL}/track/{enquiry.private_key}/",
        f"{settings.SITE_URL}/feedback/{enquiry.private_key}/",
        COUNCIL_PHONE,
    ):
        assert words in slip, words
    assert ("husband" in slip, "Amber" in slip) == (False, False)


def test_after_a_referral_the_service_acts(at_desk, refer):
    slip = slip_on(at_desk.get(address(refer().enquiry)))

    assert "Housing options" in slip


def test_a_slip_is_in_the_language_of_the_resident(at_desk, agreed, amber, people, settings):
    actions.change_resident(resident=amber, by=people["desk"], at=LATER, language="syl")
    enquiry = agreed()
    page = Reading(at_desk.get(address(enquiry)))

    assert page.one("hub-slip").attrib["lang"] == "bn"
    assert page.root.attrib["lang"] == "en"
    assert f"{settings.SITE_URL}/bn/track/{enquiry.private_key}/" in slip_on(at_desk.get(address(enquiry)))
    english = Reading(at_desk.get(address(enquiry), {"language": "en"}))
    assert english.one("hub-slip").attrib["lang"] == "en"
    assert Reading(at_desk.get(address(enquiry), {"language": "²"})).one("hub-slip").attrib["lang"] == "bn"


def test_somebody_anonymous_gets_the_language_they_spoke(log):
    assert [language_of(log(language=code)) for code in ("bn", "so", "")] == ["bn", "en", "en"]


@pytest.mark.parametrize("way", ["print", "email", "sms"])
def test_of_a_sensitive_matter_neither_topic_nor_words_nor_service_are_on_it(
    at_desk, agreed, way, django_capture_on_commit_callbacks
):
    enquiry = agreed(topic="domestic-abuse")
    shown = slip_on(at_desk.get(address(enquiry)))
    with django_capture_on_commit_callbacks(execute=True):
        at_desk.post(address(enquiry), {"way": way, "language": "en"})
    for text in [shown, *(f"{each.subject} {each.body}" for each in mail.outbox)]:
        assert enquiry.shown_reference in text
        for words in ("omestic", "abuse", "husband", "We call you", "Bow", "Amber"):
            assert words not in text, words
    assert len(mail.outbox) == (way != "print")


# How it is given


def test_a_printed_slip_is_noted_and_printed(at_desk, agreed, people):
    enquiry = agreed()
    response = at_desk.post(address(enquiry), {"way": "print", "language": "bn"})

    assert response["Location"] == f"{address(enquiry)}?language=bn&print=yes"
    assert len(Reading(at_desk.get(response["Location"])).root.findall(".//*[@data-hub-print]")) == 1
    slip = Slip.objects.get()
    assert (slip.way, slip.language, slip.given_by, slip.given_at) == ("print", "bn", people["desk"], LATER)
    assert enquiry.events.last().note == "Printed"


def test_an_email_goes_out_once_saved_and_its_subject_says_nothing(
    at_desk, agreed, django_capture_on_commit_callbacks
):
    enquiry = agreed()
    with django_capture_on_commit_callbacks() as waiting:
        at_desk.post(address(enquiry), {"way": "email", "language": "en"})
    assert (len(mail.outbox), len(waiting), Slip.objects.count()) == (0, 1, 1)

    waiting[0]()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["amber@example.org"], "Your enquiry to the Residents’ Hubs")
    assert enquiry.shown_reference in sent.body
    assert "We call you." in sent.body
    assert "Amber" not in sent.body


def test_an_email_in_bengali_is_bengali_throughout(at_desk, agreed, django_capture_on_commit_callbacks):
    enquiry = agreed()
    with django_capture_on_commit_callbacks(execute=True):
        at_desk.post(address(enquiry), {"way": "email", "language": "bn"})
    (sent,) = mail.outbox
    ours = [line for line in sent.body.splitlines() if line and "We call you" not in line]

    assert all(any("\u0980" <= c <= "\u09ff" for c in line) for line in [sent.subject, *ours]), ours


def test_a_text_message_holds_reference_date_and_link(
    at_desk, agreed, settings, django_capture_on_commit_callbacks
):
    enquiry = agreed()
    with django_capture_on_commit_callbacks(execute=True):
        at_desk.post(address(enquiry), {"way": "sms", "language": "en"})
    (sent,) = mail.outbox

    assert sent.to == ["07700900123@text-message.invalid"]
    assert sent.body == (
        f"Residents’ Hubs: your reference is {enquiry.shown_reference}. You will hear from us by "
        f"Thursday 26 November. See how far it is: {settings.SITE_URL}/track/{enquiry.private_key}/"
    )


def test_a_double_click_sends_one(at_desk, agreed, django_capture_on_commit_callbacks):
    enquiry = agreed()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            response = at_desk.post(address(enquiry), {"way": "email", "language": "en"})
        assert response["Location"] == f"/staff/enquiries/{enquiry.reference}/"

    assert (len(mail.outbox), Slip.objects.count()) == (1, 1)


# When it is refused


@pytest.mark.parametrize(
    ("facts", "way", "why"),
    [
        ({"may_email": False}, "email", "They asked us not to e-mail."),
        ({"email": ""}, "email", "We have no e-mail address."),
        ({"may_text": False}, "sms", "They asked us not to send text messages."),
        ({"phone": ""}, "sms", "We have no phone number."),
        ({"phone": "020 7364 5000"}, "sms", "Their phone is not a mobile phone."),
    ],
)
def test_a_way_that_must_not_be_used_is_refused_kindly_even_if_the_page_is_old(
    at_desk, agreed, amber, people, facts, way, why, django_capture_on_commit_callbacks
):
    enquiry = agreed()
    actions.change_resident(resident=amber, by=people["desk"], at=LATER, **facts)
    assert why in Reading(at_desk.get(address(enquiry))).words

    with django_capture_on_commit_callbacks(execute=True):
        response = at_desk.post(address(enquiry), {"way": way, "language": "en"})
    assert (response.status_code, len(mail.outbox), Slip.objects.count()) == (422, 0, 0)
    assert f"{why} Print the slip instead." in Reading(response).words


def test_somebody_anonymous_can_only_have_it_printed(log, people):
    assert [bool(each.refused) for each in ways_out(log())] == [False, True, True]


@pytest.mark.parametrize("data", [{}, {"way": "fax", "language": "en"}, {"way": "print", "language": "xx"}])
def test_a_slip_of_no_known_kind_is_not_given(at_desk, agreed, data):
    assert (at_desk.post(address(agreed()), data).status_code, Slip.objects.count()) == (422, 0)


class BrokenBackend(EmailBackend):
    def send_messages(self, messages):
        raise SMTPException("no")


def test_what_could_not_be_sent_is_taken_back_and_said(
    agreed, people, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    enquiry = agreed()
    with pytest.raises(NotDelivered), django_capture_on_commit_callbacks(execute=True):
        give_slip(enquiry=enquiry, way="email", language="en", by=people["desk"], at=LATER)

    assert Slip.objects.count() == 0
    notes = EnquiryEvent.objects.filter(kind="slip").values_list("note", flat=True)
    assert list(notes) == ["E-mail", "E-mail: could not be sent"]


@pytest.mark.django_db(transaction=True)
def test_the_page_says_when_a_slip_could_not_be_sent(at_desk, agreed, settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    response = at_desk.post(address(agreed()), {"way": "email", "language": "en"})

    assert response.status_code == 503
    assert "It was not sent. The mail server did not take it." in Reading(response).words


def test_a_slip_is_only_for_who_sees_the_enquiry(agreed, people):
    enquiry = agreed()
    got = {}
    for who in people:
        client = Client()
        client.force_login(people[who])
        got[who] = client.get(address(enquiry)).status_code

    assert got == {
        "desk": 200,
        "other_desk": 404,
        "officer": 404,
        "manager": 200,
        "administrator": 403,
        "outsider": 403,
    }


def test_the_look_is_noted(at_desk, agreed, amber):
    at_desk.get(address(agreed()))

    assert RecordView.objects.values_list("resident", "page").get() == (amber.pk, "slip")


# The sender


def test_a_production_site_without_a_mail_server_claims_to_send_nothing(settings):
    settings.DEMO = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert notifications.working_ways() == frozenset()
    with pytest.raises(NotDelivered):
        notifications.send_email(to="a@example.org", subject="x", body="y")
    with pytest.raises(NotDelivered):
        notifications.send_text(to="07700 900123", body="y")

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert notifications.working_ways() == {"email"}


@pytest.fixture
def notify(settings, monkeypatch):
    """GOV.UK Notify is set up, and what would leave this machine for it is kept here."""
    settings.NOTIFY_API_KEY = "hubs-" + "-".join(["00000000-0000-4000-8000-000000000000"] * 2)
    settings.NOTIFY_EMAIL_TEMPLATE_ID, settings.NOTIFY_TEXT_TEMPLATE_ID = "e-template", "t-template"
    sent = []
    monkeypatch.setattr(NotificationsAPIClient, "post", lambda self, url, data: sent.append((url, data)))
    return sent


def test_with_its_key_set_notify_sends(notify):
    notifications.send_email(to="a@example.org", subject="Hello", body="Words")
    notifications.send_text(to="07700 900123", body="Words")

    assert [(url, data["template_id"], data["personalisation"]) for url, data in notify] == [
        ("/v2/notifications/email", "e-template", {"subject": "Hello", "body": "Words"}),
        ("/v2/notifications/sms", "t-template", {"body": "Words"}),
    ]
    assert (notify[0][1]["email_address"], notify[1][1]["phone_number"]) == ("a@example.org", "07700900123")
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("০৭৭০০ ৯০০১৩৩", "07700900133"),
        ("+৪৪ ৭৭০০ ৯০০১৩৩", "07700900133"),
        ("0044 (0)7700-900133", "07700900133"),
        ("+880 1711-000000", "+8801711000000"),
    ],
)
def test_a_text_message_goes_to_the_number_in_western_digits(notify, settings, typed, dialled):
    notifications.send_text(to=typed, body="Words")
    settings.NOTIFY_API_KEY, settings.DEMO = "", True
    notifications.send_text(to=typed, body="Words")

    assert notify[0][1]["phone_number"] == dialled
    assert mail.outbox[0].to == [f"{dialled}@text-message.invalid"]


def test_a_refusal_of_notify_is_said(settings, notify, monkeypatch):
    monkeypatch.undo()
    # Nothing listens there: the client's own error for a server that cannot be reached.
    monkeypatch.setattr(NotificationsAPIClient.__init__, "__defaults__", ("http://127.0.0.1:9", 30))

    with pytest.raises(NotDelivered, match="Notify did not take it"):
        notifications.send_email(to="a@example.org", subject="Hello", body="Words")


@pytest.mark.parametrize("to", ["a@\u200d.org", f"a@{'ü' * 60}.org", "a@example.org\nBcc: b@example.org"])
def test_an_address_that_no_mail_can_have_is_not_delivered(to):
    with pytest.raises(NotDelivered):
        notifications.send_email(to=to, subject="Hello", body="Words")


def test_what_notify_is_told_goes_to_no_other_address(notify, monkeypatch):
    monkeypatch.undo()
    asked = []

    class SendsOn(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), SendsOn) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        there = (f"http://127.0.0.1:{server.server_port}", 30)
        monkeypatch.setattr(NotificationsAPIClient.__init__, "__defaults__", there)
        with pytest.raises(NotDelivered, match="answer 307"):
            notifications.send_text(to="07700 900123", body="Words")
        server.shutdown()

    assert asked == ["/v2/notifications/sms"]


def test_a_refusal_comes_from_the_action_too(agreed, amber, people):
    actions.change_resident(resident=amber, by=people["desk"], at=LATER, may_email=False)

    with pytest.raises(SlipRefused):
        give_slip(enquiry=agreed(), way="email", language="en", by=people["desk"], at=LATER)
