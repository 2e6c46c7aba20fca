"""The finder as people use it: by keyboard, without script, with a device that knows where it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.browser.pages import MISTAKEN
from tests.browser.visits import Window

pytestmark = pytest.mark.browser

BOTH_LANGUAGES = pytest.mark.parametrize("language", ["", "/bn"], ids=["en", "bn"])
AT_CUBITT_TOWN = {"latitude": 51.495904, "longitude": -0.011201, "accuracy": 10}
IN_MANCHESTER = {"latitude": 53.48, "longitude": -2.24}
WITH_A_FINDER = ["/", "/find/", "/find/?postcode=E14+3HG", "/find/too-far/", "/topics/housing/"]
# The button that asks the device, or a link to the page where it stands.
USE_MY_LOCATION = "button[data-hub-location], a[href$='#near-me']"


@pytest.fixture
def located(browser, site):
    """Make a window whose device may tell its place, or may not."""
    contexts = []

    def window(place: dict | None) -> Window:
        allowed = {"geolocation": place, "permissions": ["geolocation"]} if place else {}
        context = browser.new_context(viewport=DESK, **allowed)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Window(context, site.address)

    yield window
    for context in contexts:
        context.close()


def tab_to(page, selector: str) -> int:
    """Press Tab until the control is reached; returns how often it took."""
    for presses in range(1, 60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return presses
    pytest.fail(f"{selector} was not reached")


@BOTH_LANGUAGES
def test_skip_link_shows_and_leads_past_the_menu(desk, language):
    page = desk.open(f"{language}/hubs/")
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert desk.complaints == []


@BOTH_LANGUAGES
def test_postcode_is_found_with_the_keyboard_alone(desk, language):
    page = desk.open(f"{language}/")
    assert tab_to(page, "#id_postcode") <= 10
    page.keyboard.type("e14 3hg")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{language}/find/?postcode=e14+3hg")

    expect(page.locator(".hub-answer__headline a")).to_have_attribute(
        "href", f"{language}/hubs/chrisp-street/"
    )
    expect(page.locator(".hub-row__name a").first).to_have_attribute("href", f"{language}/hubs/cubitt-town/")
    assert desk.complaints == []


def test_other_language_is_reached_by_keyboard_with_the_answer_kept(desk):
    page = desk.open("/find/?postcode=E14+3HG&topic=housing")
    tab_to(page, ".hub-languages a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bn/find/?postcode=E14+3HG&topic=housing")

    assert page.locator("html").get_attribute("lang") == "bn"


@BOTH_LANGUAGES
def test_mistake_is_announced_and_its_link_leads_to_the_control(desk, language):
    page = desk.open(f"{language}/find/")
    page.fill("#id_postcode", "hello")
    page.keyboard.press("Enter")
    page.wait_for_url("**postcode=hello*")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#id_postcode")).to_be_focused()
    expect(page.locator("#id_postcode")).to_be_in_viewport()
    expect(page.locator("#id_postcode")).to_have_value("hello")
    assert desk.complaints == []


@BOTH_LANGUAGES
def test_finder_answers_without_script(without_script, language):
    page = without_script.open(f"{language}/")
    page.fill("#id_postcode", "E14 3HG")
    page.locator(".hub-finder .govuk-button").click()
    page.wait_for_url("**/find/?postcode=E14+3HG")

    expect(page.locator(".hub-answer__headline")).to_be_visible()
    page.locator(".hub-answer__headline a").click()
    page.wait_for_url(f"**{language}/hubs/chrisp-street/")
    expect(page.locator("h1")).to_have_count(1)
    assert without_script.complaints == []


@BOTH_LANGUAGES
def test_mistake_can_be_mended_without_script(without_script, language):
    page = without_script.open(language + MISTAKEN)
    page.locator(".govuk-error-summary a").click()

    assert page.url.endswith("#id_postcode")
    page.fill("#id_postcode", "E1 6AN")
    page.select_option("#id_topic", "housing")
    page.locator(".hub-finder .govuk-button").click()
    page.wait_for_url("**/find/?postcode=E1+6AN&topic=housing")
    expect(page.locator(".hub-answer__headline")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/bn/", "/topics/", "/bn/topics/"])
def test_every_link_of_the_frame_works_without_script(without_script, path):
    page = without_script.open(path)
    links = page.eval_on_selector_all("header a, footer a", "all => all.map(a => a.getAttribute('href'))")

    assert {
        link: page.request.get(without_script.address + link).status for link in links if link[0] == "/"
    } == {link: 200 for link in links if link[0] == "/"}


@BOTH_LANGUAGES
@pytest.mark.parametrize("path", WITH_A_FINDER)
def test_use_my_location_is_offered_with_script_only(desk, without_script, path, language):
    shown = [
        window.open(language + path).locator(USE_MY_LOCATION).is_visible()
        for window in (desk, without_script)
    ]

    assert shown == [True, False]


@BOTH_LANGUAGES
@pytest.mark.parametrize("path", ["/", "/find/"])
def test_use_my_location_leads_to_the_answer(located, path, language):
    window = located(AT_CUBITT_TOWN)
    page = window.open(language + path)
    page.locator(USE_MY_LOCATION).click()
    page.wait_for_url(f"**{language}/find/?postcode=E14+3HG")

    expect(page.locator(".hub-row__name a").first).to_have_attribute("href", f"{language}/hubs/cubitt-town/")
    assert window.complaints == []
    # About 100 metres: the exact place leaves the device not even for us.
    sent = [url.partition("?")[2] for url in window.requests if "near-me" in url]
    assert sent == ["topic=&latitude=51.496&longitude=-0.011"]


def test_use_my_location_from_an_answer_leads_to_another(located):
    page = located(AT_CUBITT_TOWN).open("/find/?postcode=E1+4TP")
    page.locator(USE_MY_LOCATION).click()

    page.wait_for_url("**/find/?postcode=E14+3HG")


def test_use_my_location_keeps_the_topic(located):
    page = located(AT_CUBITT_TOWN).open("/topics/housing/")
    page.locator(USE_MY_LOCATION).click()

    page.wait_for_url("**/find/?postcode=E14+3HG&topic=housing")


def test_use_my_location_far_away_says_so(located):
    page = located(IN_MANCHESTER).open("/")
    page.locator(USE_MY_LOCATION).click()

    page.wait_for_url("**/find/too-far/")


def test_coming_back_from_the_answer_leads_to_the_page_with_the_link(located):
    page = located(AT_CUBITT_TOWN).open("/topics/housing/")
    page.locator(USE_MY_LOCATION).click()
    page.wait_for_url("**/find/?postcode=E14+3HG&topic=housing")
    page.go_back()

    page.wait_for_url("**/topics/housing/")


@BOTH_LANGUAGES
def test_use_my_location_refused_says_what_to_do_instead(located, language):
    window = located(None)
    page = window.open(f"{language}/")
    page.locator(USE_MY_LOCATION).click()

    button = page.locator("button[data-hub-location]")
    expect(button).to_be_focused()
    said = page.locator("#location-said[role=status]")
    expect(said).to_have_text(button.get_attribute("data-denied"))
    assert page.url == f"{window.address}{language}/find/"
    assert window.complaints == []


def test_the_server_wrote_nobodys_postcode_down(desk, site):
    for path in (
        "/find/?postcode=E14+3HG",
        MISTAKEN,
        "/find/near-me/?latitude=51.495904&longitude=-0.011201",
    ):
        desk.open(path)

    assert [word for word in ("E14", "3HG", "hello", "51.49", "latitude") if word in site.written] == []


@BOTH_LANGUAGES
def test_hub_page_prints_its_facts_without_what_only_works_on_a_screen(desk, language):
    page = desk.open(f"{language}/hubs/bow/")
    page.emulate_media(media="print")
    try:
        assert [
            page.locator(each).first.is_visible() for each in ("h1", "address", ".hub-hours", ".hub-phone")
        ] == [True] * 4
        assert desk.probe('all("nav, form, button, .govuk-button, .govuk-skip-link").map(probes.name)') == []
        assert desk.probe("sideways()") == []
    finally:
        page.emulate_media(media="screen")
