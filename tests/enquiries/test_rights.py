"""One resident's copy is complete, erasing leaves nothing, and both are written down."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from enquiries import actions
from enquiries.errors import NotAllowedNow
from enquiries.models import Enquiry, RecordView, Referral, Resident, ResidentEvent, RightsRequest
from enquiries.retention import StillOpen
from hubs.data_map import Kind, all_records, reached_from
from tests.conftest import MONDAY_NOON
from tests.enquiries.lives import live, traces, word
from tests.reading import Reading

WHY = "Came in person and showed a passport"
LATER = MONDAY_NOON + timedelta(hours=3)


@pytest.fixture
def amber(people, hubs, topics, outcomes, housing) -> Resident:
    return live(at=MONDAY_NOON, people=people, hubs=hubs, topics=topics, outcomes=outcomes, service=housing)


def address(resident: Resident, what: str) -> str:
    return f"/staff/residents/{resident.pk}/{what}/"


def take_copy(client, resident: Resident, form: str):
    return client.post(address(resident, "copy"), {"reason": WHY, "form": form})


def test_a_copy_holds_every_word_that_is_kept(signed_in, amber):
    kept = {each for values in traces().values() for value in values for each in value.split('"')}
    words = {each for each in kept if each.startswith(word("")) and " " not in each}

    answer = take_copy(signed_in("manager"), amber, "json")

    assert len(words) >= 16
    assert {each for each in words if each not in answer.content.decode()} == set()


def test_a_copy_holds_every_field_of_every_row(signed_in, amber):
    kept = json.loads(take_copy(signed_in("manager"), amber, "json").content)["kept"]

    for model, rows in kept.items():
        record = all_records()[model]
        lookup = record.found_by["resident"]
        assert len(rows) == record.table._base_manager.filter(**{lookup: amber.pk}).count()
        copied = {name for name, field in record.fields.items() if field.kind is not Kind.COPY}
        assert all(set(row) == copied for row in rows)
    about_her = {
        record.model
        for record, lookup in reached_from("resident")
        if record.table._base_manager.filter(**{lookup: amber.pk}).exists()
    }
    assert set(kept) == about_her
    assert {record.model for record, _ in reached_from("resident") if record.model.startswith("enq")} == {
        model for model in kept if model.startswith("enq")
    }


def test_a_copy_reads_as_a_page_and_names_no_staff(signed_in, amber, people):
    answer = take_copy(signed_in("manager"), amber, "html")

    page = Reading(answer)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="record-{amber.pk}.html"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.texts("h1") == ["What the Residents’ Hubs keep about you"]
    words = answer.content.decode()
    assert word("sentence") in words
    assert "How many people live with you?" in words
    assert "23 November 2026, 12:00" in page.texts("dd")
    assert f"member of staff no. {people['officer'].pk}" in words
    assert ">officer<" not in words


def test_a_copy_holds_nobody_else(signed_in, amber, log, people):
    other = actions.add_resident(name="Somebody Else", by=people["desk"], at=MONDAY_NOON)
    log(resident=other, words="Another story")

    answer = take_copy(signed_in("manager"), amber, "json").content.decode()

    assert "Somebody Else" not in answer
    assert "Another story" not in answer


def test_a_copy_takes_in_records_that_were_merged(signed_in, amber, people):
    other = actions.add_resident(name=word("older"), by=people["desk"], at=MONDAY_NOON)
    actions.merge_residents(keep=amber, other=other, by=people["desk"], at=MONDAY_NOON)

    assert word("older") in take_copy(signed_in("manager"), amber, "json").content.decode()


def test_a_copy_is_written_down_with_its_reason(signed_in, amber, people):
    take_copy(signed_in("manager"), amber, "json")

    request = RightsRequest.objects.get()
    assert (request.resident, request.kind, request.reason, request.by) == (
        amber,
        "copy",
        WHY,
        people["manager"],
    )
    assert RecordView.objects.filter(resident=amber, page="copy", by=people["manager"]).count() == 1


@pytest.mark.parametrize("what", ["copy", "erase"])
def test_without_a_reason_nothing_happens_and_what_was_typed_stays(signed_in, amber, what):
    answer = signed_in("manager").post(address(amber, what), {"form": "json", "sure": "on"})

    assert answer.status_code == 422
    assert [link for link in Reading(answer).links() if link.startswith("#id_")] == ["#id_reason"]
    assert not RightsRequest.objects.exists()
    assert traces() != {}


def test_an_erased_resident_leaves_nothing(signed_in, amber, people):
    answer = signed_in("manager").post(address(amber, "erase"), {"reason": WHY, "sure": "on"})

    assert answer.headers["Location"] == f"/staff/residents/{amber.pk}/"
    assert traces() == {}
    assert (RightsRequest.objects.get().kind, RightsRequest.objects.get().by) == (
        "erasure",
        people["manager"],
    )
    assert amber.events.order_by("pk").last().kind == ResidentEvent.Kind.ERASED
    assert "This record is empty" in Reading(signed_in("manager").get(answer.headers["Location"])).words


def test_erasing_moves_no_count(amber, people):
    before = (
        Enquiry.objects.count(),
        Enquiry.objects.filter(first_contact=True).count(),
        Referral.objects.count(),
    )
    actions.erase(resident=amber, reason=WHY, by=people["manager"], at=LATER)

    assert before == (
        Enquiry.objects.count(),
        Enquiry.objects.filter(first_contact=True).count(),
        Referral.objects.count(),
    )


def test_erasing_is_refused_kindly_while_a_referral_is_open(signed_in, amber, refer, log):
    enquiry = log(resident=amber)
    refer(enquiry=enquiry)
    before = traces()

    page = Reading(signed_in("manager").get(address(amber, "erase")))
    answer = signed_in("manager").post(address(amber, "erase"), {"reason": WHY, "sure": "on"})

    assert "This cannot be erased yet" in page.words
    assert "Still open: enquiries, referrals." in page.words
    assert any(enquiry.reference in link for link in page.links())
    assert (answer.status_code, "Not erased" in Reading(answer).words) == (409, True)
    assert traces() == before
    assert not RightsRequest.objects.exists()


def test_what_is_open_is_named(amber, refer, log, people):
    refer(enquiry=log(resident=amber))

    with pytest.raises(StillOpen) as refused:
        actions.erase(resident=amber, reason=WHY, by=people["manager"], at=LATER)

    assert refused.value.what == ["enquiries", "referrals"]


def test_an_empty_record_is_not_erased_or_filled_again(amber, people, log):
    actions.erase(resident=amber, reason=WHY, by=people["manager"], at=LATER)
    facts = {"by": people["manager"], "at": LATER}

    for again in (
        lambda: actions.erase(resident=amber, reason=WHY, **facts),
        lambda: actions.change_resident(resident=amber, name="Amber", **facts),
        lambda: actions.name_resident(enquiry=log(), resident=amber, **facts),
        lambda: actions.merge_residents(
            keep=amber, other=actions.add_resident(name="Ali", by=people["desk"], at=LATER), **facts
        ),
    ):
        with pytest.raises(NotAllowedNow):
            again()


def test_a_merged_record_is_not_erased_alone(amber, people):
    facts = {"by": people["manager"], "at": LATER}
    other = actions.add_resident(name="Amber Again", by=people["desk"], at=MONDAY_NOON)
    actions.merge_residents(keep=amber, other=other, **facts)

    with pytest.raises(NotAllowedNow):
        actions.erase(resident=other, reason=WHY, **facts)


@pytest.mark.parametrize("who", ["outsider", "desk", "officer", "administrator"])
def test_others_give_out_and_erase_nothing(signed_in, amber, who):
    client = signed_in(who)

    for what in ("copy", "erase"):
        fields = {"reason": WHY, "sure": "on", "form": "json"}
        assert client.get(address(amber, what)).status_code == 403
        assert client.post(address(amber, what), fields).status_code == 403
    assert not RightsRequest.objects.exists()


def test_the_record_offers_both_to_managers_alone(signed_in, amber):
    def offered(who):
        links = Reading(signed_in(who).get(f"/staff/residents/{amber.pk}/")).links()
        return [each for each in links if each.endswith(("/copy/", "/erase/"))]

    assert offered("manager") == [address(amber, "copy"), address(amber, "erase")]
    assert offered("desk") == []


@pytest.mark.parametrize("number", [1, 3])
def test_a_copy_takes_as_many_statements_for_more_rows(
    amber, log, outcomes, people, django_assert_num_queries, number
):
    for _ in range(number):
        log(resident=amber, words="More", outcome=outcomes["resolved"])

    # Noting it takes four, merged records one, and each model one.
    with django_assert_num_queries(5 + len(list(reached_from("resident")))):
        actions.give_copy(resident=amber, reason=WHY, by=people["manager"], at=LATER)
