"""Loading the reviewed file of facts: complete, repeatable, and never against what administrators edited."""

from __future__ import annotations

import unicodedata
from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from hubs.access import Access
from hubs.facts import read_facts
from hubs.models import (
    ContentVersion,
    Facility,
    Hub,
    HubFacility,
    OpeningPeriod,
    Service,
    Topic,
    TopicCode,
    TopicOffer,
)

SMALL = """
[services.money]
name = ["Money", "টাকা"]
[facilities.lift]
position = 1
name = ["Lift", "লিফট"]
[hubs.north]
position = 1
name = ["North hub", "উত্তর হাব"]
street = "1 North Street"
postcode = "E3 5ES"
address_confirmed = true
easting = 536719
northing = 183372
latitude = 51.532709
longitude = -0.030272
location_basis = "made up"
access = "walk_in"
phone = "020 7364 5000"
[hubs.north.opening]
monday = ["09:00-12:30", "13:30-00:00"]
[hubs.north.facilities.lift]
available = "yes"
note = ["By the door", ""]
[hubs.south]
position = 2
name = ["South hub", "দক্ষিণ হাব"]
street = "2 South Street"
postcode = "E14 3HG"
address_confirmed = true
easting = 538113
northing = 179321
latitude = 51.495967
longitude = -0.011774
location_basis = "made up"
access = "appointment_only"
phone = "020 7364 5000"
[topics.debt]
position = 1
lgsl = [10, 11]
service = "money"
hubs = "all"
by_appointment_at = ["north"]
name = ["Debt", "ঋণ"]
summary = ["Owing money", "টাকা ধার"]
urgent = [["Call 999.", "999 নম্বরে ফোন করুন।"]]
help = [["We listen.", "আমরা শুনি।"], ["We help.", "আমরা সাহায্য করি।"]]
"""


@pytest.fixture
def small(tmp_path):
    """A file with two hubs, one topic, one service and one facility; `small(old=new)` changes words in it."""

    def write(*changes: tuple[str, str]) -> str:
        text = SMALL
        for old, new in changes:
            assert text.count(old) >= 1
            text = text.replace(old, new, 1)
        path = tmp_path / "facts.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def load(*words: str) -> str:
    out = StringIO()
    call_command("load_hubs", *words, stdout=out)
    return out.getvalue()


def refusal(path: str, *words: str) -> list[str]:
    with pytest.raises(CommandError) as refused:
        load(path, *words)
    first, *problems = str(refused.value).split("\n")
    assert first == "Nothing was changed."
    return problems


def version() -> int:
    return ContentVersion.objects.get().number


def counts() -> dict[str, int]:
    models = [Service, Facility, Hub, Topic, OpeningPeriod, HubFacility, TopicCode, TopicOffer]
    return {model.__name__: model.objects.count() for model in models}


SHIPPED_COUNTS = {
    "Service": 10,
    "Facility": 6,
    "Hub": 5,
    "Topic": 12,
    "OpeningPeriod": 25,
    "HubFacility": 30,
    "TopicCode": 18,
    "TopicOffer": 60,
}


def test_load_hubs_on_an_empty_database_brings_every_fact(db):
    before = version()
    load()
    assert counts() == SHIPPED_COUNTS
    assert version() == before + 1
    assert list(Hub.objects.values_list("position", "slug", "postcode", "access")) == [
        (1, "town-hall", "E1 1BJ", "appointment_only"),
        (2, "bethnal-green", "E2 6AB", "walk_in"),
        (3, "bow", "E3 5ES", "walk_in"),
        (4, "chrisp-street", "E14 6BT", "walk_in"),
        (5, "cubitt-town", "E14 3HG", "walk_in"),
    ]
    assert {hub.slug for hub in Hub.objects.all() if hub.hours_confirmed} == set()
    assert list(Hub.objects.filter(address_confirmed=False).values_list("slug", "opened_on")) == [
        ("bethnal-green", date(2023, 10, 2))
    ]
    assert set(
        OpeningPeriod.objects.values_list("weekday", "opens", "closes").order_by("weekday").distinct()
    ) == {(day, time(9), time(17)) for day in range(5)}


