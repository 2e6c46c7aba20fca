"""A code from a phone after the password: set up, asked for, used once; recovery codes; who must have it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import actions
from accounts.models import AccountEvent, Phone, What
from accounts.models.recovery_codes import new_code
from accounts.qr import in_groups, picture_of
from tests.accounts.signing_in import PASSWORD, code_of, sign_in, with_phone
from tests.conftest import MONDAY_NOON

ASKED, SET_UP = "/staff/sign-in/code/", "/staff/account/second-step/"


@pytest.fixture
def required(settings):
    settings.STAFF_SECOND_STEP_REQUIRED = True


@pytest.fixture
def half_way(client, people, clock):
    """Somebody with a phone, after the right password; the phone shows a fresh code."""
    with_phone(people["desk"])
    clock.shift(60)
    sign_in(client)
    return client


def test_it_is_set_up_with_the_password_and_the_phones_code(client, people, clock):
    sign_in(client)
    assert "<path d=" in client.get(SET_UP).content.decode()
    code = code_of(people["desk"], confirmed=False)
    page = client.post(SET_UP, {"password": PASSWORD, "code": f"{code[:3]} {code[3:]}"}).content.decode()

    assert page.count("<li><code>") == 8
    assert client.get("/staff/").status_code == 200
    assert list(AccountEvent.objects.values_list("what", flat=True).order_by("pk")) == [
        What.SECOND_STEP_SET_UP,
        What.CODES_MADE,
    ]


def test_loading_the_page_again_shows_the_same_secret(client, people):
    sign_in(client)
    client.get(SET_UP)
    first = Phone.objects.get(user=people["desk"]).key
    client.get(SET_UP)

    assert Phone.objects.get(user=people["desk"]).key == first


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"code": "000000"}, {"code": "abc"}, {"code": ""}])
def test_without_both_nothing_is_set_up(client, people, clock, fields):
    sign_in(client)
    client.get(SET_UP)
    good = {"password": PASSWORD, "code": code_of(people["desk"], confirmed=False)}

    assert client.post(SET_UP, good | fields).status_code == 422
    assert sign_in(Client()).headers["Location"] == "/staff/"
    assert people["desk"].recovery_codes.count() == 0


def test_the_password_alone_opens_nothing(half_way):
    pages = [
        "/staff/",
        "/staff/visits/log/",
        "/staff/account/",
        "/staff/account/password/",
        SET_UP,
        "/console/",
    ]

    assert {half_way.get(page).headers["Location"].split("?")[0] for page in pages} == {ASKED}


def test_the_code_opens_the_page_that_was_wanted(half_way, people):
    before = half_way.cookies["sessionid"].value
    response = half_way.post(f"{ASKED}?next=/staff/visits/log/", {"code": code_of(people["desk"])})

    assert response.headers["Location"] == "/staff/visits/log/"
    assert half_way.get("/staff/visits/log/").status_code == 200
    assert half_way.cookies["sessionid"].value != before


def test_a_code_works_once(half_way, people, clock):
    code = code_of(people["desk"])
    half_way.post(ASKED, {"code": code})
    other = Client()
    sign_in(other)

    assert other.post(ASKED, {"code": code}).status_code == 422
    assert other.get("/staff/").status_code == 302


def test_a_code_of_long_ago_is_refused(half_way, people, clock):
    code = code_of(people["desk"])
    clock.shift(120)

    assert half_way.post(ASKED, {"code": code}).status_code == 422


def test_guessing_is_slowed_down_twice_as_long_each_time(half_way, people, clock):
    for _ in range(3):
        half_way.post(ASKED, {"code": "000000"})
        clock.shift(60)
    half_way.post(ASKED, {"code": "000000"})
    clock.shift(3)
    assert half_way.post(ASKED, {"code": code_of(people["desk"])}).status_code == 422
    clock.shift(60)

    assert half_way.post(ASKED, {"code": code_of(people["desk"])}).status_code == 302


def test_a_recovery_code_works_once_however_it_is_typed(client, people, clock):
    codes = with_phone(people["desk"])
    sign_in(client)
    assert client.post(ASKED, {"code": codes[0].lower().replace("-", " ")}).status_code == 302

    other = Client()
    sign_in(other)
    assert other.post(ASKED, {"code": codes[0]}).status_code == 422
    assert other.post(ASKED, {"code": codes[1]}).status_code == 302
    assert AccountEvent.objects.filter(what=What.CODE_USED).count() == 2


def test_somebody_elses_codes_open_nothing(half_way, people, clock):
    theirs = with_phone(people["other_desk"])
    clock.shift(60)

    assert half_way.post(ASKED, {"code": theirs[0]}).status_code == 422
    assert half_way.post(ASKED, {"code": code_of(people["other_desk"])}).status_code == 422


def test_no_code_is_kept_as_it_was_shown(people, clock):
    codes = with_phone(people["desk"])

    assert set(codes) & set(people["desk"].recovery_codes.values_list("digest", flat=True)) == set()


def test_new_codes_end_the_old_ones(half_way, people):
    half_way.post(ASKED, {"code": code_of(people["desk"])})
    page = half_way.post("/staff/account/recovery-codes/", {"password": PASSWORD})

    assert page.content.decode().count("<li><code>") == 8
    assert people["desk"].recovery_codes.count() == 8


def test_another_phone_replaces_the_first(half_way, people, clock):
    half_way.post(ASKED, {"code": code_of(people["desk"])})
    half_way.get(SET_UP)
    fields = {"password": PASSWORD, "code": code_of(people["desk"], confirmed=False)}
    assert half_way.post(SET_UP, fields).status_code == 200
    clock.shift(60)

    other = Client()
    sign_in(other)
    assert other.post(ASKED, {"code": code_of(people["desk"])}).status_code == 302


def test_it_is_removed_with_the_password(half_way, people):
    half_way.post(ASKED, {"code": code_of(people["desk"])})
    remove = "/staff/account/second-step/remove/"

    assert half_way.post(remove, {"password": "wrong"}).status_code == 422
    assert half_way.post(remove, {"password": PASSWORD}).status_code == 302
    other = Client()
    sign_in(other)
    assert other.get("/staff/").status_code == 200


@pytest.mark.parametrize(
    ("who", "sent"),
    [("administrator", SET_UP), ("manager", SET_UP), ("desk", None), ("officer", None), ("outsider", None)],
)
def test_where_it_is_demanded_managers_and_administrators_set_it_up_first(
    client, people, required, who, sent
):
    client.force_login(people[who])
    response = client.get("/staff/account/")

    assert response.headers.get("Location", "").split("?")[0] == (sent or "")
    assert client.get("/console/").status_code in (302, 403)


def test_it_can_be_demanded_of_everybody(client, people, settings):
    settings.STAFF_SECOND_STEP_FOR_EVERYBODY = True
    wanted = {}
    for who in ("desk", "officer", "manager", "administrator"):
        client.force_login(people[who])
        wanted[who] = client.get("/staff/account/").headers.get("Location", "").split("?")[0]

    assert wanted == dict.fromkeys(wanted, SET_UP)


def test_who_must_have_it_cannot_remove_it(client, people, required, clock):
    with_phone(people["manager"])
    clock.shift(60)
    sign_in(client, "manager")
    client.post(ASKED, {"code": code_of(people["manager"])})

    assert "Remove the second step" not in client.get("/staff/account/").content.decode()
    client.post("/staff/account/second-step/remove/", {"password": PASSWORD})
    assert client.get("/staff/people/").headers["Location"].startswith(SET_UP)


def test_a_wrong_code_for_somebody_without_a_phone_is_just_wrong(people):
    assert actions.take_code(user=people["desk"], code="123456", at=MONDAY_NOON) is False
    assert actions.finish_second_step(user=people["desk"], code="123456", at=MONDAY_NOON) is None


def test_the_picture_is_the_code_with_a_quiet_edge():
    picture = picture_of("otpauth://totp/x")

    assert picture.size == 25 + 8
    assert picture.path.startswith("M4 4h7v1h-7z")


def test_a_secret_is_shown_in_groups():
    assert in_groups(b"12345678901234567890") == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_recovery_code_has_no_letters_that_look_alike():
    made = [new_code() for _ in range(50)]

    assert {len(code) for code in made} == {29}
    assert set("".join(made)) & set("0O1ILU") == set()
    assert len(set(made)) == 50
