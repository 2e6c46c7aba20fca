"""Signing in with the council account, against a provider that runs on this machine; also when it lies."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from joserfc.jwk import OctKey, RSAKey

from accounts.models import AccountEvent, User
from tests.accounts.pretend_directory import CLIENT_ID, CLIENT_SECRET, Directory
from tests.accounts.signing_in import sign_in

LEAVE, BACK = "/staff/sign-in/council/", "/staff/sign-in/council/back/"


@pytest.fixture(scope="module")
def running():
    directory = Directory()
    yield directory
    directory.close()


@pytest.fixture
def directory(running, settings):
    """The directory, which knows Amina and puts her at the front desk."""
    settings.OIDC_ISSUER = running.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.OIDC_ROLES = {"group-desk": "Front desk", "group-managers": "Manager"}
    running.signing_key, running.algorithm, running.lies = running.key, "RS256", {}
    running.moved = {}
    running.claims = {
        "sub": "amina-in-the-directory",
        "preferred_username": "amina",
        "given_name": "Amina",
        "family_name": "Example",
        "email": "amina@example.org",
        "roles": ["group-desk", "group-of-others"],
    }
    return running


def there_and_back(client: Client, directory: Directory, page: str = ""):
    """Leave for the directory, agree there, and come back."""
    left = client.get(f"{LEAVE}?next={page}")
    return client.get(BACK, directory.consent(left.headers["Location"]))


def test_somebody_new_gets_an_account_in_the_roles_of_the_directory(client, people, directory):
    response = there_and_back(client, directory, "/staff/visits/log/")
    amina = User.objects.get(username="amina")

    assert response.headers["Location"] == "/staff/visits/log/"
    assert (amina.get_full_name(), amina.email) == ("Amina Example", "amina@example.org")
    assert list(amina.groups.values_list("name", flat=True)) == ["Front desk"]
    assert amina.has_usable_password() is False
    assert client.get("/staff/account/").status_code == 200


def test_the_same_person_is_known_again_by_id_whatever_the_name(client, people, directory):
    there_and_back(client, directory)
    directory.claims |= {"preferred_username": "amina.married", "family_name": "Newname"}
    there_and_back(Client(), directory)

    amina = User.objects.get(directory_id="amina-in-the-directory")
    assert (amina.username, amina.last_name) == ("amina", "Newname")


def test_roles_follow_the_directory_and_the_change_is_written_down(client, people, directory):
    there_and_back(client, directory)
    directory.claims["roles"] = ["group-managers"]
    there_and_back(Client(), directory)

    events = AccountEvent.objects.filter(account__username="amina").order_by("pk")
    assert list(events.values_list("details", flat=True)) == ["Front desk", "Manager"]
    assert client.get("/staff/people/").status_code == 200


@pytest.mark.parametrize("roles", [[], ["group-of-others"], None, "Manager"])
def test_without_a_role_nobody_new_comes_in(client, people, directory, roles):
    directory.claims["roles"] = roles
    response = there_and_back(client, directory)

    assert response.status_code == 403
    assert "no role at the Residents’ Hubs" in response.content.decode()
    assert not User.objects.filter(username="amina").exists()


def test_somebody_whose_roles_were_taken_away_has_none_left(client, people, directory):
    there_and_back(client, directory)
    directory.claims["roles"] = []

    assert there_and_back(Client(), directory).status_code == 403
    assert User.objects.get(username="amina").groups.count() == 0


def test_a_name_that_somebody_here_has_is_not_handed_over(client, people, directory):
    directory.claims["preferred_username"] = "Manager"
    response = there_and_back(client, directory)

    assert response.status_code == 403
    assert "join the two" in response.content.decode()


def test_an_administrator_joins_an_account_by_writing_the_id_into_it(client, people, directory):
    User.objects.filter(username="desk").update(directory_id="amina-in-the-directory")

    assert there_and_back(client, directory).status_code == 302
    assert User.objects.get(username="desk").first_name == "Amina"


@pytest.mark.parametrize("change", [{"is_active": False}, {"switched_on_at": 40, "last_login": 40}])
def test_an_account_that_is_off_or_dormant_stays_off(client, people, directory, change):
    ago = {name: timezone.now() - timedelta(days=days) for name, days in change.items() if days == 40}
    User.objects.filter(username="desk").update(directory_id="amina-in-the-directory", **(change | ago))

    assert there_and_back(client, directory).status_code == 403
    assert client.get("/staff/").status_code == 302


LIES = {
    "meant for somebody else": {"aud": "another-portal"},
    "meant for somebody else, in our name": {"aud": "another-portal", "azp": CLIENT_ID},
    "from another directory": {"iss": "https://evil.example"},
    "too old": {"exp": int(time.time()) - 600},
    "without an end": {"exp": None},
    "of another sign-in": {"nonce": "another"},
    "without its sign-in": {"nonce": None},
    "about nobody": {"sub": None},
    "about a number": {"sub": 7},
    "about nobody, in words": {"sub": ""},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_an_answer_that_is_not_for_us_now_is_refused(client, people, directory, lie):
    directory.lies = lie

    assert there_and_back(client, directory).status_code == 403
    assert client.get("/staff/").status_code == 302


def test_an_answer_signed_by_somebody_else_is_refused(client, people, directory):
    directory.signing_key = RSAKey.generate_key(2048, {"kid": "first"})

    assert there_and_back(client, directory).status_code == 403


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_answer_without_the_directorys_own_signature_is_refused(client, people, directory, algorithm):
    directory.algorithm = algorithm
    directory.signing_key = OctKey.import_key(CLIENT_SECRET)

    assert there_and_back(client, directory).status_code == 403


def test_an_answer_for_another_browser_is_refused(client, people, directory):
    answer = directory.consent(client.get(LEAVE).headers["Location"])

    assert Client().get(BACK, answer).status_code == 403


def test_an_answer_is_taken_once(client, people, directory):
    answer = directory.consent(client.get(LEAVE).headers["Location"])

    assert [client.get(BACK, answer).status_code for _ in range(2)] == [302, 403]


@pytest.mark.parametrize(
    "query",
    [{}, {"error": "access_denied"}, {"code": "x"}, {"state": "x"}, {"code": "x", "state": "\u0000"}],
)
def test_coming_back_with_nonsense_is_refused_kindly(client, people, directory, query):
    assert client.get(BACK, query).status_code in (400, 403)


def test_a_directory_that_does_not_answer_is_said_so(client, people, settings):
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
        "http://127.0.0.1:9",
        "x",
        "y",
    )
    response = client.get(LEAVE)

    assert response.status_code == 503
    assert "not answering" in response.content.decode()


def test_what_the_directory_is_told_goes_to_no_other_address(client, people, directory):
    """The code and our secret would go along with a redirect."""
    answer = directory.consent(client.get(LEAVE).headers["Location"])
    directory.moved = {"/token": "/elsewhere"}

    assert client.get(BACK, answer).status_code == 503
    assert client.get("/staff/").status_code == 302


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"amr": ["pwd", "mfa"]}, 302),
        ({"amr": ["hwk"]}, 302),
        ({"amr": ["pwd"]}, 403),
        ({"amr": []}, 403),
        ({"amr": ["mfa hwk"]}, 403),
        ({}, 403),
    ],
)
def test_who_was_checked_too_weakly_does_not_come_in(client, people, directory, settings, claims, status):
    settings.OIDC_STRENGTH = ["mfa", "hwk"]
    directory.claims |= claims
    response = there_and_back(client, directory)

    assert response.status_code == status
    assert ("second proof" in response.content.decode()) is (status == 403)
    assert User.objects.filter(username="amina").exists() is (status == 302)


@pytest.mark.parametrize(("level", "status"), [("c1", 302), ("c", 403), ("c1 c2", 403), (None, 403)])
def test_a_level_may_be_wanted_instead(client, people, directory, settings, level, status):
    settings.OIDC_STRENGTH, settings.OIDC_STRENGTH_CLAIM = ["c1"], "acr"
    directory.claims["acr"] = level

    assert there_and_back(client, directory).status_code == status


def test_the_directory_is_asked_for_the_strength_that_is_wanted(client, people, directory, settings):
    assert "acr_values" not in client.get(LEAVE).headers["Location"]
    settings.OIDC_ACR_VALUES = "c1 c2"

    assert "acr_values=c1+c2" in client.get(LEAVE).headers["Location"]


def test_coming_back_never_leads_off_the_site(client, people, directory):
    assert there_and_back(client, directory, "//evil.example").headers["Location"] == "/staff/"


def test_signing_in_takes_a_new_session(client, people, directory):
    left = client.get(LEAVE)
    planted = client.cookies["sessionid"].value
    client.get(BACK, directory.consent(left.headers["Location"]))

    assert client.cookies["sessionid"].value != planted


def test_the_directory_opens_a_locked_screen_and_asks_again(client, people, directory):
    there_and_back(client, directory)
    client.post("/staff/lock/", {"next": "/staff/"})
    assert "council account" in client.get("/staff/locked/").content.decode()
    left = client.get(f"{LEAVE}?next=/staff/")

    assert "prompt=login" in left.headers["Location"]
    assert client.get("/staff/").status_code == 302
    client.get(BACK, directory.consent(left.headers["Location"]))
    assert client.get("/staff/").status_code == 200


def test_no_second_step_of_ours_after_the_directory(client, people, directory, settings):
    settings.STAFF_SECOND_STEP_REQUIRED = True
    directory.claims["roles"] = ["group-managers"]
    there_and_back(client, directory)

    assert client.get("/staff/people/").status_code == 200


def test_the_sign_in_page_offers_it_only_where_it_is_set_up(client, people, directory, settings):
    assert LEAVE in client.get("/staff/sign-in/?next=/staff/people/").content.decode()
    settings.OIDC_ISSUER = ""
    assert LEAVE not in client.get("/staff/sign-in/").content.decode()
    assert sign_in(client).status_code == 302
