"""A manager reads, follows, signs off and takes out a month in a real browser, with script and without."""

from __future__ import annotations

import pytest
import time_machine
from playwright.sync_api import expect

from reports.models import ExportLog, FrozenMonth
from tests.browser.rules import broken_rules, broken_when_narrow
from tests.browser.test_service import open_as  # noqa: F401
from tests.reports.conftest import borough, october  # noqa: F401
from tests.reports.october import NOVEMBER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OCTOBER = "/staff/reports/2026-10/"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER):
        yield


@pytest.mark.parametrize("script", [True, False])
def test_a_manager_reads_a_month_and_signs_it_off(open_as, october, script):  # noqa: F811
    page = open_as("manager", "/staff/", script=script)
    page.get_by_role("link", name="Reports", exact=True).click()
    expect(page.get_by_role("heading", name="October 2026", exact=True)).to_be_visible()

    page.get_by_text("What is counted: Visits").click()
    expect(page.get_by_text("One arrival of one person or household").first).to_be_visible()

    page.get_by_label("Hub").select_option(label="Bow hub")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="3 of 9 enquiries").click()
    expect(page.get_by_text("3 enquiries")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)

    page.get_by_role("link", name="Take these rows out").click()
    page.get_by_label("Also reference, name").check()
    page.get_by_role("button", name="Take them out").click()
    page.locator(".govuk-error-summary__list a").click()
    expect(page.get_by_label("Why do you need names")).to_be_focused()
    page.keyboard.type("To write to them")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take them out").click()
    assert download.value.suggested_filename == "resolved-2026-10-2026-10.csv"
    assert ExportLog.objects.values_list("rows", "reason").get() == (3, "To write to them")

    page.goto(OCTOBER)
    page.get_by_role("link", name="Sign October 2026 off").click()
    page.get_by_role("button", name="Sign October 2026 off").click()
    expect(page.get_by_text("October 2026 is signed off.")).to_be_visible()
    page.get_by_role("link", name="What has changed since").click()
    expect(page.get_by_text("Every figure would be the same today.")).to_be_visible()
    assert FrozenMonth.objects.count() == 1


def test_every_page_of_reports_passes_axe_and_fits(open_as, october):  # noqa: F811
    page = open_as("manager", f"{OCTOBER}sign-off/")
    found = {}
    for path in (
        "sign-off/",
        "",
        "?hub=none",
        "2026-10/rows/?measure=visits",
        "2026-10/rows/?measure=left&left_reason=no_answer",
        "2026-10/rows/export/?measure=enquiries",
    ):
        page.goto(OCTOBER + path)
        if path == "":
            for each in page.locator("details").all():
                each.locator("summary").click()
        found[path] = (broken_rules(page), *broken_when_narrow(page))
    page.goto("/staff/reports/2026-11/")
    found["running"] = (broken_rules(page), *broken_when_narrow(page))
    assert found == dict.fromkeys(found, ({}, {}, 0))
