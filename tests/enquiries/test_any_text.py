"""Any text through every field of every form about visits, enquiries, referrals and residents.

No fault of ours; what is taken reads back the same, and what is refused stays on the page as it was typed.
NAUGHTY_STRINGS names a file with more of them (tests/naughty.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from enquiries import actions
from enquiries.models import Enquiry, Feedback, Referral, Resident, Visit
from tests.conftest import MONDAY_NOON
from tests.enquiries.words_kept import line_kept, lines_kept
from tests.naughty import as_sent, texts

WORDS = texts("nul", "right-to-left", "long", "bengali apart", "control", "lines")
ANSWERS = texts("nul", "digits", "fractions", "month 13")


@dataclass
class Sheet:
    """A form: where it is, who fills it in, what else is in it, and where its words are kept."""

    path: str
    who: str = "desk"
    filled: dict[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Fields in which only some answers make sense."""
    kept: Callable[[], dict[str, str]] = dict


def last(model: type) -> Any:
    return model.objects.order_by("-pk").first()


def visit_sheet(made) -> Sheet:
    def kept() -> dict[str, str]:
        visit = last(Visit)
        first, second = visit.enquiries.order_by("pk")
        return {
            "words": first.words,
            "agreed": first.agreed,
            "also_words_2": second.words,
            "needs": visit.needs,
            "on_behalf_of": visit.on_behalf_of,
        }

    return Sheet(
        "/staff/visits/log/",
        filled=made("typed")()
        | {"also_topic_2": made("topics")["housing"].pk, "also_outcome_2": made("outcomes")["resolved"].pk},
        lines=("words",),
        line=("agreed", "needs", "on_behalf_of", "also_words_2"),
        others=(
            *("topic", "outcome", "kind", "signposted_to", "urgent_reason", "cause", "language", "resident"),
            *("token", "serial", "typed_at", "arrived_time", "arrived_on", "also_topic_2", "also_outcome_2"),
            "then",
        ),
        kept=kept,
    )


def step_sheet(made, step: str, words: str, kept: Callable[[], str], **more: Any) -> Sheet:
    facts = {"outcome": made("outcomes")["resolved"]} if step == "reopen" else {}
    enquiry = made("log")(**facts)
    others = ("seen", "step", "due_on", "outcome", "cause", "topic", "resident")
    return Sheet(
        f"/staff/enquiries/{enquiry.reference}/",
        filled={"step": step, "seen": enquiry.events.latest("pk").pk, **more},
        lines=(words,),
        others=others,
        kept=lambda: {words: kept()},
    )


def last_note() -> str:
    return last(Enquiry).events.latest("pk").note


def close_sheet(made) -> Sheet:
    outcome = made("outcomes")["resolved"].pk
    return step_sheet(made, "close", "agreed", lambda: last(Enquiry).agreed, outcome=outcome)


def refer_sheet(made) -> Sheet:
    enquiry, housing = made("log")(), made("housing")
    question = f"question_{housing.questions.get(required=True).pk}"
    return Sheet(
        f"/staff/enquiries/{enquiry.reference}/refer/",
        filled={"service": "housing", "consent": "on", "seen": enquiry.events.latest("pk").pk},
        lines=("story", question),
        others=("service", "seen", "consent"),
        kept=lambda: {"story": last(Referral).story, question: last(Referral).answers[0]["answer"]},
    )


def service_sheet(made, step: str, words: str, kept: Callable[[], str], **more: Any) -> Sheet:
    referral = made("refer")()
    if step == "finish":
        officer = made("people")["officer"]
        actions.accept(referral=referral, by=officer, at=MONDAY_NOON, had_all=True)
    return Sheet(
        f"/staff/referrals/{referral.pk}/",
        who="officer",
        filled={"step": step, **more},
        lines=(words,),
        others=("step", "seen", "outcome", "had_all"),
        kept=lambda: {words: kept()},
    )


def finish_sheet(made) -> Sheet:
    outcome = made("outcomes")["resolved"].pk
    return service_sheet(made, "finish", "sentence", lambda: last(Referral).sentence, outcome=outcome)


def resident_sheet(made) -> Sheet:
    line = ("name", "address", "needs", "contact_note")
    made("topics")
    return Sheet(
        "/staff/residents/add/",
        filled={"language": "en", "may_phone": "on"},
        line=line,
        others=("phone", "email", "postcode", "language", "somebody_else"),
        kept=lambda: {name: getattr(last(Resident), name) for name in line},
    )


def feedback_sheet(made) -> Sheet:
    enquiry = made("log")(outcome=made("outcomes")["resolved"])
    return Sheet(
        f"/feedback/{enquiry.private_key}/",
        filled={"answer": "no"},
        lines=("comment",),
        others=("answer",),
        kept=lambda: {"comment": last(Feedback).comment},
    )