def test_load_hubs_brings_topics_with_their_codes_and_services(db):
    load()
    assert list(Topic.objects.filter(counted=True).values_list("slug", flat=True)) == [
        "housing",
        "council-tax",
        "parking",
        "benefits",
        "employment",
    ]
    assert list(Topic.objects.filter(sensitive=True).values_list("slug", flat=True)) == ["domestic-abuse"]
    assert [code.lgsl for code in Topic.objects.get(slug="housing").codes.all()] == [112, 92, 141]
    assert Topic.objects.get(slug="parking").service.slug == "parking"
    assert Topic.objects.get(slug="something-else").service is None
    assert set(TopicOffer.objects.values_list("access", flat=True)) == {Access.WALK_IN}


def test_load_hubs_says_yes_only_to_facilities_that_are_known(db):
    load()
    known = HubFacility.objects.exclude(available="unknown").values_list(
        "hub__slug", "facility__slug", "available"
    )
    assert set(known) == {("bow", "step-free-entrance", "yes"), ("bow", "hearing-loop", "yes")}
    noted = HubFacility.objects.get(hub__slug="bethnal-green", facility__slug="step-free-entrance")
    assert (noted.available, noted.note_en) == ("unknown", "There is a lift inside.")


def test_load_hubs_a_second_time_changes_nothing_and_publishes_nothing(db):
    load()
    before = version(), list(Hub.objects.values()), list(Topic.objects.values()), counts()
    assert load() == "Nothing to do: every hub, topic and service of the file is there.\n"
    assert load("--overwrite") == "Nothing to do: every hub, topic and service of the file is there.\n"
    assert (version(), list(Hub.objects.values()), list(Topic.objects.values()), counts()) == before


def test_load_hubs_keeps_what_was_edited_and_says_what_differs(db, small):
    path = small()
    load(path)
    Hub.objects.filter(slug="north").update(phone="020 7000 0000", hours_checked_on=date(2026, 11, 1))
    north = Hub.objects.get(slug="north")
    north.opening_periods.get(opens=time(9)).delete()
    TopicOffer.objects.get(hub__slug="south").delete()
    TopicCode.objects.create(topic=Topic.objects.get(), lgsl=99)
    before = version()
    assert load(path).splitlines() == [
        "These differ and are kept:",
        "  [hubs.north] phone: here “020 7000 0000”, in the file “020 7364 5000”",
        "  [hubs.north.opening] monday 09:00-12:30: is in the file, not here",
        "  [topics.debt] lgsl 99: is here, not in the file",
        "  [topics.debt] at south: is in the file, not here",
        "To set them back to the file: load_hubs --overwrite",
        "Nothing to do: every hub, topic and service of the file is there.",
    ]
    assert version() == before
    assert (north.opening_periods.count(), TopicOffer.objects.count(), TopicCode.objects.count()) == (1, 1, 3)


def test_load_hubs_with_overwrite_sets_back_what_the_file_says(db, small):
    path = small()
    load(path)
    Hub.objects.filter(slug="north").update(
        phone="020 7000 0000", hours_checked_on=date(2026, 11, 1), retired_on=date(2027, 1, 1)
    )
    north = Hub.objects.get(slug="north")
    north.opening_periods.get(opens=time(9)).delete()
    OpeningPeriod.objects.create(hub=north, weekday=0, opens=time(8), closes=time(10))
    TopicOffer.objects.get(hub__slug="north").delete()
    TopicCode.objects.create(topic=Topic.objects.get(), lgsl=99)
    before = version()
    assert load(path, "--overwrite").splitlines()[-3:] == [
        "Made: 1 × opening period, 1 × topic offer.",
        "Set back: 2 × hub.",
        "Removed: 1 × opening period, 1 × topic code.",
    ]
    north.refresh_from_db()
    assert version() == before + 1
    assert (north.phone, north.retired_on) == ("020 7364 5000", date(2027, 1, 1))
    # It was said of the hours that are gone.
    assert north.hours_checked_on is None
    assert [str(period) for period in north.opening_periods.all()] == [
        "Monday 09:00-12:30",
        "Monday 13:30-00:00",
    ]
    assert TopicOffer.objects.get(hub=north).access == Access.APPOINTMENT_ONLY
    assert [code.lgsl for code in TopicCode.objects.all()] == [10, 11]


