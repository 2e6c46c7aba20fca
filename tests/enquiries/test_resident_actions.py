"""Residents' records: found whichever way they were typed, changed and merged with a trail."""

from datetime import timedelta

import pytest

from enquiries import actions
from enquiries.errors import NotAllowedNow
from enquiries.models import Resident, ResidentEvent
from tests.conftest import MONDAY_NOON

LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture
def add(people):
    def added(**facts) -> Resident:
        return actions.add_resident(by=people["desk"], at=MONDAY_NOON, **facts)

    return added


def test_a_record_is_kept_as_typed_and_searched_folded(add):
    decomposed = "রাবেয়া"
    resident = add(name=decomposed, phone="+44 (0)20 7364 5000", email="R@Example.org")

    assert resident.phone_key == "02073645000"
    assert resident.search_text == "রাবেয়া r example org 02073645000 645000 5000"
    assert resident.name == "রাবেয়া"


def test_a_change_names_the_fields_and_never_their_contents(add, people):
    resident = add(name="Amina Demo")
    actions.change_resident(
        resident=resident, by=people["desk"], at=LATER, name="Amina Sample", phone="07700 900123"
    )
    event = ResidentEvent.objects.latest("id")

    assert (event.kind, event.detail) == ("changed", "name, phone")


def test_a_change_that_changes_nothing_leaves_no_trace(add, people):
    resident = add(name="Amina Demo")
    actions.change_resident(resident=resident, by=people["desk"], at=LATER, name="Amina Demo")

    assert ResidentEvent.objects.count() == 1


def test_merging_moves_the_story_fills_blanks_and_keeps_the_stricter_rule(add, log, people):
    keep, other = add(name="Amina Demo"), add(name="A. Demo", phone="07700 900123", may_phone=False)
    enquiry = log(resident=other)
    kept = actions.merge_residents(keep=keep, other=other, by=people["desk"], at=LATER)
    enquiry.refresh_from_db()
    other.refresh_from_db()

    assert (kept.name, kept.phone, kept.phone_key, kept.may_phone) == (
        "Amina Demo",
        "07700 900123",
        "07700900123",
        False,
    )
    assert (enquiry.resident, enquiry.visit.resident) == (keep, keep)
    assert (other.merged_into, other.merged_by) == (keep, people["desk"])
    assert list(Resident.objects.current()) == [keep]
    assert [each.kind for each in ResidentEvent.objects.order_by("id")][-2:] == ["merged", "merged_away"]


def test_a_record_is_not_merged_twice_or_with_itself(add, people):
    keep, other = add(name="A"), add(name="B")
    with pytest.raises(NotAllowedNow):
        actions.merge_residents(keep=keep, other=keep, by=people["desk"], at=LATER)
    actions.merge_residents(keep=keep, other=other, by=people["desk"], at=LATER)
    with pytest.raises(NotAllowedNow):
        actions.merge_residents(keep=keep, other=other, by=people["desk"], at=LATER)
    with pytest.raises(NotAllowedNow):
        actions.change_resident(resident=other, by=people["desk"], at=LATER, name="C")


def test_an_earlier_merge_follows_to_the_last_record(add, people):
    first, second, third = add(name="1"), add(name="2"), add(name="3")
    actions.merge_residents(keep=second, other=first, by=people["desk"], at=LATER)
    actions.merge_residents(keep=third, other=second, by=people["desk"], at=LATER)
    first.refresh_from_db()

    assert first.merged_into == third
