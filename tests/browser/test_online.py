"""A resident's way in a real browser: ask, check, go back, send, look up, say how it went."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from enquiries import stamps
from enquiries.models import Enquiry, Feedback, Resident
from tests.browser.rules import broken_rules, wider_than_the_screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 640}
STORY = "The ceiling leaks.\nছাদ থেকে পানি পড়ে।"


@pytest.fixture
def resident(browser, address, monkeypatch):
    """Open a page of the portal as a resident; `script` False for a browser without it."""
    monkeypatch.setattr(stamps, "TOO_YOUNG", timedelta(0))
    contexts, faults = [], []

    def opened(path: str, *, script: bool = True, **options) -> Page:
        context = browser.new_context(
            base_url=address, java_script_enabled=script, reduced_motion="reduce", **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def fill_in(page: Page) -> None:
    page.locator("#id_topic").select_option("housing")
    page.locator("#id_words").fill(STORY)
    page.locator("#id_reply_by_1").check()
    page.locator("#id_phone").fill("07700 900123")
    page.locator("#id_postcode").fill("e143hg")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_a_question_from_asking_to_feedback(resident, prefix, script):
    page = resident(f"{prefix}/ask/", script=script)
    fill_in(page)
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").click()
    enquiry = Enquiry.objects.get()
    expect(page.locator(".hub-answer__headline")).to_have_text(enquiry.shown_reference)
    assert (enquiry.words, enquiry.resident.phone) == (STORY, "07700 900123")

    page.goto(f"{prefix}/track/")
    page.locator("#id_reference").fill(enquiry.shown_reference.lower())
    page.locator("#id_second_fact").fill("E14 3HG")
    page.locator("main form button").click()
    expect(page.locator("h1")).to_contain_text(enquiry.shown_reference)
    assert page.url.endswith(f"{prefix}/track/")

    page.goto(f"{prefix}/feedback/{enquiry.private_key}/")
    page.locator("#id_answer_1").check()
    page.locator("#id_comment").fill("ধন্যবাদ")
    page.locator("main form button").click()
    expect(page.locator("main form")).to_have_count(0)
    assert (Feedback.objects.get().answer, Feedback.objects.get().comment) == ("partly", "ধন্যবাদ")


def test_back_from_checking_finds_everything_as_it_was_typed(resident):
    page = resident("/ask/")
    fill_in(page)
    page.locator("main button[value=check]").click()
    expect(page.locator("h1")).to_have_text("Check your question")
    page.go_back()

    assert page.locator("#id_words").input_value() == STORY
    assert page.locator("#id_phone").input_value() == "07700 900123"
    assert page.locator("#id_reply_by_1").is_checked()


def test_change_leads_to_the_field_with_everything_still_there(resident):
    page = resident("/ask/")
    fill_in(page)
    page.locator("main button[value=check]").click()
    page.locator("button", has_text="Change: Your phone number").click()

    assert page.url.endswith("/ask/#id_phone")
    assert page.locator("#id_words").input_value() == STORY
    expect(page.locator("#id_phone")).to_be_visible()


def test_the_language_switch_keeps_what_was_typed_and_checked(resident):
    page = resident("/ask/")
    fill_in(page)
    page.locator(".hub-languages button").click()
    assert page.locator("html").get_attribute("lang") == "bn"
    assert page.locator("#id_words").input_value() == STORY

    page.locator("main button[value=check]").click()
    page.locator(".hub-languages button").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#id_words").input_value() == STORY


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_the_count_under_the_question_has_the_figures_of_the_site(resident, prefix):
    page = resident(f"{prefix}/ask/")
    page.locator("#id_words").fill("x" * 40)
    expect(page.locator(".govuk-character-count__status").first).to_contain_text("4,960")


def test_a_double_click_sends_one_question(resident):
    page = resident("/ask/")
    fill_in(page)
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").dblclick()
    expect(page.locator("h1")).to_have_text("We have your question")

    assert (Enquiry.objects.count(), Resident.objects.count()) == (1, 1)


def test_with_script_only_the_contact_of_the_chosen_way_shows_and_without_it_all_do(resident):
    contacts = ["#id_email", "#id_phone", "#id_address"]
    page = resident("/ask/")
    page.locator("#id_reply_by_0").check()
    assert [page.locator(each).is_visible() for each in contacts] == [True, False, False]
    page.locator("#id_reply_by_3").check()
    assert [page.locator(each).is_visible() for each in contacts] == [False, False, False]

    bare = resident("/ask/", script=False)
    assert [bare.locator(each).is_visible() for each in contacts] == [True, True, True]


def test_the_whole_form_works_by_keyboard_and_errors_are_reached_first(resident):
    page = resident("/ask/")
    page.locator("main button[value=check]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_topic")).to_be_focused()

    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.value"))
    wanted = ["id_words", "id_name", "id_reply_by_0", "id_postcode", "id_language", "check"]
    assert reached[: len(wanted)] == wanted
    assert "id_website" not in reached


def test_a_sensitive_topic_can_be_left_at_once_and_asks_what_is_safe(resident):
    page = resident("/ask/?topic=domestic-abuse", viewport=NARROW)
    exit_button = page.locator(".hub-exit a")
    page.mouse.wheel(0, 1500)
    expect(exit_button).to_be_in_viewport()
    assert exit_button.get_attribute("href") == "https://www.bbc.co.uk/weather"

    page.locator("#id_words").fill("I need to leave.")
    page.locator("#id_reply_by_3").check()
    page.locator("#id_safe_1").check()
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").click()
    expect(page.locator("h1")).to_have_text("We have your question")
    assert Enquiry.objects.get().topic.slug == "domestic-abuse"


@pytest.mark.parametrize("prefix", ["", "/bn"])
def test_pages_that_only_forms_lead_to_are_accessible_and_fit_a_phone(resident, prefix, settings):
    """Those that an address leads to are visited with all public pages."""
    page = resident(f"{prefix}/ask/", viewport=NARROW)
    found = {}

    def look(name: str) -> None:
        found[name] = (broken_rules(page), wider_than_the_screen(page))

    page.locator("main button[value=check]").click()
    look("mistakes")
    page.goto(f"{prefix}/ask/")
    fill_in(page)
    page.locator("#id_words").fill("x" * 300)
    page.locator("main button[value=check]").click()
    look("check")
    page.locator("button[value=send]").click()
    page.goto(f"{prefix}/track/")
    page.locator("main form button").click()
    look("track mistakes")
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 1
    page.goto(f"{prefix}/ask/")
    fill_in(page)
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").click()
    look("too many")

    assert found == dict.fromkeys(found, ({}, 0))
    assert len(found) == 4


def test_the_private_link_tells_no_other_place_where_it_stood(resident):
    page = resident("/ask/?topic=domestic-abuse")
    page.locator("#id_words").fill("I need to leave.")
    page.locator("#id_reply_by_3").check()
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").click()
    key = Enquiry.objects.get().private_key
    page.goto(f"/track/{key}/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.headers.get("referer", "")))
    page.route(re.compile("bbc.co.uk"), lambda route: route.fulfill(body="weather"))
    page.locator(".hub-exit a").click()
    page.wait_for_url(re.compile("bbc.co.uk"))

    assert [each for each in sent if key in each] == []
    assert sent != []


def test_the_confirmation_can_be_printed(resident):
    page = resident("/ask/")
    fill_in(page)
    page.locator("main button[value=check]").click()
    page.locator("button[value=send]").click()
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.locator("[data-hub-print]").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.locator(".hub-answer__headline")).to_be_visible()
    expect(page.locator("[data-hub-print]")).to_be_hidden()
