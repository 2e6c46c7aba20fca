"""The list of staff accounts: managers read it, administrators change it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from accounts import actions
from accounts.models import AccountEvent, User, What
from accounts.staff_list import staff_list
from tests.accounts.signing_in import with_phone
from tests.conftest import MONDAY_NOON

PAGE = "/staff/people/"


def states() -> dict[str, str]:
    return {row.user.username: row.state for row in staff_list(MONDAY_NOON)}


def test_every_state_has_its_words(people):
    User.objects.update(switched_on_at=MONDAY_NOON - timedelta(days=100), last_login=MONDAY_NOON)
    User.objects.filter(username="desk").update(last_login=MONDAY_NOON - timedelta(days=30))
    User.objects.filter(username="officer").update(last_login=MONDAY_NOON - timedelta(days=40))
    User.objects.filter(username="outsider").update(is_active=False)

    assert states() == {
        "administrator": "On",
        "desk": "On, will be switched off in 5 days",
        "manager": "On",
        "officer": "Off, not used for 35 days",
        "other_desk": "On",
        "outsider": "Off",
    }


def test_those_who_are_off_come_last(people):
    actions.switch_off(user=people["administrator"], by=people["manager"], at=MONDAY_NOON)

    assert staff_list(MONDAY_NOON)[-1].user.username == "administrator"


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_takes_two_statements_however_long(people, more, django_assert_num_queries):
    for number in range(more):
        newcomer = User.objects.create_user(f"newcomer{number}", home_hub=people["desk"].home_hub)
        newcomer.groups.set(Group.objects.all())

    with django_assert_num_queries(2):
        assert len(staff_list(MONDAY_NOON)) == 6 + more


def test_a_manager_sees_the_list_without_buttons(client, people):
    client.force_login(people["manager"])
    page = client.get(PAGE).content.decode()

    assert "other_desk" in page
    assert "Switch off" not in page


def test_an_administrator_switches_somebody_off_and_on(client, people):
    client.force_login(people["administrator"])
    address = f"{PAGE}{people['desk'].pk}/"
    client.post(address, {"what": "off"})
    people["desk"].refresh_from_db()
    assert people["desk"].is_active is False
    assert "can sign in again" in client.post(address, {"what": "on"}, follow=True).content.decode()
    assert "Nothing had to be changed" in client.post(address, {"what": "on"}, follow=True).content.decode()

    people["desk"].refresh_from_db()
    assert people["desk"].is_active is True
    assert list(AccountEvent.objects.values_list("what", "by__username").order_by("pk")) == [
        (What.SWITCHED_OFF, "administrator"),
        (What.SWITCHED_ON, "administrator"),
    ]


def test_a_lost_phone_is_forgotten(client, people):
    with_phone(people["desk"])
    client.force_login(people["administrator"])
    client.post(f"{PAGE}{people['desk'].pk}/", {"what": "forget-second-step"})

    assert people["desk"].recovery_codes.count() == 0
    assert AccountEvent.objects.latest("pk").what == What.SECOND_STEP_REMOVED


def test_nobody_switches_off_their_own_account(client, people):
    client.force_login(people["administrator"])
    response = client.post(f"{PAGE}{people['administrator'].pk}/", {"what": "off"}, follow=True)

    people["administrator"].refresh_from_db()
    assert people["administrator"].is_active is True
    assert "Ask another administrator" in response.content.decode()


@pytest.mark.parametrize("what", ["", "delete", "on\x00"])
def test_anything_else_is_refused(client, people, what):
    client.force_login(people["administrator"])

    assert client.post(f"{PAGE}{people['desk'].pk}/", {"what": what}).status_code == 422
