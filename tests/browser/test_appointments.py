"""Booking in a real browser: with and without script, in both languages, narrow, and at the desk."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from appointments import actions
from appointments.models import Booking, Hold, Slot
from enquiries.models import Visit
from hubs.models import OpeningPeriod
from hubs.opening import LONDON
from tests.browser.rules import broken_rules, wider_than_the_screen
from tests.browser.test_online import NARROW, resident
from tests.browser.visits import loaded_fonts

__all__ = ["resident"]
"""A fixture of the online questions' tests."""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FINDINGS = 8
FIELDS_BELOW = 6
"""Fields above the last one that lie below the warning's own place."""


@pytest.fixture
def planned(topics, hubs, people) -> Slot:
    """The Town Hall sees somebody at every hour, day and night; returns a slot two days from now."""
    at = datetime.now(UTC)
    OpeningPeriod.objects.filter(hub=hubs["town-hall"]).delete()
    OpeningPeriod.objects.bulk_create(
        OpeningPeriod(hub=hubs["town-hall"], weekday=day, opens=time(0), closes=time(0)) for day in range(7)
    )
    for weekday in range(7):
        actions.save_plan(
            hub=hubs["town-hall"],
            weekday=weekday,
            starts=time(0),
            ends=time(0),
            minutes=60,
            desks=1,
            days_ahead=10,
            notice_minutes=0,
            starts_on=date(2026, 1, 1),
            by=people["manager"],
            at=at - timedelta(hours=2),
        )
    return Slot.objects.filter(starts_at__gt=at + timedelta(days=2)).earliest("starts_at")


def choose(page: Page, number: int = 0) -> None:
    page.locator(".hub-day").nth(2).click()
    page.locator("button.hub-time").nth(number).click()
    # The clock of the next page is read by its script, which runs before the page is loaded.
    page.wait_for_load_state()


def fill_in(page: Page) -> None:
    page.locator("#id_name").fill("Rahima Begum")
    page.locator("#id_phone").fill("07700 900123")
    page.locator("#id_postcode").fill("e143hg")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_a_booking_from_the_topic_to_cancelling_it(resident, planned, prefix, script):
    page = resident(f"{prefix}/appointments/", script=script)
    page.locator(".hub-about").first.click()
    choose(page)
    fill_in(page)
    page.locator("#id_words").fill("The ceiling leaks.")
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").click()
    booking = Booking.objects.get()
    expect(page.locator(".hub-ticket__code")).to_have_text(booking.shown_reference)

    page.goto(f"{prefix}/appointments/manage/")
    page.locator("#id_reference").fill(booking.shown_reference.lower())
    page.locator("#id_second_fact").fill("E14 3HG")
    page.locator("main form button").click()
    page.locator(".govuk-button--secondary").click()
    page.locator(".govuk-button--warning").click()
    expect(page.locator(".hub-answer--closed")).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == "cancelled"


@pytest.mark.parametrize("script", [True, False])
def test_back_to_the_times_keeps_the_next_one_instead_of_the_first(resident, planned, script):
    page = resident("/appointments/housing/", script=script)
    choose(page)
    for number in (1, 2):
        page.go_back()
        page.locator("button.hub-time").nth(number).click()
        expect(page.locator("#id_name")).to_be_visible()

    assert Hold.objects.live().count() == 1
    page.get_by_role("button", name="Choose another time").click()
    page.get_by_role("button", name="Go on with this time").click()
    expect(page.locator("#id_name")).to_be_visible()
    assert Hold.objects.live().count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_back_from_checking_finds_everything_as_it_was_typed(resident, planned, script):
    page = resident("/appointments/housing/", script=script)
    choose(page)
    fill_in(page)
    page.locator("main button[value=check]").click()
    expect(page.locator("h1")).to_have_text("Check your appointment")
    page.go_back()
    expect(page.locator("#id_name")).to_have_value("Rahima Begum")
    page.locator("main button[value=check]").click()
    expect(page.locator("h1")).to_have_text("Check your appointment")
    page.get_by_role("button", name="Your details").click()
    expect(page.locator("#id_postcode")).to_have_value("E14 3HG")

    assert Hold.objects.live().count() == 1


def test_enter_continues_and_the_other_language_keeps_what_was_typed(resident, planned):
    page = resident("/appointments/housing/")
    choose(page)
    fill_in(page)
    page.get_by_role("button", name="বাংলা").click()
    expect(page.locator("html")).to_have_attribute("lang", "bn")
    expect(page.locator("#id_name")).to_have_value("Rahima Begum")
    page.locator("#id_name").press("Enter")
    expect(page.locator("button[value=send]")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "bn")


