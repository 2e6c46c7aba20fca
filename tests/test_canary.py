"""A resident whose every word is like no other goes through every flow: no trace beside the database."""

from __future__ import annotations

import logging
import logging.config
import pickle
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse

from enquiries import lookups
from enquiries.models import Enquiry, RecordView, Referral, Resident
from hubs import kept
from tests.enquiries.asking import asker, clock
from tests.enquiries.conftest import cause, housing, log, outcomes, refer
from tests.enquiries.lives import CANARY, word
from tests.enquiries.test_complaints import Complainer

__all__ = ["asker", "cause", "clock", "housing", "log", "outcomes", "refer"]
"""Fixtures that stand in the tests of `enquiries`."""

PHONE, POSTCODE = "07700 900555", "E14 3HG"
SAID = (CANARY, "900555", "900 555", POSTCODE.casefold(), "e143hg", "e14+3hg", "e14%203hg", "3hg")
"""What must not be found: every word of the resident's, the number and the postcode in any spelling."""

TYPED = {
    "words": word("words"),
    "name": word("name"),
    "reply_by": "email",
    "email": f"{word('email')}@example.org",
    "postcode": "e143hg",
}


class Lines(logging.Handler):
    """Keeps every line as the settings' own handler would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def written():
    """Everything that is logged with the settings' filter and format, at the most talkative level."""
    made = logging.config.DictConfigurator(dict(settings.LOGGING))
    handler = Lines()
    console = settings.LOGGING["handlers"]["console"]
    handler.setFormatter(made.configure_formatter(settings.LOGGING["formatters"][console["formatter"]]))
    for name in console["filters"]:
        handler.addFilter(made.configure_filter(settings.LOGGING["filters"][name]))
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "enquiries", "hubs")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
    for each in loggers[:2]:
        each.addHandler(handler)
    yield handler.lines
    for each, level in zip(loggers, before, strict=True):
        each.removeHandler(handler)
        each.setLevel(level)


def found_in(text: str) -> list[str]:
    return [each for each in SAID if each in text.casefold()]


def memory() -> str:
    """Everything that stands in the caches and in the modules that keep rows."""
    stored = [entry for each in caches.all(initialized_only=True) for entry in each._cache.items()]
    unpickled = [(key, pickle.loads(value)) for key, value in stored]
    return repr((unpickled, vars(kept), vars(lookups)))


@pytest.fixture
def asked(asker, topics, clock) -> Enquiry:
    """Asks, looks it up in every way, says how it went, complains, and looks for a hub."""
    assert asker.ask(**TYPED).status_code == 302
    enquiry = Enquiry.objects.get()
    client = asker.client
    for path in ("ask/sent", "track", "feedback"):
        assert client.get(f"/{path}/{enquiry.private_key}/").status_code == 200
    look_up = {"reference": enquiry.reference, "second_fact": POSTCODE}
    assert client.post("/track/", look_up).status_code == 200
    assert client.post("/track/", look_up | {"second_fact": PHONE}).status_code == 422
    answer = {"answer": "no", "comment": word("comment")}
    assert client.post(f"/feedback/{enquiry.private_key}/", answer).status_code == 302
    assert Complainer(clock).complain(**TYPED | {"words": word("complaint")}).status_code == 302
    for query in (POSTCODE, "e14+3hg", word("place")):
        assert client.get(f"/find/?postcode={query}").status_code in (200, 404, 422)
    for path in (f"/find/{POSTCODE}/", "/e14%203HG", f"/{word('name')}/{PHONE}/", f"/track/{word('key')}/"):
        assert client.get(path).status_code == 404
    return enquiry


