"""The pages of a report: every figure leads to exactly its rows, and nothing can be asked that fails."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine

from reports import actions
from reports.counting import Signed
from reports.measures import MEASURES
from reports.months import Month
from reports.rows import Rows, rows_of
from tests.reports.borough import Borough
from tests.reports.october import NOVEMBER, full_of_stories

pytestmark = pytest.mark.django_db

OCTOBER = "/staff/reports/2026-10/"
FIGURE = re.compile(r'<a class="govuk-link" href="([^"]+)" data-rows="(\d+)">([^<]*)')
ROWS_PAGE = re.compile(r"/staff/reports/([\d-]+)/([\d-]+)/rows/")
NUMBER = re.compile(r'<strong id="number">([\d,]+) ')
PLAIN_NUMBER = re.compile(r"[\d,]+")

NOT_BY_THEMSELVES = {"checkable", "satisfied"}
"""Measures on which others rest, or that stand on the page as a part of another."""

SCOPES = ["", "?hub=bow", "?hub=none", "?topic=housing", "?channel=phone", "?hub=bow&topic=benefits"]


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def figures_on(text: str) -> list[tuple[str, int, str]]:
    """The address, the number of rows and the words of every figure on a page."""
    found = [(html.unescape(href), int(rows), words) for href, rows, words in FIGURE.findall(text)]
    assert len(found) == text.count("data-rows=")
    return found


def rows_at(address: str) -> Rows:
    parts = urlsplit(address)
    first, last = ROWS_PAGE.fullmatch(parts.path).groups()
    return Rows.read(
        Month.parse(first), Month.parse(last), dict(parse_qsl(parts.query, keep_blank_values=True))
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_every_figure_on_the_page_has_as_many_rows_as_it_says(manager, october, scope):
    wrong, seen = {}, set()
    for address, rows, words in figures_on(page(manager, OCTOBER + scope)):
        behind = rows_of(rows_at(address), at=NOVEMBER, signed=Signed.read().moments).count()
        seen.add(rows_at(address).measure.key)
        if behind != rows or (PLAIN_NUMBER.fullmatch(words) and int(words.replace(",", "")) != rows):
            wrong[address] = (words, rows, behind)
    assert wrong == {}
    # No visit comes by phone or online, so there are no hours to show.
    hours = set() if scope in ("?hub=none", "?channel=phone") else {"by_hour"}
    assert seen - {"by_hour"} == set(MEASURES) - {"by_hour", *NOT_BY_THEMSELVES}
    assert seen & {"by_hour"} == hours


def test_every_link_leads_to_a_page_that_says_its_number_and_lists_its_rows(manager, october):
    links = {address: rows for address, rows, _words in figures_on(page(manager, OCTOBER))}

    said, listed = {}, {}
    for address, rows in links.items():
        text = page(manager, address)
        said[address] = int(NUMBER.search(text)[1].replace(",", ""))
        listed[address] = max(0, text.count("<tr>") - 1)
        links[address] = rows
    assert said == links
    assert listed == {address: min(rows, 25) for address, rows in links.items()}


def test_the_figures_of_a_signed_off_month_lead_to_its_rows_too(manager, october, people):
    actions.sign_off(month=Month(2026, 10), by=people["manager"], at=NOVEMBER)
    signed = Signed.read().moments

    text = page(manager, OCTOBER)

    assert "Signed off" in text
    assert {a: n for a, n, _ in figures_on(text)} == {
        a: rows_of(rows_at(a), at=NOVEMBER, signed=signed).count() for a, _, _ in figures_on(text)
    }


def test_a_report_says_its_findings_in_words(manager, october):
    text = re.sub(r"<[^>]+>", "", page(manager, OCTOBER))

    assert "17 visits: 15 more than September and 16 more than October 2025." in html.unescape(text)
    assert "3 of 11 enquiries (27%) were resolved at first contact." in text
    waits = "75% of those who waited were called within 10 minutes; half of all who waited, within 8 minutes."
    assert waits in text
    assert "For 9% of the enquiries" not in text


def test_the_running_month_says_so_far_and_is_not_compared_by_its_counts(manager, october):
    text = page(manager, "/staff/reports/2026-11/")

    assert "<h1" in text
    assert "November 2026 so far" in text
    assert "1 visit so far" in text
    assert "fewer than" not in text
    assert "hub-line__piece--unfinished" in text


def test_a_range_has_both_months_in_it(manager, october):
    months = [page(manager, f"/staff/reports/{path}/") for path in ("2026-09/2026-10", "2026-09", "2026-10")]

    both, september, of_october = (figures_on(text)[0][1] for text in months)
    assert both == september + of_october == 19
    assert "September to October 2026" in months[0]


@pytest.mark.parametrize(
    "path",
    [
        "2026-13/",
        "2026-1/",
        "1999-12/",
        "2026-12/",
        "2026-10/2026-09/",
        "2000-01/2026-10/",
        "9999-12/",
        "2026-10/?hub=nowhere",
        "2026-10/?topic=nothing",
        "2026-10/?channel=pigeon",
        "2026-10/2026-10/rows/",
        "2026-10/2026-10/rows/?measure=nothing",
        "2026-10/2026-10/rows/?measure=enquiries&outcome=²",
        "2026-10/2026-10/rows/?measure=enquiries&outcome=99999999999999999999",
        "2026-10/2026-10/rows/?measure=resolved&first_contact=perhaps",
        "2026-10/2026-10/rows/export/?measure=nothing",
    ],
)
def test_what_no_report_has_is_not_found(manager, path):
    assert manager.get(f"/staff/reports/{path}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "measure=by_hour&hour_of_week=200",
        "measure=by_hour&hour_of_week=none",
        "measure=enquiries&outcome=7654321",
        "measure=visits&kind=x",
    ],
)
def test_a_part_that_nothing_belongs_to_has_no_rows(manager, october, query):
    text = page(manager, f"/staff/reports/2026-10/2026-10/rows/?{query}")

    assert NUMBER.search(text)[1] == "0"
    assert "There are no such rows." in text


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("", "/staff/reports/2026-10/"),
        ("?first=2026-09", "/staff/reports/2026-09/"),
        ("?first=2026-10&last=2026-09&hub=bow", "/staff/reports/2026-09/2026-10/?hub=bow"),
        ("?first=nonsense&hub=bow", "/staff/reports/2026-10/"),
        ("?first=2026-09&channel=pigeon", "/staff/reports/2026-10/"),
    ],
)
def test_what_is_asked_for_leads_to_its_report(manager, october, query, leads_to):
    response = manager.get(f"/staff/reports/{query}")

    assert (response.status_code, response.headers["Location"]) == (302, leads_to)


def test_a_portal_without_visits_has_a_report(manager, borough):
    assert "0 visits" in page(manager, OCTOBER)


@pytest.mark.parametrize("path", ["", "2026-10/rows/?measure=visits", "2026-10/rows/?measure=resolved"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_page_takes_the_same_number_of_queries_for_one_month_of_stories_and_three(
    manager, borough: Borough, times, path, django_assert_num_queries
):
    full_of_stories(borough, times)
    manager.get(OCTOBER)
    number = {"": 28, "2026-10/rows/?measure=visits": 7, "2026-10/rows/?measure=resolved": 5}[path]
    with django_assert_num_queries(number):
        manager.get(OCTOBER + path)
