"""Accounts that nobody uses are off: at sign-in, by the nightly command, until an administrator helps."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import actions
from accounts.models import AccountEvent, User, What
from tests.accounts.signing_in import sign_in
from tests.conftest import MONDAY_NOON

DAY = 24 * 3600


@pytest.fixture
def used(clock, people):
    """Everybody has signed in at Monday noon."""
    User.objects.update(last_login=MONDAY_NOON, switched_on_at=MONDAY_NOON - timedelta(days=400))
    return people


def what_happened() -> list[tuple[str, str]]:
    return list(AccountEvent.objects.order_by("pk").values_list("account__username", "what"))


@pytest.mark.parametrize(("days", "status"), [(35, 302), (36, 422)])
def test_an_account_unused_for_more_than_thirty_five_days_cannot_sign_in(client, used, clock, days, status):
    clock.shift(days * DAY)

    assert sign_in(client).status_code == status


def test_an_account_never_used_counts_from_when_it_was_made(client, people, clock):
    User.objects.update(last_login=None, switched_on_at=MONDAY_NOON - timedelta(days=36))

    assert sign_in(client).status_code == 422


def test_the_command_switches_off_who_is_dormant_and_nobody_else(used, clock):
    clock.shift(36 * DAY)
    User.objects.filter(username="desk").update(last_login=MONDAY_NOON + timedelta(days=30))
    told = StringIO()
    call_command("switch_off_dormant", stdout=told)

    assert list(User.objects.filter(is_active=True).values_list("username", flat=True)) == ["desk"]
    assert what_happened() == [(name, What.DORMANT) for name in sorted(set(used) - {"desk"})]
    assert told.getvalue().splitlines()[0] == "Switched off, not used for 35 days: 5."


def test_the_command_run_again_changes_nothing(used, clock):
    clock.shift(36 * DAY)
    call_command("switch_off_dormant", verbosity=0)
    before = what_happened()
    call_command("switch_off_dormant", verbosity=0)

    assert what_happened() == before


def test_a_dry_run_only_says_who(used, clock):
    clock.shift(36 * DAY)
    told = StringIO()
    call_command("switch_off_dormant", "--dry-run", stdout=told)

    assert "  desk, last used 2026-11-23" in told.getvalue()
    assert User.objects.filter(is_active=False).count() == 0
    assert what_happened() == []


def test_switched_on_again_it_has_as_long_as_a_new_account(client, used, clock):
    clock.shift(36 * DAY)
    call_command("switch_off_dormant", verbosity=0)
    at = MONDAY_NOON + timedelta(days=36)
    assert actions.switch_on(user=used["desk"], by=used["administrator"], at=at) is True
    assert actions.switch_on(user=used["desk"], by=used["administrator"], at=at) is False

    assert sign_in(client).status_code == 302
    assert what_happened()[-1] == ("desk", What.SWITCHED_ON)


def test_a_live_session_ends_when_the_account_is_switched_off(client, people):
    sign_in(client)
    actions.switch_off(user=people["desk"], by=people["administrator"], at=MONDAY_NOON)

    assert client.get("/staff/").status_code == 302


def test_switching_on_in_the_console_counts_from_now(client, used, clock):
    clock.shift(36 * DAY)
    call_command("switch_off_dormant", verbosity=0)
    User.objects.filter(username="administrator").update(is_active=True, last_login="2026-12-29T12:00Z")
    administrator = Client()
    administrator.force_login(User.objects.get(username="administrator"))
    form = {"username": "desk", "is_active": "on", "first_name": "desk"}
    response = administrator.post(f"/console/accounts/user/{used['desk'].pk}/change/", form)

    assert response.status_code == 302
    assert sign_in(client).status_code == 302
    assert what_happened()[-1] == ("desk", What.SWITCHED_ON)