def at_the_desk(client, people, topics, outcomes, housing) -> Enquiry:
    """A visit, a record found, referred, returned, finished and sent away with slips: by pages alone."""
    client.force_login(people["desk"])
    fields = {
        "name": word("name"),
        "phone": PHONE,
        "postcode": POSTCODE,
        "email": TYPED["email"],
        "needs": word("needs"),
        "language": "en",
        "contact_note": word("contact"),
    } | dict.fromkeys(("may_phone", "may_text", "may_email"), "on")
    known = [resident.pk for resident, _ in client.post("/staff/residents/add/", fields).context["same"]]
    fields["somebody_else"] = " ".join(map(str, known))
    page = _post(client, "/staff/residents/add/", fields)
    resident = Resident.objects.latest("pk")
    assert page.headers["Location"] == f"/staff/residents/{resident.pk}/"
    _post(client, "/staff/residents/", {"q": word("name")})
    assert word("name") in client.get("/staff/residents/").content.decode()
    form = client.get(f"/staff/visits/log/?resident={resident.pk}").context["form"]
    visit = {"token": form["token"].value(), "topic": topics["housing"].pk, "resident": resident.pk}
    visit["outcome"] = outcomes["referred"].pk
    _post(client, "/staff/visits/log/", visit | {"words": word("story"), "then": "save"})
    enquiry = Enquiry.objects.latest("pk")
    about = f"/staff/enquiries/{enquiry.reference}/"
    _post(client, about, {"step": "note", "note": word("note")})
    _post(client, about, {"step": "answer", "sentence": word("answer")})
    question = housing.questions.get(required=True)
    referral = {"story": word("story"), f"question_{question.pk}": word("told"), "consent": "on"}
    _post(client, f"{about}refer/?service={housing.slug}", referral | {"service": housing.slug})
    for way in ("email", "sms", "print"):
        _post(client, f"{about}slip/", {"way": way, "language": "en"})
    return enquiry


def at_the_service(client, people, outcomes) -> None:
    client.force_login(people["officer"])
    referral = f"/staff/referrals/{Referral.objects.latest('pk').pk}/"
    _post(client, referral, {"step": "accept", "had_all": "yes"})
    sentence = {"step": "finish", "outcome": outcomes["resolved"].pk, "sentence": word("sentence")}
    _post(client, referral, sentence)


def at_the_managers(client, people, resident: Resident) -> None:
    client.force_login(people["manager"])
    record = f"/staff/residents/{resident.pk}/"
    for path in (record, f"/staff/record-views/?resident={resident.pk}", "/staff/complaints/"):
        assert client.get(path).status_code == 200
    for form in ("html", "json"):
        reason = {"reason": word("reason"), "form": form}
        assert client.post(f"{record}copy/", reason).status_code == 200
    _post(client, f"{record}erase/", {"reason": word("reason"), "sure": "on"})


def _post(client, path: str, fields: dict[str, Any]):
    answer = client.post(path, fields)
    assert answer.status_code == 302, (path, answer.context and answer.context.get("form").errors)
    assert found_in(answer.headers["Location"]) == []
    return answer


def test_a_resident_leaves_no_trace_beside_the_database(
    asked, client, people, topics, outcomes, housing, clock, written, django_capture_on_commit_callbacks
):
    """In logs, caches, subjects of messages, figures for monitoring and addresses."""
    with django_capture_on_commit_callbacks(execute=True):
        enquiry = at_the_desk(client, people, topics, outcomes, housing)
    clock.shift(3600 * 24 * 20)
    people["manager"].email = "manager@example.org"
    people["manager"].save()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("tell_leads", verbosity=0)
    clock.move_to(enquiry.opened_at)
    at_the_service(client, people, outcomes)
    at_the_managers(client, people, enquiry.resident)
    client.get(f"/nowhere/{POSTCODE}/")

    assert RecordView.objects.count() > 5
    assert len(mail.outbox) == 3
    assert any(word("answer") in str(each.body) for each in mail.outbox)
    assert found_in(" ".join(each.subject for each in mail.outbox)) == []
    assert written
    assert found_in("\n".join(written)) == []
    assert found_in(memory()) == []
    assert found_in(_figures(client)) == []


def test_public_flows_are_not_logged(written, asked):
    assert any("(no such page)" in line for line in written)
    assert found_in("\n".join(written)) == []
    assert asked.private_key not in "\n".join(written)


def test_a_trace_would_be_found(written, asked, caplog):
    """The same search finds the canary where it is meant to be, and in a log without the filter."""
    logging.getLogger("enquiries").warning("Answered %s at %s", word("name"), POSTCODE)

    assert set(found_in("\n".join(written))) == {CANARY, POSTCODE.casefold(), "3hg"}
    caches["default"].set("x", {"page": word("page")})
    assert found_in(memory()) == [CANARY]


def _figures(client) -> str:
    """What monitoring reads, where the portal has such an address."""
    try:
        return client.get(reverse("metrics")).content.decode()
    except NoReverseMatch:
        return ""
