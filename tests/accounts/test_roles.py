"""Roles start with what apps give them, and each release gives what is new in it, once."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import roles
from accounts.actions import load_roles
from appointments.roles import ROLE_PERMISSIONS as OF_APPOINTMENTS
from enquiries.roles import ROLE_PERMISSIONS as OF_ENQUIRIES


def held(role: str) -> set[str]:
    rows = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def test_an_app_that_comes_later_gives_its_permissions_to_roles_that_are_there(db):
    load_roles(OF_ENQUIRIES)
    loaded = load_roles(OF_ENQUIRIES, OF_APPOINTMENTS)

    assert loaded.made == []
    assert loaded.given[roles.FRONT_DESK] == list(OF_APPOINTMENTS[roles.FRONT_DESK])
    assert held(roles.FRONT_DESK) == {
        *roles.ROLE_PERMISSIONS[roles.FRONT_DESK],
        *OF_ENQUIRIES[roles.FRONT_DESK],
        *OF_APPOINTMENTS[roles.FRONT_DESK],
    }


def test_a_permission_that_is_new_in_an_app_that_roles_know_is_given(db):
    load_roles(OF_ENQUIRIES)
    loaded = load_roles(OF_ENQUIRIES, {roles.SERVICE_OFFICER: ("enquiries.see_every_hub",)})

    assert loaded.given == {roles.SERVICE_OFFICER: ["enquiries.see_every_hub"]}
    assert "enquiries.see_every_hub" in held(roles.SERVICE_OFFICER)


def test_what_an_administrator_took_from_a_role_does_not_come_back(db):
    load_roles(OF_ENQUIRIES, OF_APPOINTMENTS)
    manager = Group.objects.get(name=roles.MANAGER)
    manager.permissions.remove(manager.permissions.get(codename="keep_plans"))
    loaded = load_roles(OF_ENQUIRIES, OF_APPOINTMENTS)

    assert (loaded.made, loaded.given) == ([], {})
    assert "appointments.keep_plans" not in held(roles.MANAGER)
    assert "appointments.work_bookings" in held(roles.MANAGER)


def test_what_an_administrator_gave_to_a_role_stays(db):
    load_roles(OF_ENQUIRIES)
    desk = Group.objects.get(name=roles.FRONT_DESK)
    desk.permissions.add(Permission.objects.get(codename="keep_plans"))
    load_roles(OF_ENQUIRIES, {roles.FRONT_DESK: ("appointments.keep_plans",)})

    assert "appointments.keep_plans" in held(roles.FRONT_DESK)


def test_a_permission_that_no_model_declares_is_refused_and_nothing_is_made(db):
    with pytest.raises(Permission.DoesNotExist, match=r"enquiries\.fly"):
        load_roles({roles.MANAGER: ("enquiries.fly",)})

    assert not Group.objects.exists()


def test_the_command_says_what_it_gave_and_the_second_time_that_there_was_nothing(db):
    said = []
    for _ in range(2):
        out = StringIO()
        call_command("load_roles", stdout=out)
        said.append(out.getvalue())

    assert "Made the role Manager." in said[0]
    assert said[1].startswith("Nothing to do")
    assert "reports.sign_off_month" in held(roles.MANAGER)
