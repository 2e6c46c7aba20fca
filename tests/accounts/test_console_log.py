"""Every change in the console is written down with who, when and what, and can be read there."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from accounts.models import User
from hubs.models import Service
from tests.conftest import MONDAY_NOON


@pytest.fixture
def console(client, people, topics):
    client.force_login(people["administrator"])
    return client


def change(console, user, **more):
    form = {"username": user.username, "first_name": user.first_name, "is_active": "on"} | more
    return console.post(f"/console/accounts/user/{user.pk}/change/", form)


def test_a_change_says_who_when_and_what(clock, console, people):
    assert change(console, people["desk"], first_name="Renamed").status_code == 302
    entry = LogEntry.objects.get()

    assert (entry.user, entry.object_repr, entry.action_time) == (
        people["administrator"],
        "desk",
        MONDAY_NOON,
    )
    assert entry.get_change_message() == "Changed First name, Home hub and Groups."


def test_what_was_changed_is_read_in_the_console(console, people):
    change(console, people["desk"])
    page = console.get("/console/admin/logentry/").content.decode()

    assert "Changed First name" not in page
    assert "Changed Home hub and Groups." in page
    assert console.get("/console/accounts/accountevent/").status_code == 200


@pytest.mark.parametrize("kind", ["admin/logentry", "accounts/accountevent"])
@pytest.mark.parametrize("page", ["add/", "1/delete/"])
def test_nobody_adds_to_a_log_or_takes_away(console, kind, page):
    assert console.post(f"/console/{kind}/{page}", {"post": "yes"}).status_code in (302, 403)
    assert LogEntry.objects.count() == 0


def test_officers_are_given_their_services(console, people):
    service = Service.objects.get()
    change(console, people["officer"], services=[service.pk])

    assert list(people["officer"].services.all()) == [service]


def test_two_accounts_without_a_directory_id_can_both_be_saved(console, people):
    statuses = [change(console, people[who], directory_id="").status_code for who in ("desk", "officer")]

    assert statuses == [302, 302]
    assert User.objects.filter(directory_id=None).count() == len(people)


def test_the_secrets_of_phones_are_no_page_of_the_console(console):
    assert console.get("/console/otp_totp/totpdevice/").status_code == 404


def test_somebody_who_keeps_facts_but_not_staff_sees_no_log(client, people):
    people["outsider"].user_permissions.add(Permission.objects.get(codename="edit_public_facts"))
    client.force_login(people["outsider"])

    assert client.get("/console/").status_code == 200
    assert client.get("/console/admin/logentry/").status_code == 403
    assert client.get("/console/accounts/user/").status_code == 403
