"""The finder's page: every shape of postcode, every answer, and what is said when nothing fits."""

from datetime import UTC, date, datetime, time
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from hubs import kept
from hubs.access import Access
from hubs.models import DatedHours, Hub, OpeningPeriod, Topic, TopicOffer
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

pytestmark = pytest.mark.django_db

BOTH_LANGUAGES = pytest.mark.parametrize("language", ["", "/bn"], ids=["en", "bn"])
DISTANCES_FROM_E14_3HG = [
    "1 minute’s walk (0 metres)",
    "67 minutes’ walk (4,091 metres)",
    "70 minutes’ walk (4,284 metres)",
]
"""Cubitt Town, the Town Hall, Bow: metres by Pythagoras on the grid; minutes, 1.3 × metres / 80, rounded."""


@pytest.fixture
def site(hubs, topics, postcodes):
    """A Monday at noon in winter: all three hubs are open until 17:00."""
    with time_machine.travel(MONDAY_NOON, tick=False) as clock:
        yield clock


def find(postcode: str, topic: str = "", language: str = "") -> Reading:
    kept.forget()  # content changed since the last look, without being published
    with_topic = f"&topic={quote(topic)}" if topic else ""
    return Reading(Client().get(f"{language}/find/?postcode={quote(postcode)}{with_topic}"))


def listed_names(page: Reading) -> list[str]:
    return page.texts("hub-row__name")


def distances(page: Reading) -> list[str]:
    return [text for text in page.texts("p") if text.endswith("metres)")]


@pytest.mark.parametrize(
    "typed",
    [
        "E14 3HG",
        "e143hg",
        "E14-3HG",
        " e14   3hg ",
        "E14 3HG.",
        "EI4 3HG",
        "el4 3hg",
        "ই১৪ ৩এইচজি",
        "E১৪ ৩HG",
        "Ｅ１４３ＨＧ",
    ],
)
def test_find_reads_a_postcode_however_it_is_typed(site, typed):
    page = find(typed)

    assert page.status == 200
    assert page.headline == "The nearest walk-in hub open now is Cubitt-Town hub, 1 minute’s walk."
    assert "Measured from E14 3HG." in page.texts("p")
    assert listed_names(page) == ["Cubitt-Town hub", "Town-Hall hub", "Bow hub"]
    assert distances(page) == DISTANCES_FROM_E14_3HG


def test_find_reads_the_letter_o_for_nought(site, postcodes):
    postcodes["E14 3HG"].code = "E1 0AA"
    postcodes["E14 3HG"].save()

    assert "Measured from E1 0AA." in find("e1oaa").texts("p")


@BOTH_LANGUAGES
def test_find_outside_the_borough_says_so_and_answers_all_the_same(site, language):
    page = find("E1 6AN", language=language)

    assert page.status == 200
    assert len(distances(page)) == (0 if language else 3)
    assert [link for link in page.links() if "find-local-council" in link] == [
        "https://www.gov.uk/find-local-council"
    ]
    assert len(listed_names(page)) == 3
    if not language:
        assert (
            "E1 6AN is outside Tower Hamlets. Your own council may be the one to help you: "
            "find your council on GOV.UK." in page.texts("p")
        )
        assert page.headline == "The nearest walk-in hub open now is Bow hub, 58 minutes’ walk."
        assert "Town-Hall hub is nearer (23 minutes’ walk), but by appointment only." in page.texts("strong")


def test_find_no_longer_used_says_so_and_measures_from_where_it_was(site):
    page = find("E14 3AA")

    assert page.status == 200
    assert "E14 3AA is an old postcode that is no longer used. We measured from where it was." in page.texts(
        "p"
    )
    assert page.headline == "The nearest walk-in hub open now is Cubitt-Town hub, 3 minutes’ walk."


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "",
            "We do not know SW1A 1AA. Check that it is right. If it is right, it may be far from Tower "
            "Hamlets, and your own council may be the one to help you: find your council on GOV.UK.",
        ),
        (
            "/bn",
            "SW1A 1AA আমাদের জানা নেই। ঠিক লিখেছেন কি না, দেখুন। ঠিক হলে এটি হয়তো টাওয়ার হ্যামলেটস থেকে অনেক "
            "দূরে, আর আপনাকে হয়তো আপনার নিজের কাউন্সিল সাহায্য করতে পারবে: GOV.UK-এ আপনার কাউন্সিল খুঁজুন।",
        ),
    ],
    ids=["en", "bn"],
)
def test_find_unknown_says_so_and_names_where_to_find_ones_own_council(site, language, sentence):
    page = find("SW1A 1AA", language=language)

    assert sentence in page.texts("p")
    assert page.links().count("https://www.gov.uk/find-local-council") == 1


def test_find_unknown_says_so_and_lists_every_hub_without_distance(site):
    page = find("SW1A 1AA")

    assert page.status == 200
    assert (listed_names(page), distances(page)) == (["Town-Hall hub", "Bow hub", "Cubitt-Town hub"], [])
    assert page.all("hub-answer__headline") == []


