"""Staff see where they are signed in, and sign out everywhere else."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.accounts.signing_in import PASSWORD, sign_in

PAGE = "/staff/account/sessions/"


@pytest.fixture
def elsewhere(client, people, clock) -> Client:
    """Two browsers of one person, and one of a colleague."""
    other, colleague = Client(), Client()
    for each, name in ((other, "desk"), (colleague, "other_desk"), (client, "desk")):
        sign_in(each, name)
        assert each.get("/staff/").status_code == 200
        clock.shift(60)
    return other


def lines(client) -> list[str]:
    page = client.get(PAGE).content.decode()
    return [part.split("</li>")[0] for part in page.split("<li>")[1:] if "browser: since" in part]


def test_somebody_sees_where_they_are_signed_in(client, elsewhere):
    shown = lines(client)

    assert [line.split(":")[0] for line in shown] == ["This browser", "Another browser"]
    assert [line.split(":")[0] for line in lines(elsewhere)] == ["This browser", "Another browser"]


def test_with_the_password_all_other_sessions_end_at_once(client, elsewhere, people):
    assert client.post(PAGE, {"password": PASSWORD}).headers["Location"] == "/staff/account/"

    assert (client.get("/staff/").status_code, elsewhere.get("/staff/").status_code) == (200, 302)
    assert len(lines(client)) == 1
    # The colleague's is still there.
    assert Session.objects.count() == 2


@pytest.mark.parametrize("typed", [{"password": "wrong"}, {}])
def test_without_the_password_nothing_ends(client, elsewhere, typed):
    assert client.post(PAGE, typed).status_code == 422
    assert elsewhere.get("/staff/").status_code == 200


def test_a_session_that_was_left_alone_is_none_any_more(client, elsewhere, clock, settings):
    clock.shift(settings.STAFF_IDLE_MINUTES * 60 - 100)
    client.get("/staff/")
    clock.shift(200)

    assert len(lines(client)) == 1


def test_a_locked_one_is_said_to_be(client, elsewhere):
    elsewhere.post("/staff/lock/", {"next": "/staff/"})

    assert [line.endswith(", locked") for line in lines(client)] == [False, True]


def test_who_has_no_password_is_told_whom_to_ask(client, elsewhere, people):
    people["desk"].password = "!"
    people["desk"].save(update_fields=["password"])
    other = Client()
    for each in (client, other):
        each.force_login(people["desk"], backend="accounts.backends.StaffBackend")
        each.get("/staff/")

    page = client.get(PAGE).content.decode()
    assert "Ask an administrator" in page
    assert "Sign out everywhere else" not in page