def test_load_hubs_with_overwrite_leaves_alone_what_the_file_does_not_name(db, small):
    path = small()
    load(path)
    mine = Hub.objects.get(slug="south")
    mine.pk, mine.slug, mine.position = None, "mine", 7
    mine.save()
    lift = HubFacility.objects.get(hub__slug="south")
    lift.available = "no"
    lift.save()
    TopicOffer.objects.create(hub=mine, topic=Topic.objects.get())
    Hub.objects.filter(slug="north").update(languages_en="Somali")
    assert load(path, "--overwrite") == "Nothing to do: every hub, topic and service of the file is there.\n"
    lift.refresh_from_db()
    assert lift.available == "no"
    assert Hub.objects.get(slug="north").languages_en == "Somali"
    assert TopicOffer.objects.filter(hub=mine).count() == 1


def test_load_hubs_with_overwrite_lets_hubs_change_numbers(db, small):
    load(small())
    swapped = small(("position = 1\nname = [\"North", "position = 2\nname = [\"North"),
                    ("position = 2\nname = [\"South", "position = 1\nname = [\"South"))  # fmt: skip
    load(swapped, "--overwrite")
    assert list(Hub.objects.values_list("position", "slug")) == [(1, "south"), (2, "north")]


def test_load_hubs_adds_a_hub_that_is_new_in_the_file_and_nothing_that_was_taken_away(db, small):
    load(small())
    TopicOffer.objects.get(hub__slug="south").delete()
    west = SMALL[SMALL.index("[hubs.south]") : SMALL.index("[topics.debt]")]
    west = west.replace("south", "west").replace("position = 2", "position = 3")
    load(small(("[topics.debt]", west + "[topics.debt]")))
    assert list(Hub.objects.values_list("position", "slug")) == [(1, "north"), (2, "south"), (3, "west")]
    assert list(TopicOffer.objects.values_list("hub__slug", flat=True)) == ["north", "west"]
    assert HubFacility.objects.get(hub__slug="west").available == "unknown"


def test_load_hubs_dry_run_changes_nothing(db):
    before = version()
    assert load("--dry-run").splitlines()[-1] == "This was a dry run: nothing was changed."
    assert set(counts().values()) == {0}
    assert version() == before


def test_load_hubs_without_verbosity_says_nothing(db):
    assert load("--verbosity", "0") == ""


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('street = "1 North Street"\n', ""), "[hubs.north] street: is missing"),
        (('street = "1', 'stret = "1'), "[hubs.north] stret: is not a name that this file knows"),
        (("easting = 536719", 'easting = "536719"'), "[hubs.north] easting: should be a whole number"),
        (("easting = 536719", "easting = true"), "[hubs.north] easting: should be a whole number"),
        (('["Lift", "লিফট"]', '"Lift"'), '[facilities.lift] name: should be a pair: ["English", "বাংলা"]'),
        (('["Lift", "লিফট"]', '["Lift"]'), '[facilities.lift] name: should be a pair: ["English", "বাংলা"]'),
        (
            ('"E3 5ES"', '"e35es"'),
            '[hubs.north] postcode: "e35es" should be a whole postcode such as "E14 3HG"',
        ),
        (('"E3 5ES"', '"E3"'), '[hubs.north] postcode: "E3" should be a whole postcode such as "E14 3HG"'),
        (('"13:30-00:00"', '"12:00-17:00"'), "[hubs.north.opening] monday: two periods overlap"),
        (
            ('"13:30-00:00"', '"17:00-13:30"'),
            '[hubs.north.opening] monday: "17:00-13:30" should be a time of opening and a later one of '
            'closing: "09:00-17:00"',
        ),
        (
            ('monday = ["09:00-12:30", "13:30-00:00"]', 'monday = "09:00-17:00"'),
            '[hubs.north.opening] monday: should be a list such as ["09:00-12:30", "13:30-17:00"]',
        ),
        (("monday", "montag"), "[hubs.north.opening] montag: is not a name that this file knows"),
        (("[hubs.north.facilities.lift]", "[hubs.north.facilities.lif]"),
         "[hubs.north] facilities: there is no [facilities.lif]"),
        (('service = "money"', 'service = "cash"'), "[topics.debt] service: there is no [services.cash]"),
        (('by_appointment_at = ["north"]', 'by_appointment_at = ["west"]'),
         "[topics.debt] hubs: there is no [hubs.west]"),
        (('hubs = "all"', 'hubs = "every"'), '[topics.debt] hubs: should be "all" or a list of hubs'),
        (("[10, 11]", "[10, 10]"), "[topics.debt] lgsl: should be a list of codes below 10000, each once"),
        (("[10, 11]", "[10, 99999]"), "[topics.debt] lgsl: should be a list of codes below 10000, each once"),
        (('"আমরা শুনি।"', '""'),
         "[topics.debt] help: some lines have Bengali and some have none: give all or none"),
        (('"We listen."', '""'), "[topics.debt] help: a line has no English"),
        (("[services.money]", "[servces.money]"), "[servces] is not a table that this file knows"),
        # These the models refuse.
        (('access = "walk_in"', 'access = "whenever"'),
         "[hubs.north] access: Value 'whenever' is not a valid choice."),
        (('"020 7364 5000"', '"ring us"'), "[hubs.north] phone: Enter a phone number, like 020 7364 5000."),
        (('["North hub"', f'["{"N" * 101}"'),
         "[hubs.north] name_en: Ensure this value has at most 100 characters (it has 101)."),
        (('available = "yes"', 'available = "perhaps"'),
         "[hubs.north.facilities.lift] available: Value 'perhaps' is not a valid choice."),
        (('["North hub"', '[""'), "[hubs.north] name_en: This field cannot be blank."),
    ],
)  # fmt: skip
def test_load_hubs_with_a_wrong_fact_says_where_and_changes_nothing(db, small, change, problem):
    before = version()
    assert problem in refusal(small(change))
    assert set(counts().values()) == {0}
    assert version() == before