@BOTH_LANGUAGES
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter your postcode."),
        ("   ", "Enter your postcode."),
        ("\u200b", "Enter your postcode."),
        ("E14", "Enter your whole postcode, like E14 3HG."),
        ("hello", "That is not a postcode. Enter one like E14 3HG."),
        ("12345", "That is not a postcode. Enter one like E14 3HG."),
        ("🏠🏠", "That is not a postcode. Enter one like E14 3HG."),
        ("E14 3HG²", "That is not a postcode. Enter one like E14 3HG."),
        ("<script>alert(1)</script>", "That is not a postcode. Enter one like E14 3HG."),
        ('"><img src=x onerror=alert(1)>', "That is not a postcode. Enter one like E14 3HG."),
        ("'; DROP TABLE hubs --", "That is not a postcode. Enter one like E14 3HG."),
        ("E" * 10_000, "That is too long for a postcode. Enter one like E14 3HG."),
    ],
)
def test_find_not_a_postcode_says_why_and_keeps_what_was_typed(site, typed, sentence, language):
    page = find(typed, language=language)

    assert page.status == 422
    control = page.one("#id_postcode")
    assert control.get("value", "") == typed
    assert (control.get("aria-invalid"), control.get("aria-describedby")) == (
        "true",
        "id_postcode-hint id_postcode-error",
    )
    assert [link.get("href") for link in page.one("govuk-error-summary").iter("a")] == ["#id_postcode"]
    assert len(listed_names(page)) == 3
    assert [each for each in page.all("script") if each.get("src") is None and each.text] == []
    assert [each.get("src") for each in page.all("img")] == [reverse("borough-map")]
    if not language:
        assert page.texts("govuk-error-summary__list") == [sentence]
        assert page.texts("govuk-error-message") == [f"Error: {sentence}"]


def test_find_with_an_error_says_so_in_the_title_first(site):
    titles = [" ".join(find(typed).one("title").text.split()) for typed in ("hello", "E14 3HG")]

    whole = "Your nearest hub - Residents’ Hubs - Tower Hamlets Council"
    assert titles == [f"Error: {whole}", whole]


@pytest.mark.parametrize("raw", ["%ED%A0%80", "%FF%FE", "%E0%A4", "%C0%AE"])
def test_find_bytes_that_are_no_text_are_no_postcode(site, raw):
    response = Client().get(f"/find/?postcode={raw}")

    assert response.status_code == 422
    assert Reading(response).one("#id_postcode").get("value") != ""


def test_find_with_a_nul_is_refused(site):
    assert Client().get("/find/?postcode=E14%003HG").status_code == 400


def test_find_without_a_question_asks_for_the_postcode_and_blames_nobody(site):
    page = Reading(Client().get("/find/"))

    assert (page.status, page.all("govuk-error-summary"), page.all("govuk-error-message")) == (200, [], [])
    assert len(listed_names(page)) == 3


def test_find_given_twice_takes_the_last(site):
    response = Client().get("/find/?postcode=hello&postcode=E14+3HG")

    assert "Measured from E14 3HG." in Reading(response).texts("p")


def test_find_by_topic_leaves_out_hubs_that_do_not_help_with_it(site, topics, hubs):
    TopicOffer.objects.filter(topic=topics["housing"], hub=hubs["cubitt-town"]).delete()
    page = find("E14 3HG", "housing")

    assert listed_names(page) == ["Town-Hall hub", "Bow hub"]
    assert page.headline == "The nearest walk-in hub open now is Bow hub, 70 minutes’ walk."
    assert "/topics/housing/" in page.links()


def test_find_topic_that_needs_an_appointment_says_so_before_anybody_travels(site):
    page = find("E14 3HG", "benefits")

    assert listed_names(page) == ["Bow hub"]
    assert page.headline == "You need an appointment for this. The nearest hub is Bow hub, 70 minutes’ walk."
    assert "Book online or call 020 7364 5000." in page.texts("p")
    assert page.texts("hub-access__rule") == ["By appointment only"]


def test_find_topic_only_at_the_town_hall_names_no_walk_in_hub(site):
    page = find("E14 3HG", "domestic-abuse")

    assert listed_names(page) == ["Town-Hall hub"]
    assert page.headline == (
        "You need an appointment for this. The nearest hub is Town-Hall hub, 67 minutes’ walk."
    )
    assert len(page.all("hub-exit")) == 1


def test_find_topic_offered_nowhere_says_so(site, topics):
    TopicOffer.objects.filter(topic=topics["benefits"]).delete()
    page = find("E14 3HG", "benefits")

    assert (page.status, listed_names(page)) == (200, [])
    assert "No hub helps with this topic at the moment." in page.texts("p")


@pytest.mark.parametrize("topic", ["nothing-like-it", "<script>", "housing' --", "ছ"])
def test_find_topic_we_do_not_have_is_told_and_the_postcode_kept(site, topic):
    page = find("E14 3HG", topic)

    assert page.status == 422
    assert [link.get("href") for link in page.one("govuk-error-summary").iter("a")] == ["#id_topic"]
    assert page.one("#id_postcode").get("value") == "E14 3HG"
    assert len(listed_names(page)) == 3


