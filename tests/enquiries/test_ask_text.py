"""Any text through every field of the online question: no fault of ours, and it reads back the same."""

from __future__ import annotations

import unicodedata

import pytest

from enquiries.folding import tidy
from enquiries.forms.online import AskForm
from enquiries.models import Enquiry
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import ANSWERS, hidden
from tests.reading import Reading

TYPED = [name for name in AskForm.base_fields if name not in ("safe", "safety_asked", "website", "stamp")]
HOSTILE = {
    "nul": "a\x00b",
    "right-to-left": "\u202egnihton\u202c \u2067x\u2069",
    "long": "ক" * 100_000,
    "emoji": "👩🏽‍👩🏽‍👧 🇧🇩",
    "bengali composed": "য়ড়ঢ় বাংলা",
    "bengali apart": unicodedata.normalize("NFD", "য়ড়ঢ় বাংলা"),
    "joiners": "ক\u200dষ র\u200cয",
    "markup": "<script>alert(1)</script>\" onfocus='x' {{ 7*7 }} {% now %}",
    "sql": "'; DROP TABLE enquiries_enquiry; --",
    "digits": "²³①٣",
    "control": "a\x07b\x1bc\x85d",
    "lines": "a\r\nb\rc\nd\u2028e",
    "spaces": "  \u00a0 \u3000 ",
    "not a character": "\ufffe\uffff\U0010ffff",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("field", TYPED)
def test_hostile_text_never_breaks_the_page_and_reads_back_the_same(asker, field, text):
    ways = {"email": "email", "address": "post"}
    answers = ANSWERS | {"reply_by": ways.get(field, "phone")} | {field: text}
    page = asker.send("check", asker.open() | answers)
    if page.status_code == 422:
        assert page.context["form"][field].value() == text
        assert Enquiry.objects.count() == 0
        return

    assert page.status_code == 200
    assert asker.send("send", hidden(Reading(page))).status_code == 302
    enquiry = Enquiry.objects.get()
    kept = {"words": enquiry.words, "name": enquiry.resident.name, "address": enquiry.resident.address}
    if field in kept:
        lines = tidy(text).replace("\r\n", "\n").replace("\r", "\n").strip()
        wanted = _one_line(lines) if field == "name" else lines
        assert kept[field] == wanted


def _one_line(text: str) -> str:
    marks = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ended = {"\x07", "\x1b", "\x85", "\n", "\u2028"}
    return "".join(" " if c in ended else c for c in text if c not in marks).strip()


def test_half_characters_are_replaced_before_they_reach_a_database(topics):
    answers = dict.fromkeys(TYPED, "\ud800x") | {
        "topic": "housing",
        "reply_by": "come_back",
        "language": "en",
    }
    form = AskForm(answers, topics=list(topics.values()), at=MONDAY_NOON)
    assert form.is_valid() is False
    assert (form.cleaned_data["words"], form.cleaned_data["name"]) == ("\ufffdx", "\ufffdx")


def test_raw_bytes_that_are_no_text_are_no_error_of_ours(asker):
    for body in (
        b"words=%ED%A0%80&step=check",
        b"words=\xff\xfe&step=send",
        b"step=%00&topic=%00",
        b"%",
        b"=&=&&",
    ):
        response = asker.client.post("/ask/", body, content_type="application/x-www-form-urlencoded")
        assert response.status_code == 422
