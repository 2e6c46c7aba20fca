"""A complaint about personal data: taken once, in both languages, and acknowledged in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from enquiries import actions
from enquiries.errors import AlreadyTaken
from enquiries.forms.complaints import ComplaintForm
from enquiries.limits import caller_key
from enquiries.models import DataProtectionComplaint, SubmissionCount
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import READING_TIME, hidden
from tests.hubs.test_pages_words import text_of
from tests.reading import Reading

ADDRESS = "/data-protection-complaint/"
WORDS = {
    "words": "You told my landlord.\nআমার বাড়িওয়ালাকে বলেছেন।",
    "name": "Rahima Begum",
    "reply_by": "email",
    "email": "rahima@example.org",
    "language": "bn",
}


class Complainer:
    """A browser without script on the complaint's pages."""

    def __init__(self, clock, prefix: str = "", address: str = "192.0.2.1") -> None:
        self.clock, self.path = clock, prefix + ADDRESS
        self.client = Client(REMOTE_ADDR=address)

    def open(self) -> dict[str, str]:
        page = Reading(self.client.get(self.path))
        self.clock.shift(READING_TIME)
        return hidden(page)

    def send(self, step: str, fields):
        return self.client.post(self.path, fields | {"step": step})

    def complain(self, **other):
        checked = self.send("check", self.open() | WORDS | other)
        assert checked.status_code == 200, checked.context["form"].errors
        return self.send("send", hidden(Reading(checked)))


@pytest.fixture
def complainer(topics, clock) -> Complainer:
    return Complainer(clock)


@pytest.fixture
def complaint(db) -> DataProtectionComplaint:
    return actions.receive_complaint(
        token="00000000-0000-4000-8000-000000000001",
        caller=caller_key("192.0.2.1", "secret"),
        at=MONDAY_NOON,
        **WORDS,
    )[0]


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_a_complaint_is_kept_with_the_last_day_to_acknowledge_it(topics, clock, prefix):
    answer = Complainer(clock, prefix).complain()
    kept = DataProtectionComplaint.objects.get()

    assert answer.headers["Location"] == f"{prefix}{ADDRESS}sent/{kept.token}/"
    assert (kept.words, kept.name, kept.email) == (WORDS["words"], "Rahima Begum", "rahima@example.org")
    assert (kept.received_at.date(), kept.acknowledge_by) == (date(2026, 11, 23), date(2026, 12, 22))
    assert (kept.acknowledged_at, kept.answered_at) == (None, None)


def test_the_confirmation_says_reference_and_by_when(complainer):
    answer = complainer.client.get(complainer.complain().headers["Location"])
    kept, said = DataProtectionComplaint.objects.get(), text_of(answer)

    assert f"Your reference {kept.shown_reference}" in said
    assert "by Tuesday 22 December" in said
    assert answer.headers["Cache-Control"] == "no-store"
    assert kept.name not in said


def test_what_was_typed_is_shown_for_checking_and_can_be_changed(complainer):
    checked = complainer.send("check", complainer.open() | WORDS)
    again = complainer.send("change", hidden(Reading(checked)))

    assert "You told my landlord." in text_of(checked)
    assert not DataProtectionComplaint.objects.exists()
    assert Reading(again).one("#id_words").text.strip() == WORDS["words"]


@pytest.mark.parametrize(
    ("missing", "field"), [("words", "id_words"), ("name", "id_name"), ("email", "id_email")]
)
def test_what_is_missing_is_said_and_the_rest_stays(complainer, missing, field):
    answer = complainer.send("check", complainer.open() | WORDS | {missing: ""})

    assert answer.status_code == 422
    assert f"#{field}" in Reading(answer).links()
    assert "rahima@example.org" in answer.content.decode() or missing == "email"


def test_the_same_form_makes_one_complaint(complainer):
    checked = hidden(Reading(complainer.send("check", complainer.open() | WORDS)))
    answers = [complainer.send("send", checked) for _ in range(3)]

    assert DataProtectionComplaint.objects.count() == 1
    assert len({each.headers["Location"] for each in answers}) == 1


