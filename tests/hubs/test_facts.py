"""What the shipped file of facts says."""

from __future__ import annotations

import re

from django.core.management import call_command

from hubs.facts import SHIPPED, read_facts
from hubs.models import Hub, Postcode


def test_shipped_facts_have_bengali_beside_every_english_text():
    facts = read_facts()
    missing = [
        (fact.place, name)
        for group in (facts.services, facts.facilities, facts.hubs, facts.topics)
        for fact in group
        for name, value in fact.columns.items()
        if name.endswith("_en") and value and not fact.columns[name.removesuffix("en") + "bn"]
    ]
    assert missing == []


def test_shipped_bengali_is_written_in_bengali_with_western_digits():
    text = SHIPPED.read_text(encoding="utf-8")
    assert re.findall("[০-৯]", text) == []
    latin_only = [
        (fact.place, name, value)
        for fact in [*read_facts().topics, *read_facts().hubs]
        for name, value in fact.columns.items()
        if name.endswith("_bn") and not all(re.search("[\u0980-\u09ff]", line) for line in value.splitlines())
    ]
    assert latin_only == []


def test_shipped_numbers_are_the_same_in_both_languages():
    differing = [
        (fact.place, name)
        for fact in [*read_facts().topics, *read_facts().hubs]
        for name, value in fact.columns.items()
        if name.endswith("_en")
        and [re.findall(r"\d+", line) for line in value.splitlines()]
        != [re.findall(r"\d+", line) for line in fact.columns[name.removesuffix("en") + "bn"].splitlines()]
    ]
    assert differing == []


def test_shipped_hubs_stand_where_their_postcodes_are(db):
    call_command("import_postcodes", str(SHIPPED.with_name("postcodes.csv.gz")), verbosity=0)
    call_command("load_hubs", verbosity=0)
    far = {}
    for hub in Hub.objects.all():
        postcode = Postcode.objects.get(pk=hub.postcode)
        metres = ((hub.easting - postcode.easting) ** 2 + (hub.northing - postcode.northing) ** 2) ** 0.5
        assert postcode.in_borough
        if metres:
            far[hub.slug] = round(metres)
    # Cubitt Town Library stands at its building, the others at the middle of their postcode.
    assert far.keys() == {"cubitt-town"}
    assert far["cubitt-town"] < 100


def test_shipped_topics_link_only_to_the_council_home_page():
    # Deeper addresses have not been checked; a dead link would send a resident nowhere.
    links = {topic.columns.get("online_url") for topic in read_facts().topics}
    assert links == {None, "https://www.towerhamlets.gov.uk/"}


def test_shipped_domestic_abuse_topic_gives_the_emergency_numbers():
    topic = next(topic for topic in read_facts().topics if topic.slug == "domestic-abuse")
    for language in ("en", "bn"):
        first, second = topic.columns[f"urgent_{language}"].splitlines()
        assert re.findall(r"\d[\d ]*\d", first) == ["999", "55"]
        assert re.findall(r"\d[\d ]*\d", second) == ["0808 2000 247"]


def test_shipped_topics_that_can_be_urgent_say_so():
    urgent = {topic.slug for topic in read_facts().topics if topic.columns.get("urgent_en")}
    assert urgent == {"housing", "domestic-abuse"}