def test_enter_continues_on_the_online_question_too(resident, topics):
    page = resident("/ask/")
    page.locator("#id_name").fill("Rahima Begum")
    page.locator("#id_name").press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_somebody_is_warned_in_time_and_keeps_the_time_longer(resident, planned):
    page = resident("/appointments/housing/")
    page.clock.install()
    choose(page)
    fill_in(page)
    left = page.locator("[data-hub-kept-left]")
    expect(left).to_be_empty()
    page.clock.fast_forward("08:30")
    expect(left).to_contain_text("Do you need longer?")
    assert broken_rules(page) == {}
    page.get_by_role("button", name="Keep it 10 minutes longer").click()
    expect(page.locator("#id_name")).to_have_value("Rahima Begum")
    # Who asked hears until when, and goes on from there.
    expect(page.locator("#kept")).to_be_focused()
    assert Hold.objects.get().extended == 1


@pytest.mark.parametrize(
    ("prefix", "still_kept", "over"),
    [
        ("", "We keep this time", "It may still be free: keep it again or choose another time."),
        ("/bn", "রাখা থাকবে", "এটি এখনও খালি থাকতে পারে: আবার রাখুন বা অন্য সময় বেছে নিন।"),
    ],
)
def test_a_time_that_was_kept_is_no_longer_said_to_be(resident, planned, prefix, still_kept, over):
    page = resident(f"{prefix}/appointments/housing/")
    page.clock.install()
    choose(page)
    until = Hold.objects.get().expires_at.astimezone(LONDON)
    page.clock.fast_forward("10:30")
    panel = page.locator(".hub-kept p")
    expect(panel).to_contain_text(over)
    assert still_kept not in panel.inner_text()
    assert f"{until:%H:%M}" in panel.inner_text()
    assert broken_rules(page) == {}


def test_somebody_who_can_keep_it_no_longer_is_not_asked_whether_they_need_to(resident, planned):
    page = resident("/appointments/housing/", viewport=NARROW)
    page.clock.install()
    choose(page)
    Hold.objects.update(extended=Hold.MOST_EXTENSIONS - 1)
    page.get_by_role("button", name="Keep it 10 minutes longer").click()
    kept, left = page.locator(".hub-kept"), page.locator("[data-hub-kept-left]")
    expect(kept).to_contain_text("We cannot keep it longer than that.")
    expect(kept.locator("button")).to_have_count(0)
    page.clock.fast_forward("18:30")
    expect(left).to_have_text("Your time is kept for less than 2 more minutes.")
    assert (broken_rules(page), wider_than_the_screen(page)) == ({}, 0)
    page.clock.fast_forward("02:00")
    expect(left).to_have_text("Your time may go to somebody else now.")


COVERED = """() => {
    const bar = document.querySelector(".hub-kept").getBoundingClientRect()
    const field = document.activeElement.getBoundingClientRect()
    return {top: bar.top, share: bar.height / innerHeight, covers: field.top < bar.bottom && field.bottom > 0}
}"""


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_on_a_phone_the_warning_stands_above_what_somebody_writes_and_covers_no_field(
    resident, planned, prefix
):
    page = resident(f"{prefix}/appointments/housing/", viewport=NARROW)
    page.clock.install()
    choose(page)
    fill_in(page)
    page.locator("#id_words").press_sequentially("The ceiling leaks.")
    page.clock.fast_forward("08:30")
    expect(page.locator("[data-hub-kept-left]")).not_to_be_empty()
    page.locator("#id_words").press("End")
    stops = []
    for _ in range(FIELDS_BELOW):
        stops.append(page.evaluate(COVERED))
        page.keyboard.press("Shift+Tab")
    page.clock.fast_forward("02:00")
    when_over = page.evaluate(COVERED)

    assert (when_over["top"], when_over["share"] < 1 / 3) == (0, True)
    assert [each["top"] for each in stops] == [0] * FIELDS_BELOW
    assert max(each["share"] for each in stops) < 1 / 3
    assert [each["covers"] for each in stops] == [False] * FIELDS_BELOW
    assert (broken_rules(page), wider_than_the_screen(page)) == ({}, 0)