def test_too_many_are_refused_with_everything_in_sight(complainer, settings):
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 1
    complainer.complain()
    answer = complainer.complain(words="A second one")

    assert (answer.status_code, answer.headers["Retry-After"].isdigit()) == (429, True)
    assert "A second one" in text_of(answer)
    assert "Nothing was sent" in text_of(answer)
    assert DataProtectionComplaint.objects.count() == 1
    assert set(SubmissionCount.objects.values_list("what", flat=True)) == {"complain"}


def test_questions_and_complaints_are_counted_apart(complainer, asker, settings):
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 1
    asker.ask()

    assert complainer.complain().status_code == 302


def test_a_program_is_told_so_and_nothing_is_dropped(complainer):
    fields = hidden(Reading(complainer.client.get(complainer.path))) | WORDS
    too_quick = complainer.send("check", fields)
    complainer.clock.shift(READING_TIME)
    trapped = complainer.send("check", fields | {"website": "x"})

    assert [too_quick.status_code, trapped.status_code] == [422, 422]
    assert "You told my landlord." in trapped.content.decode()


@pytest.mark.parametrize("text", ["a\x00b", "\u202ex", "ক" * 6000, "<script>alert(1)</script>", "²"])
@pytest.mark.parametrize("field", [name for name in ComplaintForm.base_fields if name != "stamp"])
def test_hostile_text_is_no_fault_of_ours(complainer, field, text):
    assert complainer.send("check", complainer.open() | WORDS | {field: text}).status_code in (200, 422)


def test_staff_see_what_is_due_and_note_who_acknowledged_and_answered(signed_in, complaint, clock, people):
    listed = Reading(signed_in("manager").get("/staff/complaints/"))
    page = f"/staff/complaints/{complaint.reference}/"
    clock.shift(timedelta(days=40))
    client = signed_in("manager")
    late = Reading(client.get("/staff/complaints/"))
    answers = [
        client.post(page, {"step": "acknowledge"}),
        client.post(page, {"step": "answer", "answer": "We said sorry."}),
    ]

    complaint.refresh_from_db()
    assert ("Overdue" in listed.words, "Overdue" in late.words) == (False, True)
    assert [each.status_code for each in answers] == [302, 302]
    assert (complaint.acknowledged_by, complaint.answered_by) == (people["manager"], people["manager"])
    assert "We said sorry." in Reading(client.get(page)).words


def test_an_answer_also_acknowledges(complaint, people):
    actions.answer_complaint(complaint=complaint, answer="Sorry", by=people["manager"], at=MONDAY_NOON)

    complaint.refresh_from_db()
    assert complaint.acknowledged_by == people["manager"]


def test_two_colleagues_do_not_overwrite_each_other(complaint, people, signed_in):
    facts = {"complaint": complaint, "by": people["manager"], "at": MONDAY_NOON}
    actions.answer_complaint(answer="First", **facts)

    with pytest.raises(AlreadyTaken):
        actions.acknowledge_complaint(**facts)
    with pytest.raises(AlreadyTaken):
        actions.answer_complaint(answer="Second", **facts)
    page = f"/staff/complaints/{complaint.reference}/"
    answer = signed_in("manager").post(page, {"step": "answer", "answer": "Second"})
    assert (answer.status_code, "a colleague was quicker" in Reading(answer).words) == (409, True)


def test_an_empty_answer_or_an_unknown_step_changes_nothing(complaint, signed_in):
    page = f"/staff/complaints/{complaint.reference}/"
    answers = [signed_in("manager").post(page, each) for each in ({"step": "answer"}, {"step": "x"}, {})]

    assert [each.status_code for each in answers] == [422, 422, 422]
    complaint.refresh_from_db()
    assert complaint.acknowledged_at is None


@pytest.mark.parametrize("who", ["outsider", "desk", "other_desk", "officer", "administrator"])
def test_others_see_no_complaint(signed_in, complaint, who):
    client = signed_in(who)

    for path in ("/staff/complaints/", f"/staff/complaints/{complaint.reference}/"):
        assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_statements_for_more_rows(
    signed_in, people, number, django_assert_num_queries
):
    for each in range(number):
        actions.receive_complaint(
            token=f"00000000-0000-4000-8000-00000000000{each}", caller="x", at=MONDAY_NOON, **WORDS
        )
    client = signed_in("manager")

    with django_assert_num_queries(6):
        client.get("/staff/complaints/")