SHEETS: dict[str, Callable[[Any], Sheet]] = {
    "log a visit": visit_sheet,
    "note": lambda made: step_sheet(made, "note", "note", last_note),
    "answer": lambda made: step_sheet(made, "answer", "sentence", lambda: last(Enquiry).agreed),
    "close": close_sheet,
    "reopen": lambda made: step_sheet(made, "reopen", "note", last_note),
    "refer": refer_sheet,
    "return": lambda made: service_sheet(made, "return", "reason", lambda: last(Referral).return_reason),
    "finish": finish_sheet,
    "resident": resident_sheet,
    "feedback": feedback_sheet,
}


@pytest.fixture
def made(request) -> Callable[[str], Any]:
    return request.getfixturevalue


def bound_form(response, sheet: Sheet) -> Any:
    context = response.context
    return context["forms"][sheet.filled["step"]] if "forms" in context else context["form"]


@pytest.mark.parametrize("name", SHEETS)
def test_words_read_back_the_same_or_stay_on_the_page(made, signed_in, people, name):
    # Text after text in one test: a database for each of 600 would take most of the time.
    changed = {}
    for which, text in WORDS.items():
        sheet = SHEETS[name](made)
        if found := changed_words(sheet, signed_in(sheet.who), as_sent(text)):
            changed[which] = found

    assert changed == {}


def changed_words(sheet: Sheet, client: Client, text: str) -> str | dict[str, tuple[str, str]]:
    """What a text typed into every field for words became, by field, and what was wanted; else nothing."""
    words = dict.fromkeys((*sheet.lines, *sheet.line), text)
    response = client.post(sheet.path, sheet.filled | words)

    if response.status_code == 422:
        form = bound_form(response, sheet)
        return {each: (form[each].value(), text) for each in words if form[each].value() != text}
    if response.status_code != 302:
        return f"answered with {response.status_code}"
    wanted = {each: lines_kept(text) for each in sheet.lines}
    wanted |= {each: line_kept(text) for each in sheet.line}
    kept = sheet.kept()
    if (shown := client.get(response.headers["Location"]).status_code) != 200:
        return f"kept and shown with {shown}"
    return {each: (kept[each], wanted[each]) for each in wanted if kept[each] != wanted[each]}


@pytest.mark.parametrize("name", SHEETS)
def test_other_fields_refuse_what_makes_no_sense(made, signed_in, name):
    sheet = SHEETS[name](made)
    client = signed_in(sheet.who)
    client.raise_request_exception = False
    words = dict.fromkeys((*sheet.lines, *sheet.line), "Words")
    answers = {
        (each, which): client.post(sheet.path, sheet.filled | words | {each: as_sent(text)}).status_code
        for each in sheet.others
        for which, text in ANSWERS.items()
    }

    assert {key: status for key, status in answers.items() if status not in (200, 302, 409, 422)} == {}


SEARCHES = {
    "enquiries": ("/staff/enquiries/", "q", "desk"),
    "residents": ("/staff/residents/", "q", "desk"),
    "appointments": ("/staff/appointments/find/", "q", "desk"),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_anything_can_be_searched_for(made, signed_in, topics, name):
    path, where, who = SEARCHES[name]
    made("log")(words="Something to find")
    client = signed_in(who)
    client.raise_request_exception = False
    sent, read = set(), set()
    for text in (WORDS | ANSWERS).values():
        sent.add(client.post(path, {where: as_sent(text)}).status_code)
        read.add(client.get(path).status_code)

    assert (sent, read) == ({302}, {200})


ADDRESSES = (
    "/staff/visits/log/?resident={}",
    "/staff/visits/waiting/?hub={}",
    "/staff/enquiries/?page={}",
    "/staff/enquiries/?show={}",
    "/staff/referrals/?page={}",
    "/staff/referrals/?service={}",
    "/staff/residents/?page={}",
    "/staff/residents/add/?enquiry={}",
    "/staff/record-views/?who={}",
    "/staff/record-views/?resident={}",
    "/staff/record-views/?page={}",
    "/ask/?topic={}",
    "/track/{}/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_anything_can_stand_in_an_address(signed_in, topics, address):
    client = signed_in("manager")
    client.raise_request_exception = False
    answers = {
        which: client.get(address.format(quote(as_sent(text)[:2000], safe=""))).status_code
        for which, text in ANSWERS.items()
    }

    assert {which: status for which, status in answers.items() if status >= 500} == {}


def test_any_second_fact_looks_the_same_as_a_wrong_one(client, topics, settings):
    settings.TRACK_PER_ADDRESS_A_MINUTE = settings.TRACK_OVERALL_A_MINUTE = 10_000
    client.raise_request_exception = False
    answers = {
        client.post("/track/", {"reference": as_sent(one), "second_fact": as_sent(other)}).status_code
        for text in ANSWERS.values()
        for one, other in ((text, "E14 3HG"), ("K7M3PQX9T", text))
    }

    assert answers <= {200, 404, 422}