def test_find_retired_topic_is_one_we_do_not_have(site):
    Topic.objects.filter(slug="housing").update(retired_on=date(2026, 11, 23))

    assert find("E14 3HG", "housing").status == 422
    assert "Housing" not in find("E14 3HG").texts("option")


def test_find_retired_hub_is_not_found(site):
    Hub.objects.filter(slug="cubitt-town").update(retired_on=date(2026, 11, 23))

    assert listed_names(find("E14 3HG")) == ["Town-Hall hub", "Bow hub"]


def test_find_nearest_closed_for_lunch_names_the_nearest_open_and_the_nearer(site, hubs):
    OpeningPeriod.objects.filter(hub=hubs["cubitt-town"], weekday=0).update(closes=time(12))
    OpeningPeriod.objects.create(hub=hubs["cubitt-town"], weekday=0, opens=time(13), closes=time(17))
    page = find("E14 3HG")

    assert page.headline == "The nearest walk-in hub open now is Bow hub, 70 minutes’ walk."
    assert "Cubitt-Town hub is nearer (1 minute’s walk). Closed. Opens 13:00." in page.texts("p")
    assert page.texts("hub-status")[1:] == ["Closed. Opens 13:00", "Open until 17:00", "Open until 17:00"]


@pytest.mark.parametrize(
    ("at", "headline"),
    [
        (
            "2026-11-23T08:59:59",
            "No walk-in hub is open now. Next to open: Cubitt-Town hub, today at 09:00, ",
        ),
        (
            "2026-11-23T17:00:00",
            "No walk-in hub is open now. Next to open: Cubitt-Town hub, Tuesday at 09:00, ",
        ),
        (
            "2026-11-27T18:00:00",
            "No walk-in hub is open now. Next to open: Cubitt-Town hub, Monday at 09:00, ",
        ),
        (
            "2026-12-25T12:00:00",
            "No walk-in hub is open now. Next to open: Cubitt-Town hub, Tuesday at 09:00, ",
        ),
    ],
)
def test_find_with_nobody_open_says_which_hub_is_next_to_open(site, at, headline):
    site.move_to(datetime.fromisoformat(at).replace(tzinfo=UTC))

    assert find("E14 3HG").headline == f"{headline}1 minute’s walk."


def test_find_with_nobody_open_says_which_hub_is_next_to_open_in_bengali(site):
    site.move_to(datetime(2026, 11, 22, 12, tzinfo=UTC))

    assert find("E14 3HG", language="/bn").headline == (
        "অ্যাপয়েন্টমেন্ট ছাড়া যাওয়া যায়, এমন কোনো হাব এখন খোলা নেই। "
        "এরপর খুলবে: cubitt-town হাব, সোমবার 09:00, হেঁটে 1 মিনিট।"
    )


def test_find_with_nobody_open_names_the_next_to_open_even_when_another_is_nearer(site, hubs):
    site.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    OpeningPeriod.objects.filter(hub=hubs["bow"], weekday=0).update(opens=time(8))
    page = find("E14 3HG")

    assert page.headline == (
        "No walk-in hub is open now. Next to open: Bow hub, today at 08:00, 70 minutes’ walk."
    )
    assert "Cubitt-Town hub is nearer (1 minute’s walk). Closed. Opens 09:00." in page.texts("p")


def test_find_with_no_opening_in_sight_names_the_nearest_walk_in_hub(site):
    OpeningPeriod.objects.all().delete()
    page = find("E14 3HG")

    assert page.headline == ("No walk-in hub is open now. The nearest is Cubitt-Town hub, 1 minute’s walk.")
    assert page.texts("hub-status") == ["Closed"] * 4


def test_find_closed_for_a_dated_reason_is_told_with_the_reason(site, hubs):
    DatedHours.objects.create(hub=hubs["cubitt-town"], on=date(2026, 11, 23), reason_en="A burst <pipe>")
    statuses = find("E14 3HG").texts("hub-status")

    assert "Closed for A burst <pipe>. Opens Tuesday at 09:00" in statuses


def test_find_with_only_appointment_hubs_still_gives_the_nearest(site):
    Hub.objects.update(access=Access.APPOINTMENT_ONLY)

    assert find("E14 3HG").headline == (
        "You need an appointment for this. The nearest hub is Cubitt-Town hub, 1 minute’s walk."
    )


def test_find_without_any_hub_still_answers(site):
    Hub.objects.update(retired_on=date(2026, 1, 1))
    page = find("E14 3HG")

    assert (page.status, listed_names(page)) == (200, [])


def test_find_hours_nobody_confirmed_are_marked_wherever_they_show(site):
    page = find("E14 3HG")
    assert "Hours not yet confirmed: call 020 7364 5000 before you travel." in page.texts("p")
    assert page.texts("hub-unconfirmed") == ["Hours not yet confirmed. Call before you travel: 020 7364 5000"]

    Hub.objects.update(hours_checked_on=date(2026, 11, 1))
    assert "not yet confirmed" not in find("E14 3HG").words
