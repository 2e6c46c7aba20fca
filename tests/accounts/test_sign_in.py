import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.accounts.signing_in import PASSWORD, sign_in

SIGN_IN = "/staff/sign-in/"


def test_signing_in_opens_the_staff_page(client, people):
    response = sign_in(client)

    assert (response.status_code, response.headers["Location"]) == (302, "/staff/")
    assert "Bow hub" in client.get("/staff/").content.decode()


def test_signing_in_never_leads_back_to_signing_in(client, people):
    sign_in(client)
    response = client.get(f"{SIGN_IN}?next={SIGN_IN}")

    assert (response.status_code, response.headers["Location"]) == (302, "/staff/")


def test_a_wrong_password_keeps_the_name_and_says_so(client, people):
    response = sign_in(client, password="wrong")
    page = response.content.decode()

    assert response.status_code == 422
    assert 'value="desk"' in page
    assert "wrong" not in page
    assert "do not match" in page


def test_an_unknown_name_looks_the_same_as_a_wrong_password(client, people):
    known = sign_in(client, password="wrong").content.decode()
    unknown = sign_in(client, username="nobody", password="wrong").content.decode()

    assert known.replace("desk", "x").count("do not match") == unknown.count("do not match")


def test_a_name_longer_than_any_is_wrong_before_the_database_hears_of_it(client, people):
    response = sign_in(client, username="a" * 100_000)

    assert response.status_code == 422
    assert "do not match" in response.content.decode()
    assert not AccessAttempt.objects.exists()


def test_signing_in_takes_a_new_session(client, people):
    client.get("/staff/")
    client.session.create()
    planted = client.session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client)

    assert client.cookies["sessionid"].value != planted


def test_a_switched_off_account_cannot_sign_in_and_its_session_ends(client, people):
    sign_in(client)
    people["desk"].is_active = False
    people["desk"].save(update_fields=["is_active"])

    assert client.get("/staff/").headers["Location"] == f"{SIGN_IN}?next=/staff/"
    assert sign_in(client).status_code == 422


def test_five_wrong_passwords_close_the_name_to_that_address_alone(client, people):
    statuses = [sign_in(client, password="wrong").status_code for _ in range(5)]
    colleague = sign_in(Client(), username="other_desk")
    elsewhere = sign_in(Client(REMOTE_ADDR="10.0.0.9"))

    assert statuses == [422, 422, 422, 422, 429]
    assert sign_in(client).status_code == 429
    assert (colleague.status_code, elsewhere.status_code) == (302, 302)


def test_the_name_opens_again_after_a_quarter_of_an_hour(client, people, clock):
    for _ in range(5):
        sign_in(client, password="wrong")
    clock.shift(16 * 60)

    assert sign_in(client).status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_off_the_site(client, people, target):
    response = client.post(
        f"{SIGN_IN}?next={target}", {"username": "desk", "password": PASSWORD, "next": target}
    )

    assert response.headers["Location"] == "/staff/"


def test_an_unused_session_ends_after_thirty_minutes(client, people, clock):
    sign_in(client)
    client.get("/staff/")
    clock.shift(29 * 60)
    assert client.get("/staff/").status_code == 200
    clock.shift(31 * 60)

    response = client.get("/staff/", follow=True)

    assert response.redirect_chain == [(SIGN_IN, 302)]
    assert "signed out" in response.content.decode()


def test_a_used_session_ends_after_twelve_hours(client, people, clock):
    sign_in(client)
    statuses = []
    for _ in range(12 * 3 + 1):
        statuses.append(client.get("/staff/").status_code)
        clock.shift(20 * 60 + 1)

    assert statuses[:36] == [200] * 36
    assert client.get("/staff/").status_code == 302


def test_reading_staff_pages_again_within_a_minute_writes_nothing(client, people, clock):
    sign_in(client)
    client.get("/staff/")
    clock.shift(30)
    with CaptureQueriesContext(connection) as queries:
        client.get("/staff/")

    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []


def test_signing_out_ends_the_session(client, people):
    sign_in(client)
    client.post("/staff/sign-out/")

    assert client.get("/staff/").status_code == 302


def test_staff_pages_are_not_stored(client, people):
    sign_in(client)

    assert client.get("/staff/").headers["Cache-Control"] == "no-store"
    assert client.get(SIGN_IN, follow=True).headers["Cache-Control"] == "no-store"


def test_a_form_without_its_token_is_refused_kindly(people):
    response = sign_in(Client(enforce_csrf_checks=True))

    assert response.status_code == 403
    assert 'lang="bn"' in response.content.decode()


def test_sign_in_and_refusal_are_in_the_log_by_number(client, people, caplog):
    caplog.set_level("INFO", logger="accounts.security")
    sign_in(client, password="wrong words")
    sign_in(client)
    client.post("/staff/lock/")

    assert [record.getMessage() for record in caplog.records if record.name == "accounts.security"] == [
        "account=none sign-in refused",
        f"account={people['desk'].pk} signed in by password",
        f"account={people['desk'].pk} locked",
    ]