def test_the_warning_stays_in_its_place_where_the_screen_is_low(resident, planned):
    page = resident("/appointments/housing/", viewport={"width": 320, "height": 256})
    page.clock.install()
    choose(page)
    page.clock.fast_forward("08:30")
    expect(page.locator("[data-hub-kept-left]")).not_to_be_empty()
    page.locator("#id_words").focus()

    assert page.evaluate(COVERED)["top"] < 0


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_pages_that_only_forms_lead_to_are_accessible_and_fit_a_phone(resident, planned, settings, prefix):
    """Those that an address leads to are visited with all public pages."""
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 2
    page = resident(f"{prefix}/appointments/", viewport=NARROW)
    found = {}

    def look(name: str) -> None:
        found[name] = (broken_rules(page), wider_than_the_screen(page))

    page.goto(f"{prefix}/appointments/housing/")
    choose(page)
    look("details")
    page.locator("main button[value=check]").click()
    look("mistakes")
    fill_in(page)
    page.locator("main button[value=check]").click()
    look("check")
    page.locator("main button[formaction*=housing]").click()
    look("times with what was typed")
    page.locator("nav button[formaction$='/housing/']").click()
    look("days with what was typed")
    page.locator("button.hub-day").nth(2).click()
    page.locator("button.hub-time").first.click()
    page.locator("main button[value=check]").click()
    Slot.objects.update(withdrawn_at=datetime.now(UTC), withdrawn_because="day")
    Hold.objects.update(ended_at=datetime.now(UTC), end="withdrawn")
    page.locator("button[value=send]").click()
    look("nothing free")
    Slot.objects.update(withdrawn_at=None, withdrawn_because="", booked=0)
    page.goto(f"{prefix}/appointments/domestic-abuse/")
    choose(page, 1)
    look("private")
    page.goto(f"{prefix}/appointments/housing/")
    choose(page, 2)
    page.goto(f"{prefix}/appointments/housing/")
    choose(page, 3)
    look("too many")
    settings.HOLDS_PER_ADDRESS_AT_ONCE = 10
    page.locator("main form .govuk-button").click()
    fill_in(page)
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").click()
    assert Booking.objects.count() == 1

    assert found == dict.fromkeys(found, ({}, 0))
    assert len(found) == FINDINGS


@pytest.fixture
def desk_page(resident, people, hubs, planned):
    """The Town Hall's officer, signed in."""
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()

    def opened(path: str, **options) -> Page:
        page = resident("/staff/sign-in/", **options)
        page.locator("[name=username]").fill("desk")
        page.locator("[name=password]").fill("correct horse battery")
        page.locator("main form button").click()
        page.goto(path)
        return page

    return opened


@pytest.fixture
def expected(planned, topics, people) -> Booking:
    """Somebody with an appointment in the hour that has begun, which is of today whatever the time is."""
    today = Slot.objects.filter(starts_at__lte=datetime.now(UTC)).latest("starts_at")
    return actions.book(
        token="8d0f8c5e-8f3f-4f3e-9a70-4f4c6e0f0a11",
        slot=today,
        topic=topics["housing"],
        language="bn",
        interpreter=True,
        needs="wheelchair",
        channel="desk",
        by=people["desk"],
        at=today.starts_at - timedelta(minutes=1),
        name="Karim Ali",
        phone="07700 900555",
    ).booking


def test_one_key_at_the_desk_checks_somebody_in(desk_page, expected):
    page = desk_page(f"/staff/appointments/?day={expected.service_day}")
    expect(page.locator(".hub-need").first).to_have_text("Interpreter: Bengali (বাংলা)")
    assert (broken_rules(page), wider_than_the_screen(page)) == ({}, 0)
    page.keyboard.press("1")
    expect(page.locator("[data-status=arrived]")).to_be_visible()
    assert Visit.objects.get().state == "waiting"


def test_late_is_noted_and_undone_with_the_keyboard(desk_page, expected):
    page = desk_page(f"/staff/appointments/?day={expected.service_day}")
    late, undo = (
        page.get_by_role("button", name=f"{words} {expected.shown_reference}", exact=True)
        for words in ("Late", "Undo late")
    )
    for before, after, key in ((late, undo, "Enter"), (undo, late, "Space")):
        # Focus is on "Arrived", the button before it.
        page.keyboard.press("Tab")
        expect(before).to_be_focused()
        assert broken_rules(page) == {}
        page.keyboard.press(key)
        expect(after).to_be_visible()
        expect(before).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_the_page_lands_on_who_was_found(desk_page, topics, script):
    page = desk_page(f"/staff/appointments/book/?topic={topics['housing'].pk}", script=script)
    page.locator("#id_name").fill("Nobody Known")
    page.get_by_role("button", name="Find earlier visits").click()
    found = page.locator("#found")
    expect(found).to_have_text("No record is found by that.")
    expect(found).to_be_in_viewport()
    expect(found).to_be_focused()


def test_a_bengali_name_is_drawn_in_its_own_letters_at_the_desk(desk_page, topics, people, planned):
    page = desk_page(f"/staff/appointments/?day={planned.service_day}")
    assert "Bengali" not in loaded_fonts(page)
    actions.book(
        token=uuid.uuid4(),
        slot=planned,
        topic=topics["housing"],
        language="bn",
        channel="desk",
        by=people["desk"],
        at=datetime.now(UTC),
        name="রহিমা বেগম",
        phone="07700 900555",
    )
    page.reload()

    expect(page.get_by_text("রহিমা বেগম").first).to_be_visible()
    assert "Bengali" in loaded_fonts(page)
