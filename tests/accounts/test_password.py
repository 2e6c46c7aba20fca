"""Staff change their own password, and must where somebody else has chosen it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.test import Client

from accounts import actions
from accounts.models import AccountEvent, What
from tests.accounts.signing_in import ANOTHER, PASSWORD, sign_in
from tests.conftest import MONDAY_NOON

PAGE = "/staff/account/password/"


def typed(password=PASSWORD, new=ANOTHER, again=None):
    return {"password": password, "new": new, "again": new if again is None else again}


def test_a_new_password_signs_out_other_sessions_and_keeps_this_one(client, people):
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    response = client.post(PAGE, typed())

    assert (response.status_code, response.headers["Location"]) == (302, "/staff/account/")
    assert (client.get("/staff/").status_code, elsewhere.get("/staff/").status_code) == (200, 302)
    assert (sign_in(Client()).status_code, sign_in(Client(), password=ANOTHER).status_code) == (422, 302)


def test_who_changed_a_password_and_when_is_written_down(client, people):
    sign_in(client)
    client.post(PAGE, typed())

    event = AccountEvent.objects.get()
    assert (event.account, event.by, event.what) == (people["desk"], people["desk"], What.PASSWORD_CHANGED)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        (typed(password="wrong"), "That password is not right"),
        (typed(new="short"), "at least 12 characters"),
        (typed(new="password1234"), "too common"),
        (typed(new="tower hamlets"), "Anybody would guess"),
        (typed(new=PASSWORD), "that you do not have now"),
        (typed(again="something else"), "not the same"),
        (typed(new="a" * 201), "at most 200"),
        ({}, "Enter a new password"),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_nothing_changes(client, people, fields, complaint):
    sign_in(client)
    response = client.post(PAGE, fields)

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert sign_in(Client()).status_code == 302


def test_nothing_that_was_typed_comes_back(client, people):
    sign_in(client)
    page = client.post(PAGE, typed(again="something else")).content.decode()

    assert ANOTHER not in page
    assert PASSWORD not in page


def test_five_wrong_passwords_close_this_page_like_the_sign_in(client, people):
    sign_in(client)
    statuses = [client.post(PAGE, typed(password="wrong")).status_code for _ in range(5)]

    assert statuses == [422, 422, 422, 422, 429]
    assert client.post(PAGE, typed()).status_code == 429
    assert sign_in(Client()).status_code == 429


def test_a_right_password_forgets_the_wrong_ones(client, people):
    sign_in(client)
    for _ in range(4):
        client.post(PAGE, typed(password="wrong"))
    client.post(PAGE, typed())

    assert [client.post(PAGE, typed(password="wrong")).status_code for _ in range(4)] == [422] * 4


def test_a_given_password_has_to_be_changed_before_anything_else(client, people):
    facts = {"by": people["administrator"], "at": MONDAY_NOON}
    actions.change_password(user=people["desk"], password=PASSWORD, **facts)
    sign_in(client)

    assert client.get("/staff/").headers["Location"] == f"{PAGE}?next=%2Fstaff%2F"
    assert client.get("/staff/visits/log/").status_code == 302
    assert client.get(PAGE).status_code == 200

    client.post(f"{PAGE}?next=/staff/visits/log/", typed())
    assert client.get("/staff/visits/log/").status_code == 200


def test_a_password_from_the_console_is_temporary(client, people):
    client.force_login(people["administrator"])
    form = {"password1": ANOTHER, "password2": ANOTHER, "usable_password": "true"}
    response = client.post(f"/console/accounts/user/{people['desk'].pk}/password/", form)

    people["desk"].refresh_from_db()
    assert (response.status_code, people["desk"].password_is_temporary) == (302, True)


def test_a_new_account_from_the_console_has_a_temporary_password(client, people):
    client.force_login(people["administrator"])
    form = {"username": "newcomer", "password1": ANOTHER, "password2": ANOTHER, "usable_password": "true"}
    assert client.post("/console/accounts/user/add/", form).status_code == 302

    newcomer = Client()
    assert sign_in(newcomer, "newcomer", ANOTHER).status_code == 302
    assert newcomer.get("/staff/account/").headers["Location"].startswith(PAGE)


def test_the_console_sends_people_to_this_page(client, people):
    client.force_login(people["administrator"])

    assert client.get("/console/password_change/").headers["Location"] == PAGE


@pytest.mark.parametrize("page", ["add/", "{}/password/"])
def test_the_console_makes_a_password_up_that_fits_the_rules_and_is_new_each_time(client, people, page):
    client.force_login(people["administrator"])
    address = f"/console/accounts/user/{page.format(people['desk'].pk)}"
    made_up = [re.search(r"<code>(.+?)</code>", client.get(address).content.decode())[1] for _ in range(5)]

    assert len(set(made_up)) == 5
    for password in made_up:
        validate_password(password, people["desk"])
