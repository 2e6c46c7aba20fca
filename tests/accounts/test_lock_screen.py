"""The lock screen: the session stays, and no page opens until the password is given."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.accounts.signing_in import PASSWORD, sign_in

LOCKED = "/staff/locked/"


@pytest.fixture
def locked(client, people):
    sign_in(client)
    response = client.post("/staff/lock/", {"next": "/staff/visits/log/"})
    assert response.headers["Location"] == f"{LOCKED}?next=%2Fstaff%2Fvisits%2Flog%2F"
    return client


@pytest.mark.parametrize("page", ["/staff/", "/staff/visits/log/", "/staff/account/password/", "/console/"])
def test_a_locked_session_opens_nothing(locked, page):
    assert locked.get(page).headers["Location"].startswith(f"{LOCKED}?next=%2F")
    assert locked.post(page).headers["Location"] == LOCKED


def test_the_lock_screen_says_who_and_shows_no_menu(locked):
    page = locked.get(LOCKED).content.decode()

    assert "desk is signed in here" in page
    assert "Log a visit" not in page


def test_the_password_leads_back_to_the_page(locked):
    before = locked.cookies["sessionid"].value
    response = locked.post(f"{LOCKED}?next=/staff/visits/log/", {"password": PASSWORD})

    assert response.headers["Location"] == "/staff/visits/log/"
    assert locked.get("/staff/visits/log/").status_code == 200
    assert locked.cookies["sessionid"].value != before


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", "a", "²", "staff-home"],
)
def test_unlocking_never_leads_off_the_site(locked, target):
    response = locked.post(f"{LOCKED}?next={target}", {"password": PASSWORD})

    assert response.headers["Location"] == "/staff/"


def test_a_wrong_password_leaves_it_locked_and_five_close_the_name(locked):
    statuses = [locked.post(LOCKED, {"password": "wrong"}).status_code for _ in range(5)]

    assert statuses == [422, 422, 422, 422, 429]
    assert locked.get("/staff/").status_code == 302


def test_somebody_elses_password_does_not_open_it(locked, people):
    people["manager"].set_password("quiet orange ladder")
    people["manager"].save()

    assert locked.post(LOCKED, {"password": "quiet orange ladder"}).status_code == 422


def test_signing_in_again_on_the_locked_desk_does_not_open_it(locked):
    assert sign_in(locked).headers["Location"] == LOCKED
    assert locked.get("/staff/").status_code == 302


def test_whoever_comes_next_signs_out_and_in(locked):
    assert locked.post("/staff/sign-out/").status_code == 302
    assert sign_in(locked, "other_desk").status_code == 302
    assert locked.get("/staff/").status_code == 200


def test_locking_one_session_leaves_the_persons_others_alone(locked):
    elsewhere = Client()
    sign_in(elsewhere)

    assert elsewhere.get("/staff/").status_code == 200


def test_a_locked_list_that_asks_by_itself_is_told_nothing(locked):
    assert locked.get("/staff/waiting/rows/", headers={"Hub-Poll": "1"}).status_code in (302, 404)


def test_residents_pages_stay_open_on_a_locked_desk(locked, topics):
    assert locked.get("/").status_code == 200


def test_the_lock_screen_of_an_open_session_leads_on(client, people):
    sign_in(client)

    assert client.get(LOCKED).headers["Location"] == "/staff/"