def test_load_hubs_with_two_hubs_of_one_number_names_both(db, small):
    assert refusal(small(("position = 2", "position = 1"))) == [
        "[hubs.south] position: [hubs.north] has the same number"
    ]


def test_load_hubs_with_several_faults_names_each(db, small):
    path = small(("easting = 536719", 'easting = "x"'), ("[10, 11]", '"x"'))
    assert refusal(path) == [
        "[hubs.north] easting: should be a whole number",
        "[topics.debt] lgsl: should be a list of whole numbers",
    ]


def test_load_hubs_with_a_number_that_another_hub_has_is_refused(db, small):
    load(small(("[hubs.south]", "[hubs.east]")))
    assert refusal(small()) == ["[hubs.south] position: Hub with this Position already exists."]
    assert list(Hub.objects.values_list("slug", flat=True)) == ["north", "east"]


def test_load_hubs_that_fails_in_the_middle_changes_nothing(db, small):
    load(small())
    Hub.objects.filter(slug="north").update(phone="020 7000 0000")
    before = version()
    # Topics come after hubs: the hub's phone has been set back by then.
    path = small(("lgsl = [10, 11]", 'phone = "ring us"\nlgsl = [10]'))
    assert refusal(path, "--overwrite") == ["[topics.debt] phone: Enter a phone number, like 020 7364 5000."]
    assert Hub.objects.get(slug="north").phone == "020 7000 0000"
    assert (version(), TopicCode.objects.count()) == (before, 2)


def test_load_hubs_with_a_file_that_cannot_be_read_says_so_in_one_sentence(db, tmp_path):
    latin, broken = tmp_path / "latin.toml", tmp_path / "broken.toml"
    latin.write_bytes('x = "é"'.encode("latin-1"))
    broken.write_text("[hubs")
    empty = tmp_path / "empty.toml"
    empty.write_text("")
    assert refusal(str(tmp_path / "none.toml")) == [
        f"{tmp_path}/none.toml cannot be read: No such file or directory."
    ]
    assert refusal(str(tmp_path)) == [f"{tmp_path} cannot be read: Is a directory."]
    assert refusal(str(latin)) == [f"{latin} is not text in UTF-8 (byte 6)."]
    assert len(refusal(str(broken))) == 1
    assert refusal(str(empty)) == [f"{empty} names no hub."]


def test_read_facts_brings_text_into_one_unicode_form(small):
    decomposed = unicodedata.normalize("NFD", "Café")
    facts = read_facts(Path(small(('["North hub"', f'["{decomposed}"'))))
    assert facts.hubs[0].columns["name_en"] == unicodedata.normalize("NFC", "Café")


def test_read_facts_puts_every_hub_in_the_place_of_all_the_stricter_rule_kept(small):
    (topic,) = read_facts(Path(small())).topics
    assert topic.offers == {"north": Access.APPOINTMENT_ONLY, "south": Access.WALK_IN}
