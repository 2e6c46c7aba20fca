"""A day at the desk in a real browser: keys, focus, a server that goes away, and a list that stays fresh."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from enquiries import actions
from enquiries.actions.desk import Raised
from enquiries.models import Enquiry, Visit
from tests.browser.rules import broken_rules, broken_when_narrow
from tests.enquiries.conftest import outcomes  # noqa: F401
from tests.enquiries.racing import Officer, serving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOG, LIST, DISPLAY = "/staff/visits/log/", "/staff/visits/waiting/", "/staff/display/bow/"
POLLS_WITHIN_MS = 12_000


@pytest.fixture
def rows(hubs, topics, people, outcomes):  # noqa: F811
    """The cast with topics and outcomes, made before the database is shared."""
    for outcome, key in zip(outcomes.values(), "RFSAN", strict=False):
        outcome.key = key
        outcome.save()
    return people


@pytest.fixture
def port(rows, shared_database, settings):
    settings.WHITENOISE_USE_FINDERS = True
    with serving() as port:
        yield port


@pytest.fixture
def open_as(browser, rows, settings):
    """Open a page of the portal at a port as somebody of the cast; counts key presses and clicks."""
    contexts = []

    def opened(port: int, path: str = LOG, who: str = "desk", **options) -> Page:
        context = browser.new_context(locale="en-GB", reduced_motion="reduce", **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        session = Officer(port, rows[who]).session
        address = f"http://127.0.0.1:{port}"
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def wait_for(hubs, topics, rows):
    """Put somebody on Bow's list, some minutes ago."""

    def put(minutes: int = 0) -> Visit:
        return actions.log_visit(
            token=uuid.uuid4(),
            hub=hubs["bow"],
            raised=[Raised(topics["housing"])],
            by=rows["desk"],
            at=datetime.now(UTC) - timedelta(minutes=minutes),
            waiting=True,
        ).visit

    return put


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def chosen(page: Page) -> list[str]:
    return page.eval_on_selector_all("form [type=radio]:checked", "all => all.map(each => each.id)")


def kept(page: Page, part: str) -> int:
    return page.evaluate(
        "part => Object.entries(localStorage).filter(([key]) => key.endsWith(part))"
        ".reduce((sum, [, value]) => sum + (JSON.parse(value).length || 1), 0)",
        part,
    )


