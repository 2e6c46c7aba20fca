"""Residents' records: found, shown, made, changed, merged; contact rules; who looked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from enquiries import actions
from enquiries.models import RecordView, Resident
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def add(people):
    def added(**facts) -> Resident:
        return actions.add_resident(by=people["desk"], at=MONDAY_NOON, **facts)

    return added


@pytest.fixture
def amber(add) -> Resident:
    return add(
        name="Amber Example",
        phone="07700 900123",
        postcode="E14 3HG",
        email="amber@example.org",
        needs="A chair",
    )


def find(client: Client, text: str) -> Reading:
    assert client.post("/staff/residents/", {"q": text})["Location"] == "/staff/residents/"
    return Reading(client.get("/staff/residents/"))


def typed(resident: Resident | None = None, **other) -> dict[str, str]:
    """The form of a record as a browser sends it: unticked boxes are left out."""
    facts = {
        "name": "",
        "phone": "",
        "email": "",
        "postcode": "",
        "address": "",
        "needs": "",
        "contact_note": "",
    }
    data = {
        **facts,
        "language": "en",
        "may_phone": "on",
        "may_text": "on",
        "may_email": "on",
        "may_post": "on",
    }
    if resident:
        data |= {name: getattr(resident, name) for name in facts}
        data["seen"] = resident.events.last().pk
    return {name: value for name, value in (data | other).items() if value is not None}


# Finding


@pytest.mark.parametrize(
    "text", ["amb", "EXAMPLE", "0123", "07700 900123", "e143hg", "E14 3", "amber@example.org"]
)
def test_a_resident_is_found_with_what_they_came_about_and_what_is_open(
    at_desk, amber, add, log, people, text
):
    add(name="Somebody Else", postcode="E3 5ES")
    enquiry = log(resident=amber)
    actions.answer(
        enquiry=enquiry, sentence="We call you.", due_on=date(2026, 11, 20), by=people["desk"], at=LATER
    )
    page = find(at_desk, text)

    assert [each.attrib["href"] for each in page.one("hub-found__who").iter("a")] == [
        f"/staff/residents/{amber.pk}/"
    ]
    assert "1 still open" in page.words
    assert page.texts("hub-history__agreed") == ["We call you."]
    assert page.texts("hub-late") == ["Overdue"]
    assert f"/staff/visits/log/?resident={amber.pk}" in page.links()


def test_a_search_by_reference_or_words_finds_the_enquiry(at_desk, amber, log):
    enquiry = log(words="The ceiling leaks", resident=amber)
    for text in (enquiry.shown_reference, "ceiling"):
        assert f"/staff/enquiries/{enquiry.reference}/" in find(at_desk, text).links()


def test_a_list_that_others_may_read_along_does_not_name_what_is_sensitive(at_desk, amber, log, people):
    enquiry = log(topic="domestic-abuse", resident=amber, words="x")
    actions.answer(enquiry=enquiry, sentence="Come at ten.", by=people["desk"], at=LATER)
    listed = find(at_desk, "amber").texts("hub-history")
    record = Reading(at_desk.get(f"/staff/residents/{amber.pk}/")).texts("hub-history")

    assert ["Domestic abuse" in text or "ten" in text for text in listed] == [False]
    assert ["Domestic abuse" in text for text in record] == [True]


def test_a_search_that_finds_nobody_says_so(at_desk, amber):
    assert "No resident was found." in find(at_desk, "nobody").words
    assert "No resident was found." not in find(at_desk, "").words


def test_who_was_shown_in_a_search_is_noted(at_desk, amber, people):
    find(at_desk, "amber")

    assert RecordView.objects.values_list("resident", "by", "page").get() == (
        amber.pk,
        people["desk"].pk,
        "search",
    )


def test_somebody_known_only_by_a_sensitive_matter_elsewhere_is_not_found(at_desk, amber, log, hubs, people):
    log(topic="domestic-abuse", resident=amber, hub=hubs["cubitt-town"], by=people["other_desk"])

    assert "No resident was found." in find(at_desk, "amber").words
    assert at_desk.get(f"/staff/residents/{amber.pk}/").status_code == 404


@pytest.mark.parametrize("page", ["1", "2", "²", "0", "9" * 40])
def test_any_page_of_the_search_opens(at_desk, amber, page):
    at_desk.post("/staff/residents/", {"q": "amber"})

    assert at_desk.get("/staff/residents/", {"page": page}).status_code == 200


def test_an_anonymous_enquiry_gets_its_resident_from_the_search(at_desk, amber, log):
    enquiry = log()
    response = at_desk.post("/staff/residents/", {"q": "amber", "enquiry": enquiry.reference})
    page = Reading(at_desk.get(response["Location"]))
    button = page.one("hub-move--first")
    at_desk.post(
        f"/staff/enquiries/{enquiry.reference}/", {"step": "name", "resident": button.attrib["value"]}
    )
    enquiry.refresh_from_db()

    assert enquiry.resident == amber


# One record


def test_a_record_shows_its_history_and_rules_and_the_look_is_noted(at_desk, amber, log, people):
    log(resident=amber, words="x")
    page = Reading(at_desk.get(f"/staff/residents/{amber.pk}/"))

    assert "07700 900123" in page.words
    assert len(page.all("hub-history__promise")) == 1
    assert RecordView.objects.values_list("resident", "by", "page").get() == (
        amber.pk,
        people["desk"].pk,
        "resident",
    )


@pytest.mark.parametrize(
    ("rule", "words", "hidden"),
    [
        ("may_phone", "Do not phone", None),
        ("may_text", "Do not text", None),
        ("may_email", "Do not e-mail", "amber@example.org"),
        ("may_post", "Do not send letters", "E14 3HG"),
    ],
)
def test_a_way_that_is_not_safe_is_said_and_not_offered(at_desk, amber, people, rule, words, hidden):
    actions.change_resident(resident=amber, by=people["desk"], at=LATER, **{rule: False})
    page = Reading(at_desk.get(f"/staff/residents/{amber.pk}/"))

    assert page.texts("hub-forbidden") == [words]
    assert hidden is None or hidden not in page.words


def test_a_merged_record_leads_to_the_one_that_stayed(at_desk, amber, add, people):
    other = add(name="A. Example")
    actions.merge_residents(keep=amber, other=other, by=people["desk"], at=LATER)

    for path in ("", "change/"):
        response = at_desk.get(f"/staff/residents/{other.pk}/{path}")
        assert response["Location"] == f"/staff/residents/{amber.pk}/{path}"


# Making one


def test_a_record_is_made_from_any_one_fact(at_desk):
    response = at_desk.post("/staff/residents/add/", typed(name="Amina Demo"))
    made = Resident.objects.get()

    assert response["Location"] == f"/staff/residents/{made.pk}/"
    assert (made.name, made.may_phone, made.language) == ("Amina Demo", True, "en")


@pytest.mark.parametrize(
    ("typo", "field"),
    [
        ({}, "name"),
        ({"phone": "12"}, "phone"),
        ({"phone": "1" * 30}, "phone"),
        ({"email": "amina@"}, "email"),
        ({"email": "amina@\u200d.org"}, "email"),
        ({"postcode": "E14"}, "postcode"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept_on_the_page(at_desk, typo, field):
    response = at_desk.post("/staff/residents/add/", typed(**typo))
    page = Reading(response)

    assert (response.status_code, Resident.objects.count()) == (422, 0)
    assert page.one(f"#id_{field}").attrib.get("value", "") == typo.get(field, "")
    assert page.one(f"#id_{field}-error") is not None


@pytest.mark.parametrize(
    "same",
    [
        {"phone": "+44 7700 900123"},
        {"email": "AMBER@example.org"},
        {"name": "amber example", "postcode": "e143hg"},
    ],
)
def test_a_possible_duplicate_warns_and_never_blocks(at_desk, amber, log, same):
    log(resident=amber)
    response = at_desk.post("/staff/residents/add/", typed(**same))
    page = Reading(response)

    assert (response.status_code, Resident.objects.count()) == (200, 1)
    assert "This may be somebody we know" in page.words
    assert "1 still open" in page.words
    assert RecordView.objects.values_list("page", flat=True).get() == "duplicate"

    at_desk.post("/staff/residents/add/", typed(somebody_else=said_to_be_somebody_else(page), **same))
    assert Resident.objects.count() == 2


def said_to_be_somebody_else(page: Reading) -> str:
    (hidden,) = [each for each in page.all("input") if each.get("name") == "somebody_else"]
    return hidden.attrib["value"]


def test_saying_that_one_is_somebody_else_says_it_of_nobody_else(at_desk, people, amber):
    bela = actions.add_resident(by=people["desk"], at=MONDAY_NOON, name="Bela Example", phone="07700 900456")
    response = at_desk.post("/staff/residents/add/", typed(somebody_else=f"{amber.pk}", phone="07700 900456"))
    page = Reading(response)

    assert Resident.objects.count() == 2
    assert "This may be somebody we know" in page.words
    assert said_to_be_somebody_else(page).split() == [f"{bela.pk}"]


def test_somebody_else_at_the_same_postcode_is_no_duplicate(at_desk, amber):
    at_desk.post("/staff/residents/add/", typed(name="Zoe Other", postcode="E14 3HG"))

    assert Resident.objects.count() == 2


def test_a_record_made_for_an_enquiry_is_put_there(at_desk, log):
    enquiry = log()
    response = at_desk.post(f"/staff/residents/add/?enquiry={enquiry.reference}", typed(name="Amina Demo"))
    enquiry.refresh_from_db()

    assert response["Location"] == f"/staff/enquiries/{enquiry.reference}/"
    assert enquiry.resident.name == "Amina Demo"


# Changing one


def test_a_record_is_changed(at_desk, amber):
    response = at_desk.post(
        f"/staff/residents/{amber.pk}/change/", typed(amber, phone="020 7364 5000", may_phone=None)
    )
    amber.refresh_from_db()

    assert response["Location"] == f"/staff/residents/{amber.pk}/"
    assert (amber.phone, amber.may_phone, amber.needs) == ("020 7364 5000", False, "A chair")


def test_the_form_starts_with_what_is_kept(at_desk, amber):
    page = Reading(at_desk.get(f"/staff/residents/{amber.pk}/change/"))

    assert page.one("#id_phone").attrib["value"] == "07700 900123"
    assert page.one("#id_seen").attrib["value"] == str(amber.events.last().pk)


def test_the_later_of_two_who_change_it_is_told_and_keeps_the_words(at_desk, amber, people):
    data = typed(amber, needs="An interpreter")
    actions.change_resident(resident=amber, by=people["manager"], at=LATER, phone="020 7364 5000")
    response = at_desk.post(f"/staff/residents/{amber.pk}/change/", data)
    page = Reading(response)
    amber.refresh_from_db()

    assert (response.status_code, amber.phone, amber.needs) == (409, "020 7364 5000", "A chair")
    assert "Details changed by manager" in page.words
    assert "An interpreter" in page.texts("hub-typed")
    assert page.one("#id_phone").attrib["value"] == "020 7364 5000"


# Merging


def test_two_records_are_shown_side_by_side_before_they_are_merged(at_desk, amber, add, log, people):
    other = add(name="A. Example", may_email=False)
    log(resident=other)
    page = Reading(at_desk.get(f"/staff/residents/{amber.pk}/merge/?other={other.pk}"))
    assert [each.split(" ")[0] for each in page.texts("hub-panel")] == ["Amber", "A."]
    assert Resident.objects.current().count() == 2
    assert sorted(RecordView.objects.values_list("resident", flat=True)) == sorted([amber.pk, other.pk])

    response = at_desk.post(f"/staff/residents/{amber.pk}/merge/", {"other": other.pk})
    amber.refresh_from_db()
    assert response["Location"] == f"/staff/residents/{amber.pk}/"
    assert (amber.may_email, amber.enquiries.count(), Resident.objects.current().count()) == (False, 1, 1)


@pytest.mark.parametrize("other", ["", "x", "999999", "itself"])
def test_what_is_no_other_record_is_not_merged(at_desk, amber, other):
    other = str(amber.pk) if other == "itself" else other
    for send in (at_desk.get, at_desk.post):
        assert send(f"/staff/residents/{amber.pk}/merge/", {"other": other}).status_code == 422


def test_a_record_that_was_merged_meanwhile_is_not_merged_again(at_desk, amber, add, people):
    other, third = add(name="B"), add(name="C")
    actions.merge_residents(keep=third, other=amber, by=people["desk"], at=LATER)

    response = at_desk.post(f"/staff/residents/{amber.pk}/merge/", {"other": other.pk})
    assert (response.status_code, Resident.objects.current().count()) == (409, 2)


def test_a_record_out_of_sight_is_not_merged(at_desk, amber, add, log, hubs, people):
    hidden = add(name="Hidden")
    log(topic="domestic-abuse", resident=hidden, hub=hubs["cubitt-town"], by=people["other_desk"])

    assert at_desk.post(f"/staff/residents/{amber.pk}/merge/", {"other": hidden.pk}).status_code == 422
    assert at_desk.post(f"/staff/residents/{hidden.pk}/merge/", {"other": amber.pk}).status_code == 404


# Who looked


def test_managers_see_who_looked_at_which_record(signed_in, at_desk, amber):
    at_desk.get(f"/staff/residents/{amber.pk}/")
    at_manager = signed_in("manager")
    rows = Reading(at_manager.get("/staff/record-views/")).texts("tr")

    assert rows[1] == f"23 Nov 2026, 13:00desk deskresidentRecord {amber.pk}"
    assert "Nobody looked." in Reading(at_manager.get("/staff/record-views/?who=other_desk")).words
    for query in ("who=desk", f"resident={amber.pk}", "resident=²", "page=²", "who=" + "x" * 999):
        assert at_manager.get(f"/staff/record-views/?{query}").status_code == 200
    assert at_desk.get("/staff/record-views/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_takes_as_many_queries_for_one_row_as_for_three(
    at_desk, add, log, number, django_assert_num_queries
):
    for each in range(number):
        resident = add(name=f"Amber {each}")
        for _ in range(number):
            log(resident=resident)
    at_desk.post("/staff/residents/", {"q": "amber"})
    at_desk.get("/staff/residents/")
    # session, officer; residents, their histories and what of them opens, enquiries, noting the looks
    probes = 4 if connection.vendor == "postgresql" else 0
    with django_assert_num_queries(7 + probes):
        assert at_desk.get("/staff/residents/").status_code == 200


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202erebmA", "🏠" * 100, "x" * 100_000, "a\x00b", "'"]
)
def test_hostile_text_breaks_nothing(at_desk, text):
    made = at_desk.post("/staff/residents/add/", typed(name=text))
    found = at_desk.post("/staff/residents/", {"q": text})

    assert (made.status_code in (302, 422), found.status_code) == (True, 302)
    assert b"<script>alert" not in at_desk.get("/staff/residents/").content
    assert [each.name for each in Resident.objects.all() if "\u202e" in each.name] == []
