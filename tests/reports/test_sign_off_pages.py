"""Signing a month off on its page: once, when it is over; what changes later stands beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from enquiries import actions as enquiries
from reports import actions
from reports.models import FrozenMonth
from reports.months import Month
from tests.reports.october import NOVEMBER, on

pytestmark = pytest.mark.django_db

OCTOBER = "/staff/reports/2026-10/"
SIGN_OFF = f"{OCTOBER}sign-off/"
CHANGES = f"{OCTOBER}amendments/"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


def test_a_manager_signs_a_month_off_with_a_note(manager, october, people):
    page = manager.get(SIGN_OFF).content.decode()
    assert "Sign October 2026 off" in page

    response = manager.post(SIGN_OFF, {"note": " Bow was closed for <a week> "})

    assert (response.status_code, response.headers["Location"]) == (302, OCTOBER)
    frozen = FrozenMonth.objects.get()
    assert (frozen.month, frozen.signed_by, frozen.signed_at) == (202610, people["manager"], NOVEMBER)
    report = manager.get(OCTOBER).content.decode()
    assert "October 2026 is signed off." in report
    assert "by manager" in report
    assert "<bdi>Bow was closed for &lt;a week&gt;</bdi>" in report
    assert "Sign October 2026 off" not in report


def test_a_month_is_signed_off_once(manager, october):
    manager.post(SIGN_OFF)

    assert manager.get(SIGN_OFF).status_code == 302
    assert "signed off before" in manager.post(SIGN_OFF, follow=True).content.decode()
    assert FrozenMonth.objects.count() == 1


def test_a_month_that_is_not_over_cannot_be_signed_off(manager, october):
    path = "/staff/reports/2026-11/sign-off/"

    for answer in (manager.get(path), manager.post(path)):
        words = answer.content.decode()
        assert (answer.status_code, "November 2026 cannot be signed off yet" in words) == (409, True)
        assert "<form class" not in words
    assert "Sign November" not in manager.get("/staff/reports/2026-11/").content.decode()
    assert not FrozenMonth.objects.exists()


def test_a_month_before_anybody_came_cannot_be_signed_off(manager, october):
    path = "/staff/reports/2025-09/"

    for answer in (manager.get(f"{path}sign-off/"), manager.post(f"{path}sign-off/")):
        words = answer.content.decode()
        assert (answer.status_code, "September 2025 cannot be signed off" in words) == (409, True)
        assert "They begin with October 2025." in words
    page = manager.get(path).content.decode()
    assert "Nobody had come or asked anything by then." in page
    assert page.count('<option value="2025-09" selected>') == 2
    assert "aria-invalid" not in page
    assert "Sign September 2025 off" not in page
    assert not FrozenMonth.objects.exists()
    assert manager.get("/staff/reports/2025-10/sign-off/").status_code == 200


def test_while_nobody_has_come_no_month_can_be_signed_off(manager, borough):
    answer = manager.post(SIGN_OFF)

    assert (answer.status_code, FrozenMonth.objects.count()) == (409, 0)
    assert "Nobody has come or asked anything yet" in answer.content.decode()


def test_a_note_that_is_too_long_is_kept_and_said(manager, october):
    response = manager.post(SIGN_OFF, {"note": "x" * 501})

    assert response.status_code == 422
    assert "x" * 501 in response.content.decode()
    assert not FrozenMonth.objects.exists()


def test_nothing_has_changed_at_first(manager, october, people):
    actions.sign_off(month=Month(2026, 10), by=people["manager"], at=NOVEMBER)

    page = manager.get(CHANGES).content.decode()

    assert "Every figure would be the same today." in page
    assert "Nothing has been changed." in page


def test_later_changes_are_listed_and_the_figures_stay(manager, october, people, topics):
    actions.sign_off(month=Month(2026, 10), by=people["manager"], at=NOVEMBER)
    enquiry = october.enquiry(on(29), ends="")
    later = NOVEMBER + timedelta(hours=2)
    enquiries.close(enquiry=enquiry, outcome=october.outcomes["resolved"], by=people["desk"], at=later)

    page = manager.get(CHANGES).content.decode()
    report = manager.get(OCTOBER).content.decode()

    assert "Visit logged at Bow hub" in page
    assert enquiry.shown_reference in page
    assert "<td>desk</td>" in page
    cells = '</th><td class="hub-counts__number">17</td><td class="hub-counts__number">18</td>'
    assert f'<th scope="row">Visits{cells}' in page
    assert "17 visits" in report


def test_the_changes_of_a_month_that_was_not_signed_off_are_not_found(manager, october):
    assert manager.get(CHANGES).status_code == 404