def press(page: Page, *keys: str) -> int:
    """Press keys where focus stands; returns how many interactions that were."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def test_an_anonymous_walk_in_takes_three_keys(port, open_as):
    page = open_as(port)
    interactions = press(page, "1")
    after_topic = focused(page)
    interactions += press(page, "r")
    after_outcome = focused(page)
    interactions += press(page, "Enter")
    expect(page.get_by_text("Saved. Reference")).to_be_visible()

    assert (interactions, after_topic, after_outcome) == (3, "id_outcome_0", "save")
    assert Enquiry.objects.get().first_contact is True
    # The page is ready for the next: nothing chosen, focus where the next key goes.
    expect(page.locator("#id_topic_0")).to_be_focused()
    assert chosen(page) == ["id_signposted_to_0"]
    press(page, "1", "r", "Enter")
    expect(page.get_by_text("Saved. Reference")).to_be_visible()
    expect(page.locator(".hub-figures dd").first).to_have_text("2")
    assert Visit.objects.count() == 2


def test_keys_are_letters_while_somebody_types(port, open_as):
    page = open_as(port)
    page.get_by_text("Add words, the resident").click()
    page.get_by_label("Their words: what happened").click()
    page.keyboard.type("1 cracked wall, c")

    assert page.get_by_label("Their words: what happened").input_value() == "1 cracked wall, c"
    assert chosen(page) == ["id_signposted_to_0"]


def test_keys_do_nothing_outside_the_form_or_with_control(port, open_as):
    page = open_as(port)
    page.get_by_role("link", name="Waiting list").first.focus()
    press(page, "1", "c")
    page.locator("#id_topic_0").focus()
    press(page, "Control+1", "Alt+r")

    assert (chosen(page), page.url.endswith(LOG)) == (["id_signposted_to_0"], True)


def test_keys_can_be_switched_off_and_stay_so(port, open_as):
    page = open_as(port)
    page.get_by_role("button", name="Turn keys off").click()
    page.reload()
    page.locator("#id_topic_0").focus()
    press(page, "2", "r")
    off = chosen(page)
    page.get_by_role("button", name="Turn keys on").click()
    page.locator("#id_topic_0").focus()
    press(page, "3")

    assert (off, chosen(page)) == (["id_signposted_to_0"], ["id_topic_2", "id_signposted_to_0"])


def test_the_page_works_without_script(port, open_as):
    page = open_as(port, java_script_enabled=False)
    page.get_by_role("radio", name="Housing").check()
    page.get_by_role("radio", name="Resolved here").check()
    page.get_by_role("button", name="Save visit").click()

    expect(page.get_by_text("Saved. Reference")).to_be_visible()
    assert Visit.objects.count() == 1


def test_a_double_click_makes_one_visit(port, open_as):
    page = open_as(port)
    press(page, "1", "r")
    page.get_by_role("button", name="Save visit").dblclick()
    expect(page.get_by_text("Saved. Reference")).to_be_visible()

    assert Visit.objects.count() == 1


def test_errors_come_back_with_focus_on_the_summary_and_everything_typed(port, open_as):
    page = open_as(port)
    page.get_by_text("Add words, the resident").click()
    page.get_by_label("Their words: what happened").fill("The roof leaks")
    page.get_by_role("button", name="Save visit").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Choose what it is about").click()

    assert focused(page) == "id_topic_0"
    assert page.get_by_label("Their words: what happened").input_value() == "The roof leaks"
    press(page, "1", "r", "Enter")
    expect(page.get_by_text("Saved. Reference")).to_be_visible()
    assert Enquiry.objects.get().words == "The roof leaks"


def test_what_is_saved_while_the_server_is_away_is_kept_and_sent_once_when_it_answers(
    rows,
    shared_database,
    open_as,
    settings,
):
    settings.WHITENOISE_USE_FINDERS = True
    with serving() as port:
        page = open_as(port)
    press(page, "1", "r", "Enter")
    expect(page.get_by_text("1 visit is kept on this machine")).to_be_visible()
    expect(page.locator("#id_topic_0")).to_be_focused()
    press(page, "3", "r", "Enter")
    expect(page.get_by_text("2 visits are kept on this machine")).to_be_visible()
    assert (Visit.objects.count(), kept(page, ":outbox")) == (0, 2)

    with serving(port):
        expect(page.get_by_text("The server answers again. Sent what was kept:")).to_be_visible(
            timeout=POLLS_WITHIN_MS
        )
        told = page.locator("[data-hub-outbox-words]").text_content()
    assert {each.shown_reference in told for each in Enquiry.objects.all()} == {True}
    assert (Visit.objects.count(), kept(page, ":outbox"), kept(page, ":draft")) == (2, 0, 0)


def test_an_answer_that_was_lost_on_the_way_makes_no_second_visit(port, open_as):
    page = open_as(port)
    lost = []

    def lose(route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route(f"**{LOG}", lose)
    press(page, "1", "r", "Enter")
    expect(page.get_by_text("1 visit is kept on this machine")).to_be_visible()
    expect(page.get_by_text("The server answers again.")).to_be_visible(timeout=POLLS_WITHIN_MS)

    assert (lost, Visit.objects.count(), kept(page, ":outbox")) == ([200], 1, 0)


def test_what_was_begun_comes_back_after_a_reload_and_goes_at_sign_out(port, open_as):
    page = open_as(port)
    press(page, "1")
    page.get_by_text("Add words, the resident").click()
    page.get_by_label("Their words: what happened").fill("Half a sentence")
    page.goto(f"http://127.0.0.1:{port}{LIST}")
    page.goto(f"http://127.0.0.1:{port}{LOG}")

    expect(page.get_by_text("What you had begun is back on the form.")).to_be_visible()
    assert page.get_by_label("Their words: what happened").input_value() == "Half a sentence"
    assert (chosen(page)[0], kept(page, ":draft")) == ("id_topic_0", 1)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert kept(page, ":draft") == 0


def test_what_was_begun_more_than_a_day_ago_is_removed_and_the_page_says_so(port, open_as):
    page = open_as(port)
    press(page, "1")
    page.get_by_text("Add words, the resident").click()
    page.get_by_label("Their words: what happened").fill("Half a sentence")
    page.goto(f"http://127.0.0.1:{port}{LIST}")
    page.evaluate(
        """() => {
            const key = Object.keys(localStorage).find((each) => each.endsWith(":draft"))
            const draft = JSON.parse(localStorage.getItem(key))
            localStorage.setItem(key, JSON.stringify({ ...draft, keptAt: draft.keptAt - 86400001 }))
            localStorage.setItem("hub-desk:999:draft", JSON.stringify({ ...draft, keptAt: 1 }))
        }"""
    )
    page.goto(f"http://127.0.0.1:{port}{LOG}")

    expect(page.get_by_text("more than a day ago was removed from this machine")).to_be_visible()
    assert (page.get_by_label("Their words: what happened").input_value(), kept(page, ":draft")) == ("", 0)


def test_nobody_else_on_the_same_machine_sees_what_was_begun(port, open_as, rows):
    page = open_as(port)
    press(page, "1")
    page.get_by_text("Add words, the resident").click()
    page.get_by_label("Their words: what happened").fill("Between us")
    page.goto("about:blank")
    other = Officer(port, rows["other_desk"]).session
    page.context.add_cookies([{"name": "sessionid", "value": other, "url": f"http://127.0.0.1:{port}"}])
    page.goto(f"http://127.0.0.1:{port}{LOG}")

    assert "Between us" not in page.content()
    assert page.locator("[name=words]").input_value() == ""


def test_the_waiting_list_follows_a_colleague_and_says_so_once(port, open_as, wait_for, rows):
    wait_for(0)
    page = open_as(port, LIST)
    page.locator("[formaction$='/hold/']").focus()
    wait_for(0)
    expect(page.locator("[data-ticket=W-002]")).to_be_visible(timeout=POLLS_WITHIN_MS)
    live = page.locator("[aria-live=polite]")
    expect(live).to_have_text("W-002 is waiting.")
    assert page.evaluate("document.activeElement.getAttribute('formaction')").endswith("/hold/")
    actions.call_next(hub=rows["desk"].home_hub, by=rows["desk"], at=datetime.now(UTC))

    expect(live).to_have_text("W-001 was called.", timeout=POLLS_WITHIN_MS)


def test_c_calls_the_next_from_the_form(port, open_as, wait_for):
    wait_for(0)
    page = open_as(port)
    press(page, "c")
    expect(page.get_by_text("Call W-001.")).to_be_visible()

    assert Visit.objects.get().state == Visit.State.CALLED


def test_the_list_says_when_it_is_not_fresh(rows, shared_database, open_as, settings):
    settings.WHITENOISE_USE_FINDERS = True
    with serving() as port:
        page = open_as(port, LIST)

    expect(page.get_by_text("the server is not answering")).to_be_visible(timeout=POLLS_WITHIN_MS)


def test_the_display_follows_by_itself(port, open_as, wait_for, rows):
    wait_for(0)
    page = open_as(port, DISPLAY)
    actions.call_next(hub=rows["desk"].home_hub, by=rows["desk"], at=datetime.now(UTC))

    expect(page.locator(".hub-display__called [data-ticket=W-001]")).to_be_visible(timeout=POLLS_WITHIN_MS)


def test_the_town_hall_is_worked_by_keys_too(port, open_as, rows, hubs):
    rows["desk"].home_hub = hubs["town-hall"]
    rows["desk"].save()
    page = open_as(port)
    press(page, "1", "w", "Enter")
    expect(page.get_by_text("Saved. Reference")).to_be_visible()
    press(page, "1", "u")
    page.keyboard.type("Homeless tonight")
    page.locator("#id_outcome_0").focus()
    press(page, "r", "Enter")
    expect(page.locator(".hub-figures dd").first).to_have_text("2")

    assert list(Visit.objects.order_by("pk").values_list("kind", "urgent_reason", "signposted_to__slug")) == [
        ("signposted", "", "bow"),
        ("urgent", "Homeless tonight", None),
    ]


def test_every_page_of_the_desk_is_accessible_and_fits(port, open_as, wait_for):
    for minutes in (0, 20, 30):
        visit = wait_for(minutes)
    actions.hold(visit=visit, by=visit.logged_by, at=datetime.now(UTC))
    page = open_as(port, viewport={"width": 1280, "height": 800})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = {}
    for path in (LOG, LIST, DISPLAY, f"/staff/visits/{visit.pk}/left/"):
        page.goto(f"http://127.0.0.1:{port}{path}")
        if path == LOG:
            page.get_by_text("Add words, the resident").click()
        found[path] = (broken_rules(page), *broken_when_narrow(page))

    assert found == dict.fromkeys(found, ({}, {}, 0))
    assert complaints == []
