"""What the public pages say, in both languages: hours, whereabouts, appointments, what is not known."""

from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.utils import translation

from hubs import bank_holidays, wording
from hubs.access import Access
from hubs.bilingual import LocalText
from hubs.models import DatedHours, Facility, Hub, HubFacility, Notice
from hubs.opening import DatedDay, Period, Schedule, status_at
from hubs.templatetags.hubs import lines, with_phone_links
from tests.conftest import MONDAY_NOON, make_hub

SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MONDAY_EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
OFFICE = {day: (Period(time(9), time(17)),) for day in range(5)}
NBSP = "\u00a0"


class _Text(HTMLParser):
    """The words of a page's main part, one space between any two."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.inside = self.inside or tag == "main"

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "main"

    def handle_data(self, data):
        if self.inside:
            self.words += data.replace(NBSP, " ").split()


def text_of(response) -> str:
    reader = _Text()
    reader.feed(response.content.decode())
    return " ".join(reader.words).replace(" .", ".").replace(" ,", ",")


def status(at, week=None, dated=None, holidays=None):
    names = holidays or {}
    return status_at(Schedule(OFFICE if week is None else week, dated or {}, {}, names.get), at)


def _dated(on, reason_en="", reason_bn="", periods=()):
    row = DatedHours(on=on, closed=not periods, reason_en=reason_en, reason_bn=reason_bn)
    return {on: DatedDay(periods, row)}


LUNCH_BREAK = {0: (Period(time(9), time(12)), Period(time(14), time(17)))}


@pytest.mark.parametrize(
    ("now", "english", "bengali"),
    [
        (status(MONDAY_NOON), "Open until 17:00", "17:00 পর্যন্ত খোলা"),
        (status(MONDAY_NOON, LUNCH_BREAK), "Closed. Opens 14:00", "বন্ধ। খুলবে 14:00"),
        (status(SUNDAY), "Closed. Opens Monday at 09:00", "বন্ধ। খুলবে সোমবার 09:00"),
        (status(MONDAY_NOON, {}), "Closed", "বন্ধ"),
        (status(MONDAY_NOON, {0: (Period(time(9), time(0)),)}), "Open until midnight", "মধ্যরাত পর্যন্ত খোলা"),
        (status(MONDAY_NOON, {day: (Period(time(0), time(0)),) for day in range(7)}), "Open", "খোলা"),
        (
            status(MONDAY_NOON, {0: (Period(time(9), time(0)),), 1: (Period(time(0), time(2)),)}),
            "Open until Tuesday at 02:00",
            "মঙ্গলবার 02:00 পর্যন্ত খোলা",
        ),
        (
            status(MONDAY_NOON, {6: (Period(time(9), time(17)),)}),
            "Closed. Opens Sunday at 09:00",
            "বন্ধ। খুলবে রবিবার 09:00",
        ),
        (
            status(MONDAY_EVENING, {0: (Period(time(9), time(17)),)}),
            f"Closed. Opens Monday 30{NBSP}November at 09:00",
            f"বন্ধ। খুলবে সোমবার 30{NBSP}নভেম্বর 09:00",
        ),
        (
            status(MONDAY_NOON, holidays={date(2026, 11, 23): "Christmas Day"}),
            "Closed for Christmas Day. Opens Tuesday at 09:00",
            "বন্ধ (বড়দিন)। খুলবে মঙ্গলবার 09:00".replace("\u09dc", "\u09a1\u09bc"),
        ),
        (
            status(MONDAY_NOON, {}, _dated(date(2026, 11, 23), "staff training", "প্রশিক্ষণ")),
            "Closed for staff training",
            "বন্ধ (প্রশিক্ষণ)",
        ),
        (
            status(MONDAY_NOON, dated=_dated(date(2026, 11, 23))),
            "Closed. Opens Tuesday at 09:00",
            "বন্ধ। খুলবে মঙ্গলবার 09:00",
        ),
    ],
)
def test_a_status_is_said_in_both_languages(now, english, bengali):
    assert wording.status_words(now) == english
    with translation.override("bn"):
        assert wording.status_words(now) == bengali


def test_a_reason_in_english_keeps_its_language_on_a_bengali_page_and_is_escaped():
    now = status(MONDAY_NOON, {}, _dated(date(2026, 11, 23), "<b>training</b>"))
    assert wording.status_words(now) == "Closed for &lt;b&gt;training&lt;/b&gt;"
    with translation.override("bn"):
        assert wording.status_words(now) == 'বন্ধ (<span lang="en">&lt;b&gt;training&lt;/b&gt;</span>)'


def test_an_open_hub_with_special_hours_says_no_reason_in_its_status():
    short = (Period(time(9), time(13)),)
    now = status(MONDAY_NOON, dated=_dated(date(2026, 11, 23), "short day", periods=short))
    assert wording.status_words(now) == "Open until 13:00"


def test_a_bank_holiday_we_have_no_words_for_keeps_its_english_name():
    day = status(MONDAY_NOON, holidays={date(2026, 11, 23): "Royal Wedding"}).day
    with translation.override("bn"):
        assert wording.reason_words(day) == '<span lang="en">Royal Wedding</span>'


def test_every_bank_holiday_is_worded():
    assert set(wording.BANK_HOLIDAYS) == bank_holidays.NAMES


@pytest.mark.parametrize(
    ("periods", "english", "bengali"),
    [
        ((), "Closed", "বন্ধ"),
        ((Period(time(9), time(17)),), "09:00 to 17:00", "09:00 থেকে 17:00"),
        (LUNCH_BREAK[0], "09:00 to 12:00, 14:00 to 17:00", "09:00 থেকে 12:00, 14:00 থেকে 17:00"),
        ((Period(time(9), time(0)),), "09:00 to midnight", "09:00 থেকে মধ্যরাত"),
    ],
)
def test_the_hours_of_a_day_are_said_in_both_languages(periods, english, bengali):
    day = Schedule({0: periods}, {}, {}).day(date(2026, 11, 23))
    assert wording.hours_words(day).replace(NBSP, " ") == english
    with translation.override("bn"):
        assert wording.hours_words(day).replace(NBSP, " ") == bengali


def test_months_and_weekdays_are_bengali_on_bengali_pages():
    with translation.override("bn"):
        said = [wording.date_words(date(2026, month, 1)).replace(NBSP, " ") for month in range(1, 13)]
    assert said == [
        "বৃহস্পতিবার 1 জানুয়ারি".replace("\u09df", "\u09af\u09bc"),
        "রবিবার 1 ফেব্রুয়ারি".replace("\u09df", "\u09af\u09bc"),
        "রবিবার 1 মার্চ",
        "বুধবার 1 এপ্রিল",
        "শুক্রবার 1 মে",
        "সোমবার 1 জুন",
        "বুধবার 1 জুলাই",
        "শনিবার 1 আগস্ট",
        "মঙ্গলবার 1 সেপ্টেম্বর",
        "বৃহস্পতিবার 1 অক্টোবর",
        "রবিবার 1 নভেম্বর",
        "মঙ্গলবার 1 ডিসেম্বর",
    ]


@pytest.mark.parametrize(("minutes", "said"), [(1, "1 minute’s walk"), (12, "12 minutes’ walk")])
def test_a_walk_is_counted_in_minutes(minutes, said):
    assert wording.walk_words(minutes).replace(NBSP, " ") == said


@pytest.mark.parametrize(("metres", "said"), [(1, "1 metre"), (850, "850 metres"), (1250, "1,250 metres")])
def test_a_distance_is_counted_in_metres(metres, said):
    assert wording.metres_words(metres).replace(NBSP, " ") == said


def test_phone_numbers_in_a_text_can_be_tapped_and_the_rest_stays_escaped():
    text = LocalText("Call 999 or 0808 2000 247 <now>, PCN 0123456789, 1999.", "en")
    assert with_phone_links(text) == (
        'Call <a class="govuk-link hub-phone" href="tel:999">999</a> or '
        '<a class="govuk-link hub-phone" href="tel:08082000247">0808 2000 247</a> &lt;now&gt;, '
        "PCN 0123456789, 1999."
    )


def test_lines_keep_their_language_and_lose_blanks():
    assert [(each.plain, each.lang) for each in lines(LocalText(" One \n\n Two", "en"))] == [
        ("One", "en"),
        ("Two", "en"),
    ]


def _find(client, at, **query):
    with time_machine.travel(at, tick=False):
        return client.get("/find/", query)


def test_the_headline_names_the_nearest_walk_in_hub_open_now(client, topics, postcodes):
    assert "The nearest walk-in hub open now is Cubitt-Town hub, 1 minute’s walk." in text_of(
        _find(client, MONDAY_NOON, postcode="e143hg")
    )


def test_the_headline_says_which_hub_is_next_to_open_when_none_is(client, topics, postcodes):
    said = text_of(_find(client, SUNDAY, postcode="E14 3HG"))
    assert (
        "No walk-in hub is open now. Next to open: Cubitt-Town hub, Monday at 09:00, 1 minute’s walk." in said
    )


def test_the_headline_passes_by_a_nearer_hub_that_is_closed(client, topics, postcodes):
    Hub.objects.get(slug="cubitt-town").opening_periods.all().delete()
    said = text_of(_find(client, MONDAY_NOON, postcode="E14 3HG"))
    assert "The nearest walk-in hub open now is Bow hub, 70 minutes’ walk." in said
    assert "Cubitt-Town hub is nearer (1 minute’s walk). Closed." in said


def test_a_nearer_hub_by_appointment_is_named_with_how_to_book(client, hubs, postcodes):
    said = text_of(_find(client, MONDAY_NOON, postcode="E1 6AN"))
    assert (
        "Town-Hall hub is nearer (23 minutes’ walk), but by appointment only. "
        "Book online or call 020 7364 5000." in said
    )


def test_a_topic_that_needs_an_appointment_says_so_first(client, topics, postcodes):
    said = text_of(_find(client, MONDAY_NOON, postcode="E14 3HG", topic="benefits"))
    assert "You need an appointment for this. The nearest hub is Bow hub, 70 minutes’ walk." in said


def test_a_topic_no_hub_offers_says_so(client, topics, postcodes):
    topics["benefits"].offers.all().delete()
    said = text_of(_find(client, MONDAY_NOON, postcode="E14 3HG", topic="benefits"))
    assert "No hub helps with this topic at the moment." in said


@pytest.mark.parametrize(
    ("typed", "status_code", "sentence"),
    [
        ("E14 3HG", 200, "Measured from E14 3HG."),
        ("E1 6AN", 200, "E1 6AN is outside Tower Hamlets."),
        ("E14 3AA", 200, "E14 3AA is an old postcode that is no longer used."),
        ("E14 9ZZ", 200, "We do not know E14 9ZZ."),
        ("E14", 422, "Enter your whole postcode, like E14 3HG."),
        ("hello", 422, "That is not a postcode. Enter one like E14 3HG."),
        ("", 422, "Enter your postcode."),
        ("E" * 10_000, 422, "That is too long for a postcode. Enter one like E14 3HG."),
    ],
)
def test_each_kind_of_postcode_has_its_own_sentence_and_the_hubs_follow(
    client, topics, postcodes, typed, status_code, sentence
):
    response = _find(client, MONDAY_NOON, postcode=typed)
    said = text_of(response)
    assert response.status_code == status_code
    assert sentence in said
    assert [name for name in ("Town-Hall hub", "Bow hub", "Cubitt-Town hub") if name not in said] == []


def test_choosing_only_a_topic_is_no_mistake(client, topics, postcodes):
    response = _find(client, MONDAY_NOON, topic="housing")
    assert response.status_code == 200
    assert "Enter your postcode." not in text_of(response)
    assert '<option value="housing" selected>' in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/hubs/", "/hubs/bow/", "/topics/housing/", "/find/"])
def test_hours_nobody_confirmed_are_called_unconfirmed_wherever_they_are_shown(client, topics, path):
    assert text_of(client.get(path)).count("Hours not yet confirmed") == 1


@pytest.mark.parametrize("path", ["/", "/hubs/", "/topics/housing/", "/find/"])
def test_a_hub_left_unconfirmed_among_confirmed_ones_says_so_itself(client, topics, path):
    Hub.objects.exclude(slug="bow").update(hours_checked_on=date(2026, 11, 1))
    said = text_of(client.get(path))
    assert said.count("Hours not yet confirmed: call 020 7364 5000 before you travel.") == 1
    Hub.objects.update(hours_checked_on=date(2026, 11, 1))


def test_confirmed_hours_are_not_called_unconfirmed(client, topics):
    Hub.objects.update(hours_checked_on=date(2026, 11, 1))
    assert "not yet confirmed" not in text_of(client.get("/hubs/bow/"))


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/hubs/bow/", "Hours confirmed on 22 November 2026."),
        ("/bn/hubs/bow/", "খোলার সময় নিশ্চিত করা হয়েছে 22 নভেম্বর 2026 তারিখে।"),
    ],
    ids=["en", "bn"],
)
def test_a_hub_page_says_when_its_hours_were_confirmed(client, hubs, path, sentence):
    Hub.objects.filter(slug="bow").update(hours_checked_on=date(2026, 11, 22))
    assert text_of(client.get(path)).count(sentence) == 1


def test_a_hub_page_names_no_day_for_hours_nobody_confirmed(client, hubs):
    assert "Hours confirmed on" not in text_of(client.get("/hubs/bow/"))


def test_an_unconfirmed_address_says_so_in_lists_and_on_the_hub_page(client, hubs):
    Hub.objects.filter(slug="bow").update(address_confirmed=False)
    assert "Street number not yet confirmed." in text_of(client.get("/"))
    said = text_of(client.get("/hubs/bow/"))
    assert "Street number not yet confirmed: call 020 7364 5000 if you cannot find us." in said


def test_the_hub_page_marks_today_names_closures_and_lists_14_dates(client, hubs):
    DatedHours.objects.create(on=date(2026, 12, 2), closed=True, reason_en="staff training")
    with time_machine.travel(MONDAY_NOON, tick=False):
        said = text_of(client.get("/hubs/bow/"))
    assert "Monday 23 November Today 09:00 to 17:00 Tuesday 24 November 09:00 to 17:00" in said
    assert "Wednesday 2 December Closed staff training" in said
    assert "Sunday 6 December Closed" in said
    assert "7 December" not in said


def test_the_hub_page_names_bank_holidays(client, hubs):
    with time_machine.travel(datetime(2026, 12, 21, 12, tzinfo=UTC), tick=False):
        said = text_of(client.get("/hubs/bow/"))
    assert "Friday 25 December Closed Christmas Day" in said
    assert "Monday 28 December Closed Boxing Day (substitute day)" in said


def test_an_appointment_only_hub_offers_the_phone_and_the_nearest_walk_in_hub(client, hubs):
    said = text_of(client.get("/hubs/town-hall/"))
    assert "You need an appointment for this hub. Book online or call 020 7364 5000." in said
    assert "No appointment? The nearest walk-in hub is Bow hub, 39 minutes’ walk from here." in said


def test_facilities_are_yes_no_or_please_ask(client, hubs):
    for position, available in enumerate(("yes", "no", "unknown")):
        facility = Facility.objects.create(slug=available, position=position, name_en=f"Thing {position}")
        HubFacility.objects.create(hub=hubs["bow"], facility=facility, available=available, note_en="")
    said = text_of(client.get("/hubs/bow/"))
    assert "Thing 0 Yes Thing 1 No Thing 2 Not known, please ask" in said
    assert "We do not know yet which languages staff here speak. Please ask." in said


def test_a_notice_shows_on_its_hub_while_it_lasts(client, hubs):
    Notice.objects.create(
        hub=hubs["bow"],
        text_en="Lift out of order",
        shows_from=MONDAY_NOON,
        shows_until=MONDAY_NOON + timedelta(hours=1),
    )
    seen = []
    for at in (MONDAY_NOON - timedelta(minutes=1), MONDAY_NOON, MONDAY_NOON + timedelta(hours=1)):
        with time_machine.travel(at, tick=False):
            seen.append("Lift out of order" in text_of(client.get("/hubs/bow/")))
    assert seen == [False, True, False]


def test_a_topic_page_says_before_anybody_travels_whether_an_appointment_is_needed(client, topics):
    said = text_of(client.get("/topics/housing/"))
    assert (
        "You can walk in to 2 hubs for this. No appointment needed. Town-Hall hub is by appointment only."
        in said
    )
    assert "You need an appointment for this. Please do not travel without one." in text_of(
        client.get("/topics/benefits/")
    )


@pytest.mark.parametrize(
    "path", ["/topics/domestic-abuse/", "/bn/topics/domestic-abuse/", "/find/?topic=domestic-abuse"]
)
def test_a_sensitive_topic_has_a_way_out_that_needs_no_script(client, topics, path):
    way_out = 'href="https://www.bbc.co.uk/weather" rel="nofollow noreferrer"'
    assert client.get(path).content.decode().count(way_out) == 1


def test_other_topics_have_no_exit_button(client, topics):
    assert "Exit this page" not in text_of(client.get("/topics/housing/"))


def test_a_hub_named_only_in_english_is_marked_as_english_on_a_bengali_page(client, hubs):
    make_hub("new", 9, easting=536000, northing=181000, name_en="New hub", name_bn="", access=Access.WALK_IN)
    assert '<span lang="en">New hub</span>' in client.get("/bn/hubs/").content.decode()
