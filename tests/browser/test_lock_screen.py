"""The lock screen in a real browser: the key, other tabs, what was typed; and the pages of accounts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.accounts.signing_in import PASSWORD
from tests.browser.rules import broken_rules, broken_when_narrow
from tests.browser.test_desk import open_as, port, rows  # noqa: F401
from tests.enquiries.conftest import outcomes  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADD, PEOPLE = "/staff/residents/add/", "/staff/people/"
OWN = [
    "/staff/account/",
    "/staff/account/password/",
    "/staff/account/second-step/",
    "/staff/account/second-step/remove/",
    PEOPLE,
]


def test_locking_by_key_locks_every_tab_and_keeps_what_was_typed(open_as, port):  # noqa: F811
    page = open_as(port, ADD)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Phone", exact=True).fill("07700 900123")
    page.get_by_label("Name", exact=True).fill("Amber Example")
    page.get_by_label("Safe to e-mail").uncheck()
    page.keyboard.press("Alt+l")

    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    expect(other.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Amber Example" not in page.content()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Amber Example")
    expect(page.get_by_label("Safe to e-mail")).not_to_be_checked()
    other.goto(other.url)
    expect(other.get_by_label("Phone", exact=True)).to_have_value("07700 900123")


def test_signing_out_of_a_locked_desk_leaves_nothing_that_was_typed(open_as, port):  # noqa: F811
    page = open_as(port, ADD)
    page.get_by_label("Name", exact=True).fill("Amber Example")
    page.get_by_role("button", name="Lock").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Staff sign in")).to_be_visible()

    assert page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)").count("Amber") == 0


def test_pages_of_accounts_break_no_rule_and_fit_a_phone(open_as, port):  # noqa: F811
    page = open_as(port, OWN[0], who="manager")
    found = {}
    for path in [*OWN, "lock"]:
        if path == "lock":
            page.get_by_role("button", name="Lock").click()
        else:
            page.goto(f"http://127.0.0.1:{port}{path}")
        found[path] = (broken_rules(page), *broken_when_narrow(page))
    assert found == dict.fromkeys(found, ({}, {}, 0))
